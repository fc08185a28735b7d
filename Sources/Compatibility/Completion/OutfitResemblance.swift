private import Foundation
internal import LinearAlgebra

/// Which outfits show an item or what resembles it.
///
/// An outfit shows an item by 1 where it holds it, else by exp(-d / (w m)) for the distance d of the nearest of its neighbours
/// that the outfit holds and the mean distance m of all neighbours: a narrow share, w = 0.3, and a wide one, w = 0.6. The one
/// tells more where much is known, the other where little is. In compressed rows; memory grows with items x neighbours x
/// outfits of an item.
struct OutfitResemblance: Sendable, Equatable {
    let neighbours: ItemNeighbours
    /// The known outfits: those of number `o` are `outfitOffsets[o]..<outfitOffsets[o + 1]` of `outfitItems`.
    let outfitOffsets: [Int]
    let outfitItems: [Int32]
    /// The outfits that show item `i` are `offsets[i]..<offsets[i + 1]` of `outfits`, `narrow` and `wide`.
    let offsets: [Int]
    let outfits: [Int32]
    let narrow: [Float]
    let wide: [Float]
    /// Of each item its shares of all outfits, added up.
    let narrowSums: [Float]
    let wideSums: [Float]

    var outfitCount: Int { outfitOffsets.count - 1 }

    /// Neighbours of an item that count.
    static let neighbourCount = 40
    private static let widths: (narrow: Float, wide: Float) = (0.3, 0.6)
    /// Outfits of one item, at most: where its neighbours stand in thousands, the nearest tell enough.
    private static let largestRow = 4096

    init(outfits: [Outfit], neighbours: ItemNeighbours) {
        let items = outfits.map { Set($0.items).sorted().map(Int32.init) }
        self.init(
            offsets: items.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }, items: Array(items.joined()),
            neighbours: neighbours)
    }

    /// The resemblance of stored parts, or nil where they do not fit together.
    init?(outfitOffsets: [Int], outfitItems: [Int32], neighbours: ItemNeighbours) {
        guard outfitOffsets.first == 0, outfitOffsets.last == outfitItems.count,
            zip(outfitOffsets, outfitOffsets.dropFirst()).allSatisfy({ $0 <= $1 }),
            outfitItems.allSatisfy({ $0 >= 0 && Int($0) < neighbours.itemCount })
        else { return nil }
        self.init(offsets: outfitOffsets, items: outfitItems, neighbours: neighbours)
    }

    private init(offsets outfitOffsets: [Int], items outfitItems: [Int32], neighbours: ItemNeighbours) {
        self.neighbours = neighbours
        self.outfitOffsets = outfitOffsets
        self.outfitItems = outfitItems
        let outfitsOfItem = Self.transposed(outfitOffsets, outfitItems, itemCount: neighbours.itemCount)
        let scale = 1 / max(neighbours.meanDistance, .leastNormalMagnitude)
        var (offsets, shown, narrow, wide): ([Int], [Int32], [Float], [Float]) = ([0], [], [], [])
        var (narrowSums, wideSums): ([Float], [Float]) = ([], [])
        // Which item saw an outfit last.
        var seen = [Int](repeating: -1, count: outfitOffsets.count - 1)
        for item in 0..<neighbours.itemCount {
            var (narrowSum, wideSum) = (Float(0), Float(0))
            /// The nearest comes first, so the share that an outfit has already is the greatest.
            func add(_ other: Int, _ share: (narrow: Float, wide: Float)) {
                for outfit in outfitsOfItem.values[outfitsOfItem.offsets[other]..<outfitsOfItem.offsets[other + 1]] {
                    guard seen[Int(outfit)] != item, shown.count - offsets[item] < Self.largestRow else { continue }
                    seen[Int(outfit)] = item
                    shown.append(outfit)
                    narrow.append(share.narrow)
                    wide.append(share.wide)
                    narrowSum += share.narrow
                    wideSum += share.wide
                }
            }
            add(item, (1, 1))
            for place in neighbours.range(of: item) {
                let distance = neighbours.distances[place] * scale
                add(
                    Int(neighbours.items[place]),
                    (exp(-distance / Self.widths.narrow), exp(-distance / Self.widths.wide)))
            }
            offsets.append(shown.count)
            narrowSums.append(narrowSum)
            wideSums.append(wideSum)
        }
        self.offsets = offsets
        self.outfits = shown
        self.narrow = narrow
        self.wide = wide
        self.narrowSums = narrowSums
        self.wideSums = wideSums
    }

    /// Of each item its outfits, ascending.
    private static func transposed(
        _ outfitOffsets: [Int], _ outfitItems: [Int32], itemCount: Int
    ) -> (offsets: [Int], values: [Int32]) {
        var offsets = [Int](repeating: 0, count: itemCount + 1)
        for item in outfitItems { offsets[Int(item) + 1] += 1 }
        for item in 0..<itemCount { offsets[item + 1] += offsets[item] }
        var values = [Int32](repeating: 0, count: outfitItems.count)
        var next = offsets
        for outfit in 0..<outfitOffsets.count - 1 {
            for item in outfitItems[outfitOffsets[outfit]..<outfitOffsets[outfit + 1]] {
                values[next[Int(item)]] = Int32(outfit)
                next[Int(item)] += 1
            }
        }
        return (offsets, values)
    }
}
