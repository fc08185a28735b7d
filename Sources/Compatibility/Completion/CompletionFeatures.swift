private import Foundation
package import LinearAlgebra

/// What a completion model sees of a candidate beside the rest of an outfit.
///
/// Of each item of the rest with the candidate, the pair's columns:
///
/// | columns | what |
/// |---|---|
/// | score | the embeddings' score |
/// | company, met | log(1 + m), m > 0, for m outfits together |
/// | company of candidate, of item | m / n(candidate), m / n(item), of n outfits each |
/// | shared company | `CompanyCounts.sharedCompany` |
/// | variants' company | log(1 + m) of the two items' variants |
/// | family lift | how much more often their families meet than by chance |
/// | attributes, leaf, category, variants | whether they share the value, one column an attribute; whether they share it |
/// | known | log(1 + n) of the item of the rest |
/// | own outfit's item, item's own outfit | the candidate's, and the item's, shares of outfits with both |
/// | without own, rare without own | 1 less the item's greatest share of an outfit; the same over 1 + n |
/// | near and wide: most together | the greatest product of their shares in an outfit |
/// | near and wide company, of candidate, of item | as of company, by outfits that show what resembles them |
///
/// Of the candidate with the whole rest the means of these, and:
///
/// | columns | what |
/// |---|---|
/// | least score, family lift; most without own, rare without own | least and greatest of the pairs |
/// | outfits, variants' and family's outfits | log(1 + n) of the candidate |
/// | size | items of the rest |
/// | own share, own outfits | of the candidate: its greatest share of an outfit, log(1 + all of them) |
/// | others' outfits, new | of the candidate: log(1 + n less its shares); whether n = 0 |
/// | lift, least lift, of the leaves and by attribute | as of the families, of `ItemTraits.pairedGroups` |
/// | near and wide: resembling, squared, most resembling | sum, sum, greatest over outfits: how far each shows rest and candidate |
/// | near and wide outfits | log(1 + n) of the candidate and what resembles it |
///
/// Shares of outfits as an item's own are those of `OwnOutfits`; how far outfits show an item says `OutfitResemblance`.
package struct CompletionFeatures: Sendable {
    package let traits: ItemTraits
    package let counts: CompanyCounts
    let resemblance: OutfitResemblance
    /// Of all outfits those that are counted.
    let share: Float
    /// log(1 + n) of each item.
    let logOutfits: [Float]
    /// log(1 + the outfits that are an item's own), and log(1 + n less them).
    let logOwnOutfits: [Float]
    let logOtherOutfits: [Float]
    /// Of the families' lift all pairs, and of each of the counts' others, or nil where there are too many.
    private let familyTable: Matrix?
    let liftTables: [Matrix?]
    let logVariantOutfits: [Float]
    let logFamilyOutfits: [Float]

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
        familyTable = counts.families.table()
        liftTables = counts.lifts.map { $0.table() }
        logVariantOutfits = counts.variantOutfits.map { log1p($0 / share) }
        logFamilyOutfits = counts.families.occurrences.map { log1p($0 / share) }
    }

    /// Of some outfits, and of the neighbours that their embeddings give items.
    package init(traits: ItemTraits, outfits: [Outfit], neighbours: ItemNeighbours, share: Float = 1) {
        self.init(
            traits: traits, counts: CompanyCounts(outfits: outfits, traits: traits),
            resemblance: OutfitResemblance(outfits: outfits, neighbours: neighbours), share: share)
    }

    /// Of one item of the rest and a candidate.
    package static func pairNames(of traits: ItemTraits) -> [String] {
        [
            "score", "company", "met", "company_of_candidate", "company_of_item", "shared_company", "variant_company",
            "family_lift",
        ] + traits.attributeNames.map { "same_" + $0 } + ["same_leaf", "same_category", "same_variants", "known"]
            + pairOwnNames + pairResemblanceNames
    }

    /// Of a whole rest and a candidate.
    package static func names(of traits: ItemTraits) -> [String] {
        pairNames(of: traits) + [
            "least_score", "least_family_lift", "outfits", "variant_outfits", "family_outfits", "size",
        ] + ownNames + (["leaf"] + traits.attributeNames).flatMap { ["lift_" + $0, "least_lift_" + $0] }
            + resemblanceNames
    }

    /// Columns of a pair.
    package var pairCount: Int { pairResemblanceColumn + Self.pairResemblanceNames.count }
    /// Columns of a whole rest.
    package var count: Int { resemblanceColumn + Self.resemblanceNames.count }

    /// Where a pair's columns of `pairOwnNames` begin.
    var pairOwnColumn: Int { 12 + traits.attributes.count }
    var pairResemblanceColumn: Int { pairOwnColumn + Self.pairOwnNames.count }
    /// Where the columns of a whole rest begin that are no means of pairs.
    private var wholeColumn: Int { pairCount }
    /// Where the columns of `ownNames` begin.
    var ownColumn: Int { wholeColumn + 6 }
    /// Where lifts begin.
    var liftColumn: Int { ownColumn + Self.ownNames.count }
    /// Where the columns of `resemblanceNames` begin.
    var resemblanceColumn: Int { liftColumn + 2 * traits.pairedGroups.count }

    /// The features of every candidate beside one rest.
    ///
    /// - Parameter scores: of the embeddings: rest x candidates.
    package func rows(rest: [Int], candidates: [Int], scores: Matrix) -> CompletionRows {
        var shown = OutfitShares(count: resemblance.outfitCount)
        return rows(rest: rest, candidates: candidates, scores: scores, shown: &shown)
    }

    /// - Parameter shown: of no item, before and after.
    func rows(rest: [Int], candidates: [Int], scores: Matrix, shown: inout OutfitShares) -> CompletionRows {
        precondition(!rest.isEmpty, "an outfit without a rest")
        var rows = CompletionRows(
            rest: rest, candidates: candidates, whole: Matrix(rowCount: candidates.count, columnCount: count),
            pairs: Matrix(rowCount: candidates.count * rest.count, columnCount: pairCount))
        addCompany(to: &rows, rest: rest, candidates: candidates, scores: scores)
        addOwnOutfits(to: &rows, rest: rest, candidates: candidates)
        addLifts(to: &rows.whole, rest: rest, candidates: candidates)
        addResemblance(to: &rows, rest: rest, candidates: candidates, shown: &shown)
        rows.addMeans()
        return rows
    }

    private func familyLift(_ item: Int, _ candidate: Int) -> Float {
        let (first, second) = (Int(traits.families[item]), Int(traits.families[candidate]))
        return familyTable?[first, second] ?? counts.families.value(first, second)
    }

    /// The embeddings' scores, what met, and what is the same.
    private func addCompany(to rows: inout CompletionRows, rest: [Int], candidates: [Int], scores: Matrix) {
        let meetings = counts.meetings.scores(anchors: rest, candidates: candidates)
        let shared = counts.sharedCompany(anchors: rest, candidates: candidates)
        let variants = counts.variantMeetings.scores(
            anchors: rest.map { Int(traits.variants[$0]) }, candidates: candidates.map { Int(traits.variants[$0]) })
        let attributeCount = traits.attributes.count
        rows.forEachPair { place, column, pair, whole in
            let (item, candidate) = (rest[place], candidates[column])
            pair[0] = scores[place, column]
            let met = meetings[place, column]
            if met > 0 {
                pair[1] = log1p(met)
                pair[2] = 1
                pair[3] = met / counts.outfits[candidate]
                pair[4] = met / counts.outfits[item]
            }
            pair[5] = shared[place, column]
            pair[6] = variants[place, column]
            pair[7] = familyLift(item, candidate)
            for attribute in 0..<attributeCount {
                let value = traits.attributes[attribute][item]
                if value >= 0, value == traits.attributes[attribute][candidate] { pair[8 + attribute] = 1 }
            }
            let after = pair + 8 + attributeCount
            if traits.leaves[item] == traits.leaves[candidate] { after[0] = 1 }
            if traits.categories[item] == traits.categories[candidate] { after[1] = 1 }
            if traits.variants[item] == traits.variants[candidate] { after[2] = 1 }
            after[3] = logOutfits[item]

            let last = whole + wholeColumn
            last[0] = place == 0 ? pair[0] : min(last[0], pair[0])
            last[1] = place == 0 ? pair[7] : min(last[1], pair[7])
            guard place == 0 else { return }
            last[2] = logOutfits[candidate]
            last[3] = logVariantOutfits[Int(traits.variants[candidate])]
            last[4] = logFamilyOutfits[Int(traits.families[candidate])]
            last[5] = Float(rest.count)
        }
    }
}
