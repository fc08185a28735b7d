private import Foundation
internal import LinearAlgebra

/// How much more often items of two groups meet than by chance; most pairs of groups never meet.
///
/// The lift of two groups is log((m + 1) / (e + 1)) for m meetings of their items and e that chance would have made of how
/// often each group occurs. Memory is that of the pairs of groups that met.
struct GroupLift: Sendable, Equatable {
    /// Items of outfits, by group.
    let occurrences: [Float]
    /// log(1 + m).
    let meetings: PairTable
    /// 1 / items of outfits.
    private let share: Float

    /// - Parameters:
    ///   - groups: the group of each item.
    ///   - pairs: of items.
    ///   - counts: in how many outfits each item occurs.
    init(groups: [Int32], pairs: PairSet, counts: [Int]) {
        var occurrences = [Int](repeating: 0, count: Int(groups.max() ?? -1) + 1)
        for (item, group) in groups.enumerated() { occurrences[Int(group)] += counts[item] }
        // Every pair stands at both of its groups, so one within a group counts twice, as chance counts it.
        var met: [UInt64: Int] = [:]
        for place in 0..<pairs.count {
            let (a, b) = (groups[Int(pairs.first[place])], groups[Int(pairs.second[place])])
            met[Self.key(a, b), default: 0] += Int(pairs.outfitCount[place])
            met[Self.key(b, a), default: 0] += Int(pairs.outfitCount[place])
        }
        let keys = met.keys.sorted()
        var offsets = [Int](repeating: 0, count: occurrences.count + 1)
        for key in keys { offsets[Int(key >> 32) + 1] += 1 }
        for row in occurrences.indices { offsets[row + 1] += offsets[row] }
        let table = PairTable(
            offsets: offsets, partners: keys.map { Int32(truncatingIfNeeded: $0) },
            values: keys.map { Float(log1p(Double(met[$0] ?? 0))) })
        guard let table else { preconditionFailure("pairs of groups out of order") }
        self.init(occurrences: occurrences.map(Float.init), meetings: table)
    }

    /// The lifts of stored parts.
    init(occurrences: [Float], meetings: PairTable) {
        self.occurrences = occurrences
        self.meetings = meetings
        share = 1 / max(1, Float(occurrences.reduce(0) { $0 + Double($1) }))
    }

    /// Whether it has every one of some items' groups.
    func covers(_ groups: [Int32]) -> Bool {
        occurrences.count == meetings.itemCount && groups.allSatisfy { Int($0) < occurrences.count }
    }

    private static func key(_ row: Int32, _ partner: Int32) -> UInt64 {
        UInt64(UInt32(row)) << 32 | UInt64(UInt32(partner))
    }

    /// A table of all pairs of groups is made where it has no more entries than this: 8 MiB.
    private static let largestTable = 1 << 21

    /// The lift of two groups. O(log partners).
    func value(_ group: Int, _ other: Int) -> Float {
        meetings.value(group, other) - log1p(occurrences[group] * share * occurrences[other])
    }

    /// The lifts of all pairs, groups x groups, or nil where there are too many groups.
    func table() -> Matrix? {
        let count = occurrences.count
        guard count * count <= Self.largestTable else { return nil }
        var table = Matrix(rowCount: count, columnCount: count)
        for row in 0..<count {
            let expected = occurrences[row] * share
            for other in 0..<count { table[row, other] = -log1p(expected * occurrences[other]) }
            for entry in meetings.range(of: row) { table[row, Int(meetings.partners[entry])] += meetings.values[entry] }
        }
        return table
    }
}
