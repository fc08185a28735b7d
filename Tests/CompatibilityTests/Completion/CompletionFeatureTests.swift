import Compatibility
import Foundation
import LinearAlgebra
import Testing

/// What a completion model sees of a candidate, against counts made by hand.
@Suite struct CompletionFeatureTests {
    /// Six items of two categories: tops 0…2, of which 0 and 1 are colours of one model, and shoes 3…5.
    private let catalog = OutfitCatalog(
        items: (0..<6).map { row in
            CatalogItem(
                id: ItemID("item-\(row)"), categoryPath: row < 3 ? ["tops", "shirts"] : ["shoes", "boots"],
                attributes: ["colour": ["red", "blue", "red", "red", "", "blue"][row], "shop": "one"],
                variantGroup: row < 2 ? "model" : nil)
        })
    private let outfits = [[0, 3], [0, 3, 5], [2, 3], [1, 4]].enumerated().map { Outfit(id: "\($0)", items: $1) }

    /// Of item 1 the two other shirts.
    private let neighbours = ItemNeighbours(
        offsets: [0, 0, 2, 2, 2, 2, 2], items: [0, 2], distances: [0.2, 0.4])

    private func features() throws -> CompletionFeatures {
        CompletionFeatures(
            traits: ItemTraits(catalog, familyLevel: 0), outfits: outfits, neighbours: try #require(neighbours))
    }

    /// By name, of one candidate.
    private func row(rest: [Int], candidate: Int, scores: [Float]) throws -> [String: Float] {
        let features = try features()
        let rows = features.rows(
            rest: rest, candidates: [candidate],
            scores: Matrix(rowCount: rest.count, columnCount: 1, values: scores))
        let names = CompletionFeatures.names(of: features.traits)
        #expect(names.count == features.count && rows.whole.columnCount == names.count)
        return Dictionary(uniqueKeysWithValues: zip(names, rows.whole.row(0)))
    }

    /// By name, of the last of two candidates with each item of the rest.
    private func pairs(rest: [Int], candidate: Int, scores: [Float]) throws -> [[String: Float]] {
        let features = try features()
        let rows = features.rows(
            rest: rest, candidates: [2, candidate],
            scores: Matrix(rowCount: rest.count, columnCount: 2, values: scores.flatMap { [9, $0] }))
        let names = CompletionFeatures.pairNames(of: features.traits)
        #expect(names.count == features.pairCount && rows.pairs.columnCount == names.count)
        #expect(rows.restCount == rest.count && rows.pairs.rowCount == 2 * rest.count)
        return rest.indices.map {
            Dictionary(uniqueKeysWithValues: zip(names, rows.pairs.row(rest.count + $0)))
        }
    }

    @Test func pairsAreMeasuredOneByOne() throws {
        let pairs = try pairs(rest: [3, 5], candidate: 0, scores: [1, -2])
        func expect(_ name: String, _ first: Double, _ second: Double) {
            for (pair, expected) in zip(pairs, [first, second]) {
                #expect(abs(Double(pair[name] ?? -9) - expected) < 1e-5, "\(name)")
            }
        }
        expect("score", 1, -2)
        // 0 met 3 twice and 5 once; 0 stands in two outfits, 3 in three, 5 in one.
        expect("company", log(3), log(2))
        expect("met", 1, 1)
        expect("company_of_candidate", 1, 0.5)
        expect("company_of_item", 2.0 / 3, 1)
        expect("known", log(4), log(2))
        expect("same_colour", 1, 0)
        expect("same_category", 0, 0)
        // It owns 9 thirteenths of the first outfit, which shows 3, and 9 of 49 of the second, which shows both.
        expect("own_outfits_item", 9.0 / 13 + 9.0 / 49, 9.0 / 49)
        expect("without_own", 1 - 4.0 / 13, 1 - 36.0 / 49)
        expect("rare_without_own", (1 - 4.0 / 13) / 4, (1 - 36.0 / 49) / 2)
    }

    @Test func theFirstColumnsAreMeansOfPairs() throws {
        let features = try features()
        let rows = features.rows(
            rest: [3, 5, 4], candidates: [0, 1],
            scores: Matrix(rowCount: 3, columnCount: 2, values: [1, 2, 3, 4, 5, 7]))
        for candidate in 0..<2 {
            for column in 0..<features.pairCount {
                let mean = (0..<3).reduce(Float(0)) { $0 + rows.pairs[3 * candidate + $1, column] } / 3
                #expect(abs(rows.whole[candidate, column] - mean) < 1e-6)
            }
        }
        let names = CompletionFeatures.names(of: features.traits)
        #expect(Array(names.prefix(features.pairCount)) == CompletionFeatures.pairNames(of: features.traits))
    }

    @Test func measuresOfPairsArePooledOverTheRest() throws {
        let row = try row(rest: [3, 5], candidate: 0, scores: [1, -2])
        #expect(row["score"] == -0.5)
        #expect(row["least_score"] == -2)
        // 0 met 3 twice and 5 once; 0 stands in two outfits, 3 in three, 5 in one.
        #expect(abs((row["company"] ?? 0) - Float(log(3.0) + log(2.0)) / 2) < 1e-6)
        #expect(row["met"] == 1)
        #expect(row["company_of_candidate"] == 0.75)
        #expect(abs((row["company_of_item"] ?? 0) - (2.0 / 3 + 1) / 2) < 1e-6)
        #expect(row["same_colour"] == 0.5)
        // All items have the same shop: it is no column.
        #expect(row["same_shop"] == nil)
        #expect(row["same_category"] == 0 && row["same_leaf"] == 0 && row["same_variants"] == 0)
        #expect(abs((row["outfits"] ?? 0) - Float(log(3.0))) < 1e-6)
        #expect(abs((row["variant_outfits"] ?? 0) - Float(log(4.0))) < 1e-6)
        #expect(row["size"] == 2)
        #expect(abs((row["known"] ?? 0) - Float(log(4.0) + log(2.0)) / 2) < 1e-6)
    }

    @Test func aNewColourKnowsItsModelsCompany() throws {
        let row = try row(rest: [3], candidate: 1, scores: [0])
        #expect(row["company"] == 0 && row["met"] == 0)
        #expect(abs((row["variant_company"] ?? 0) - Float(log(3.0))) < 1e-6)
    }

    /// 300 items, of which two share their note: an id but for mistakes.
    @Test func attributesThatNameSingleItemsAreNoColumns() {
        let items = (0..<300).map { row in
            CatalogItem(
                id: ItemID("item-\(1000 + row)"), categoryPath: ["c"],
                attributes: [
                    "id": "\(row)", "note": row < 2 ? "same" : "note \(row)",
                    "label": row < 40 ? "label \(row / 2)" : "", "line": "\(row % 5)",
                ])
        }
        let traits = ItemTraits(OutfitCatalog(items: items), familyLevel: 0)
        // Most items have no label, and those that have one share it.
        #expect(traits.attributeNames == ["label", "line"])
        #expect(traits.attributes.map { $0.count { $0 < 0 } } == [260, 0])
    }

    @Test func excludedAttributesAreNoColumns() {
        let all = ItemTraits(catalog, familyLevel: 0)
        #expect(all.attributeNames == ["colour"])
        let none = ItemTraits(catalog, familyLevel: 0, attributes: { $0 != "colour" })
        #expect(none.attributeNames.isEmpty && none.attributes.isEmpty)
        let others = CompletionFeatures.names(of: all).filter { !$0.hasSuffix("_colour") }
        #expect(CompletionFeatures.names(of: none) == others)
    }

    @Test func outfitsAreOwnedByTheirRarestItem() throws {
        // Outfits of 0 and 3, which stand in two and three: 0 owns 9 thirteenths of the first, and of the second,
        // with 5, which stands in one, 9 of 49.
        let row = try row(rest: [3, 5], candidate: 0, scores: [0, 0])
        let (first, second) = (Float(9) / 13, Float(9) / 49)
        #expect(abs((row["own_share"] ?? 0) - first) < 1e-6)
        #expect(abs((row["own_outfits"] ?? 0) - log1p(first + second)) < 1e-6)
        #expect(abs((row["others_outfits"] ?? 0) - log1p(2 - first - second)) < 1e-6)
        #expect(row["new"] == 0)
        // With 3 it stands in both outfits, with 5 in the second.
        #expect(abs((row["own_outfits_item"] ?? 0) - (first + 2 * second) / 2) < 1e-6)
        // 3 owns 4 of the first and of the second; 5 owns 36 of the second.
        #expect(abs((row["items_own_outfit"] ?? 0) - (Float(4) / 13 + Float(4) / 49 + Float(36) / 49) / 2) < 1e-6)
        // The greatest share of 3 is of the first, or of the third with 2, which is rarer.
        let without = (1 - Float(4) / 13, 1 - Float(36) / 49)
        #expect(abs((row["without_own"] ?? 0) - (without.0 + without.1) / 2) < 1e-6)
        #expect(abs((row["most_without_own"] ?? 0) - without.0) < 1e-6)
        #expect(abs((row["rare_without_own"] ?? 0) - (without.0 / 4 + without.1 / 2) / 2) < 1e-6)
        #expect(abs((row["most_rare_without_own"] ?? 0) - without.0 / 4) < 1e-6)
    }

    @Test func liftsCompareMeetingsOfGroupsWithChance() throws {
        // Red shirts are 0 and 2, in three places; red boots are 3, in three; all places are nine. They meet three times.
        let row = try row(rest: [3, 5], candidate: 0, scores: [0, 0])
        func lift(_ meetings: Double, _ a: Double, _ b: Double) -> Float {
            Float(log((meetings + 1) / (a * b / 9 + 1)))
        }
        // 5 is the one blue boot, and meets a red shirt once.
        let (red, blue) = (lift(3, 3, 3), lift(1, 3, 1))
        #expect(abs((row["lift_colour"] ?? 0) - (red + blue) / 2) < 1e-6)
        #expect(abs((row["least_lift_colour"] ?? 0) - min(red, blue)) < 1e-6)
        // Shirts stand in four places and meet boots five times: 0 with 3 twice and with 5, 2 with 3, and 1 with 4.
        #expect(abs((row["lift_leaf"] ?? 0) - lift(5, 4, 5)) < 1e-6)
        #expect(row["least_lift_leaf"] == row["lift_leaf"])
    }

    /// Boots meet boots too: 3 and 5 in the second outfit, which counts for each of them.
    @Test func liftsWithinAGroupCountBothItems() throws {
        let row = try row(rest: [4], candidate: 3, scores: [0])
        #expect(abs((row["lift_leaf"] ?? 0) - Float(log(3.0 / (25.0 / 9 + 1)))) < 1e-6)
    }

    /// Too many groups for a table of all pairs: each item is a leaf.
    @Test func liftsOfManyGroupsAreLookedUpOneByOne() {
        let items = (0..<1500).map { row in
            CatalogItem(id: ItemID("item-\(10_000 + row)"), categoryPath: ["c", "leaf \(row)"])
        }
        let traits = ItemTraits(OutfitCatalog(items: items), familyLevel: 1)
        let outfits = [[0, 1], [0, 1], [0, 2]].enumerated().map { Outfit(id: "\($0)", items: $1) }
        let vectors = Matrix(rowCount: items.count, columnCount: 1)
        let features = CompletionFeatures(
            traits: traits, outfits: outfits,
            neighbours: ItemNeighbours(of: vectors, groups: traits.leaves, limit: 1))
        let rows = features.rows(
            rest: [0], candidates: [1, 2, 3], scores: Matrix(rowCount: 1, columnCount: 3))
        let column = CompletionFeatures.names(of: traits).firstIndex(of: "lift_leaf") ?? 0
        // 0 stands in three of six places, 1 in two, 2 in one and 3 in none.
        for (row, expected) in [log(3.0 / 2), log(2.0 / 1.5), 0].enumerated() {
            #expect(abs(rows.whole[row, column] - Float(expected)) < 1e-6)
        }
    }

    /// What outfits show of the neighbours of item 1 counts the less, the farther these are from it; the mean distance is 0.3.
    @Test(arguments: [("near", Float(0.3)), ("wide", 0.6)])
    func outfitsOfNeighboursCountByDistance(_ kind: String, _ width: Float) throws {
        let row = try row(rest: [3, 5], candidate: 1, scores: [0, 0])
        func of(_ name: String) -> Float { row[kind + "_" + name] ?? -1 }
        let (first, second) = (exp(-0.2 / (0.3 * width)), exp(-0.4 / (0.3 * width)))
        // The first neighbour stands in outfits with 3, and with 3 and 5; the second in one with 3. Item 1 itself met neither.
        let sum = 1 + 2 * first + second
        #expect(abs(of("most_resembling") - 2 * first) < 1e-5)
        #expect(abs(of("resembling") - log1p(3 * first + second)) < 1e-5)
        #expect(abs(of("squared_resembling") - log1p(5 * first + second)) < 1e-5)
        #expect(abs(of("company") - (log1p(2 * first + second) + log1p(first)) / 2) < 1e-5)
        #expect(abs(of("company_of_candidate") - (3 * first + second) / (1 + sum) / 2) < 1e-5)
        // 3 stands in three outfits, 5 in one; neither has neighbours.
        #expect(abs(of("company_of_item") - ((2 * first + second) / 4 + first / 2) / 2) < 1e-5)
        #expect(abs(of("outfits") - log1p(sum)) < 1e-5)
    }

    @Test func missingValuesAgreeWithNothing() throws {
        #expect(try row(rest: [4], candidate: 4, scores: [0])["same_colour"] == 0)
    }

    @Test(arguments: [2, 300]) func companyOverTwoStepsIsTheSumOverItemsBetween(_ candidateCount: Int) {
        var random = RandomStream(seed: 5)
        let itemCount = 80
        let catalog = OutfitCatalog(
            items: (0..<itemCount).map { CatalogItem(id: ItemID("item-\(100 + $0)"), categoryPath: ["c"]) })
        let outfits = (0..<70).map { number in
            Outfit(id: "\(number)", items: Set((0..<4).map { _ in random.index(below: itemCount - 5) }).sorted())
        }
        let counts = CompanyCounts(outfits: outfits, traits: ItemTraits(catalog, familyLevel: 0))
        let candidates = (0..<candidateCount).map { _ in random.index(below: itemCount) }
        // The last items stand in no outfit.
        let anchors = [0, 7, itemCount - 1]
        let found = counts.sharedCompany(anchors: anchors, candidates: candidates)
        func met(_ a: Int, _ b: Int) -> Double {
            a == b ? 0 : Double(outfits.count { $0.items.contains(a) && $0.items.contains(b) })
        }
        func count(_ a: Int) -> Double { Double(outfits.count { $0.items.contains(a) }) }
        var nonzero = 0
        for (row, anchor) in anchors.enumerated() {
            for (column, candidate) in candidates.prefix(40).enumerated() {
                var expected = 0.0
                for between in 0..<itemCount where count(between) > 0 {
                    expected += met(anchor, between) * met(between, candidate) / count(between)
                }
                if expected > 0 { expected /= (count(anchor) * count(candidate)).squareRoot() }
                #expect(abs(Double(found[row, column]) - expected) < 1e-5)
                if expected > 0 { nonzero += 1 }
            }
        }
        #expect(candidateCount < 40 || nonzero > 10)
    }

    @Test func rowsOfFewCandidatesAndManyAreTheSameBits() {
        var random = RandomStream(seed: 7)
        let catalog = OutfitCatalog(
            items: (0..<200).map { row in
                CatalogItem(
                    id: ItemID("item-\(1000 + row)"), categoryPath: ["c\(row % 3)", "d\(row % 7)"],
                    attributes: ["colour": row % 5 == 0 ? "" : "\(row % 11)"])
            })
        let outfits = (0..<300).map { number in
            Outfit(id: "\(number)", items: Set((0..<5).map { _ in random.index(below: 195) }).sorted())
        }
        let traits = ItemTraits(catalog, familyLevel: 0)
        let vectors = Matrix(rowCount: 200, columnCount: 4, values: (0..<800).map { _ in random.uniform() })
        let features = CompletionFeatures(
            traits: traits, outfits: outfits,
            neighbours: ItemNeighbours(of: vectors, groups: traits.families, limit: 5))
        let rest = [3, 90, 199]
        func rows(_ candidates: [Int]) -> CompletionRows {
            features.rows(
                rest: rest, candidates: candidates, scores: Matrix(rowCount: 3, columnCount: candidates.count))
        }
        let many = rows(Array(0..<200))
        for start in stride(from: 0, to: 200, by: 20) {
            let few = rows(Array(start..<start + 20))
            for row in 0..<20 { #expect(Array(few.whole.row(row)) == Array(many.whole.row(start + row))) }
            for row in 0..<60 { #expect(Array(few.pairs.row(row)) == Array(many.pairs.row(3 * start + row))) }
        }
    }

    @Test func fewCandidatesAndManyGiveTheSameBits() {
        var random = RandomStream(seed: 6)
        let catalog = OutfitCatalog(
            items: (0..<200).map { CatalogItem(id: ItemID("item-\(1000 + $0)"), categoryPath: ["c"]) })
        let outfits = (0..<300).map { number in
            Outfit(id: "\(number)", items: Set((0..<5).map { _ in random.index(below: 200) }).sorted())
        }
        let counts = CompanyCounts(outfits: outfits, traits: ItemTraits(catalog, familyLevel: 0))
        let many = counts.sharedCompany(anchors: [3, 90], candidates: Array(0..<200))
        for start in stride(from: 0, to: 200, by: 20) {
            let few = counts.sharedCompany(anchors: [3, 90], candidates: Array(start..<start + 20))
            for column in 0..<20 {
                #expect(few[0, column] == many[0, start + column] && few[1, column] == many[1, start + column])
            }
        }
    }
}
