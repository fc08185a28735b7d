private import Foundation
package import LinearAlgebra

/// What a completion model sees of a candidate beside the rest of an outfit.
///
/// Measures of pairs are pooled over the rest, so a candidate has as many columns whatever the size of the outfit:
///
/// | columns | pooled by | of each item of the rest with the candidate |
/// |---|---|---|
/// | score, least score | mean, least | the embeddings' score |
/// | company | mean | log(1 + m), m > 0, m / n(candidate), m / n(item) for m outfits together, n each |
/// | shared company | mean | `CompanyCounts.sharedCompany` |
/// | variants' company | mean | log(1 + m) of the two items' variants |
/// | family lift, least lift | mean, least | how much more often their families meet than by chance |
/// | attributes | mean | whether they share the value, one column an attribute |
/// | same leaf, category, variants | count | whether they share it |
/// | outfits, variants' and family's outfits | – | log(1 + n) of the candidate |
/// | size, known | – | items of the rest; their mean log(1 + n) |
/// | own outfit's item, item's own outfit | mean | the candidate's, and the item's, shares of outfits with both |
/// | own share, own outfits | – | of the candidate: its greatest share of an outfit, log(1 + all of them) |
/// | others' outfits, new | – | of the candidate: log(1 + n less its shares); whether n = 0 |
/// | without own, most without own | sum, greatest | 1 less its greatest share of an outfit |
/// | rare without own, most rare without own | sum, greatest | the same over 1 + n |
/// | lift, least lift, of the leaves and by attribute | mean, least | as of the families, of `ItemTraits.pairedGroups` |
/// | near and wide company, of candidate, of item | mean | as of company, by outfits that show what resembles them |
/// | resembling, squared, most resembling | sum, sum, greatest | over outfits: how far each shows rest and candidate |
/// | near and wide outfits | – | log(1 + n) of the candidate and what resembles it |
///
/// Shares of outfits as an item's own are those of `OwnOutfits`; how far outfits show an item says `OutfitResemblance`.
package struct CompletionFeatures: Sendable {
    package let traits: ItemTraits
    package let counts: CompanyCounts
    let resemblance: OutfitResemblance
    /// Of all outfits those that are counted.
    let share: Float
    /// log(1 + n) of each item.
    private let logOutfits: [Float]
    /// log(1 + the outfits that are an item's own), and log(1 + n less them).
    let logOwnOutfits: [Float]
    let logOtherOutfits: [Float]
    /// Of each of the counts' lifts all pairs, or nil where there are too many.
    let liftTables: [Matrix?]
    private let logVariantOutfits: [Float]
    private let logFamilyOutfits: [Float]

    /// - Parameter share: of all outfits those that are counted. How often items occur is scaled up to all of them, or a
    ///   model that is fitted on a part would take everything for more popular afterwards.
    init(traits: ItemTraits, counts: CompanyCounts, resemblance: OutfitResemblance, share: Float = 1) {
        self.traits = traits
        self.counts = counts
        self.resemblance = resemblance
        self.share = share
        logOutfits = counts.outfits.map { log1p($0 / share) }
        logOwnOutfits = counts.own.counts.map { log1p($0) }
        logOtherOutfits = zip(counts.outfits, counts.own.counts).map { log1p(max(0, $0 - $1) / share) }
        liftTables = counts.lifts.map { $0.table() }
        logVariantOutfits = counts.variantOutfits.map { log1p($0 / share) }
        logFamilyOutfits = counts.familyOutfits.map { log1p($0 / share) }
    }

    /// Of some outfits, and of the neighbours that their embeddings give items.
    package init(traits: ItemTraits, outfits: [Outfit], neighbours: ItemNeighbours, share: Float = 1) {
        self.init(
            traits: traits, counts: CompanyCounts(outfits: outfits, traits: traits),
            resemblance: OutfitResemblance(outfits: outfits, neighbours: neighbours), share: share)
    }

    package static func names(of traits: ItemTraits) -> [String] {
        [
            "score", "least_score", "company", "met", "company_of_candidate", "company_of_item", "shared_company",
            "variant_company", "family_lift", "least_family_lift",
        ] + traits.attributeNames.map { "same_" + $0 } + [
            "same_leaf", "same_category", "same_variants", "outfits", "variant_outfits", "family_outfits", "size",
            "known",
        ] + ownNames
            + (["leaf"] + traits.attributeNames).flatMap { ["lift_" + $0, "least_lift_" + $0] } + resemblanceNames
    }

    /// Columns of `rows`.
    package var count: Int { resemblanceColumn + Self.resemblanceNames.count }

    /// Where the columns of `ownNames` begin.
    var ownColumn: Int { 18 + traits.attributes.count }
    /// Where lifts begin.
    var liftColumn: Int { ownColumn + Self.ownNames.count }
    /// Where the columns of `resemblanceNames` begin.
    var resemblanceColumn: Int { liftColumn + 2 * traits.pairedGroups.count }

    /// The features of every candidate beside one rest: candidates x `count`.
    ///
    /// - Parameter scores: of the embeddings: rest x candidates.
    package func rows(rest: [Int], candidates: [Int], scores: Matrix) -> Matrix {
        var shown = OutfitShares(count: resemblance.outfitCount)
        return rows(rest: rest, candidates: candidates, scores: scores, shown: &shown)
    }

    /// - Parameter shown: of no item, before and after.
    func rows(rest: [Int], candidates: [Int], scores: Matrix, shown: inout OutfitShares) -> Matrix {
        precondition(!rest.isEmpty, "an outfit without a rest")
        var rows = Matrix(rowCount: candidates.count, columnCount: count)
        let meetings = counts.meetings.scores(anchors: rest, candidates: candidates)
        let shared = counts.sharedCompany(anchors: rest, candidates: candidates)
        let variants = counts.variantMeetings.scores(
            anchors: rest.map { Int(traits.variants[$0]) }, candidates: candidates.map { Int(traits.variants[$0]) })
        let known = rest.reduce(Float(0)) { $0 + logOutfits[$1] } / Float(rest.count)
        let share = 1 / Float(rest.count)
        let (width, attributeCount) = (count, traits.attributes.count)
        rows.values.withUnsafeMutableBufferPointer { values in
            for (column, candidate) in candidates.enumerated() {
                guard let row = values.baseAddress.map({ $0 + column * width }) else { return }
                (row[1], row[9]) = (.infinity, .infinity)
                for (place, item) in rest.enumerated() {
                    let score = scores[place, column]
                    row[0] += score
                    row[1] = min(row[1], score)
                    let met = meetings[place, column]
                    if met > 0 {
                        row[2] += log1p(met)
                        row[3] += 1
                        row[4] += met / counts.outfits[candidate]
                        row[5] += met / counts.outfits[item]
                    }
                    row[6] += shared[place, column]
                    row[7] += variants[place, column]
                    let lift = counts.familyLift[Int(traits.families[item]), Int(traits.families[candidate])]
                    row[8] += lift
                    row[9] = min(row[9], lift)
                    for attribute in 0..<attributeCount {
                        let value = traits.attributes[attribute][item]
                        if value >= 0, value == traits.attributes[attribute][candidate] { row[10 + attribute] += 1 }
                    }
                    let after = row + 10 + attributeCount
                    if traits.leaves[item] == traits.leaves[candidate] { after[0] += 1 }
                    if traits.categories[item] == traits.categories[candidate] { after[1] += 1 }
                    if traits.variants[item] == traits.variants[candidate] { after[2] += 1 }
                }
                for mean in 0..<10 + attributeCount where mean != 1 && mean != 9 { row[mean] *= share }
                let last = row + 13 + attributeCount
                last[0] = logOutfits[candidate]
                last[1] = logVariantOutfits[Int(traits.variants[candidate])]
                last[2] = logFamilyOutfits[Int(traits.families[candidate])]
                last[3] = Float(rest.count)
                last[4] = known
            }
        }
        addOwnOutfits(to: &rows, rest: rest, candidates: candidates)
        addLifts(to: &rows, rest: rest, candidates: candidates)
        addResemblance(to: &rows, rest: rest, candidates: candidates, shown: &shown)
        return rows
    }
}
