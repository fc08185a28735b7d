package import LinearAlgebra

/// Of each item the others of its family that an embedding has nearest, the nearest first.
package struct ItemNeighbours: Sendable, Equatable {
    /// The neighbours of item `i` are `offsets[i]..<offsets[i + 1]` of `items`.
    let offsets: [Int]
    package let items: [Int32]
    /// 1 less the cosine, of each of `items`.
    package let distances: [Float]
    /// Of all distances, by which they are told as near or far: the embeddings of several members have less noise than those
    /// of one, and other distances.
    let meanDistance: Float

    package var itemCount: Int { offsets.count - 1 }

    private static let block = 256

    /// - Parameters:
    ///   - vectors: n x d, one row an item; compared by the cosine of what is left once their mean is taken away.
    ///   - groups: the family of each item.
    ///   - limit: neighbours of one item, at most.
    package init(of vectors: Matrix, groups: [Int32], limit: Int, parallelism: Parallelism = .serial) {
        precondition(vectors.rowCount == groups.count, "a family for each vector")
        let units = vectors.centredUnits()
        var members = [[Int]](repeating: [], count: Int(groups.max() ?? -1) + 1)
        for (item, group) in groups.enumerated() { members[Int(group)].append(item) }
        var near = [[ScoredIndex]](repeating: [], count: groups.count)
        for members in members where members.count > 1 {
            let rows = units.rows(at: members)
            let blocks = parallelism.mapChunks(of: members.count, chunkSize: Self.block) { _, range in
                let cosines = rows.rows(range).multiplied(byTransposeOf: rows)
                var selector = TopKSelector(count: limit)
                return range.map { place -> [ScoredIndex] in
                    selector.removeAll()
                    cosines.values.withUnsafeBufferPointer { values in
                        let row = (place - range.lowerBound) * members.count
                        selector.insert(
                            UnsafeBufferPointer(rebasing: values[row..<row + members.count]), firstIndex: 0,
                            excluding: { $0 == Int32(place) })
                    }
                    return selector.best().map {
                        ScoredIndex(index: Int32(members[Int($0.index)]), score: $0.score)
                    }
                }
            }
            for (place, items) in blocks.joined().enumerated() { near[members[place]] = items }
        }
        self.init(
            checked: near.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
            items: near.joined().map(\.index), distances: near.joined().map { max(0, 1 - $0.score) })
    }

    /// The neighbours of stored parts, or nil where they do not fit together.
    package init?(offsets: [Int], items: [Int32], distances: [Float]) {
        guard offsets.first == 0, offsets.last == items.count, distances.count == items.count,
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }),
            items.allSatisfy({ $0 >= 0 && Int($0) < offsets.count - 1 }), distances.allSatisfy({ $0 >= 0 })
        else { return nil }
        self.init(checked: offsets, items: items, distances: distances)
    }

    private init(checked offsets: [Int], items: [Int32], distances: [Float]) {
        self.offsets = offsets
        self.items = items
        self.distances = distances
        meanDistance = Float(distances.reduce(0.0) { $0 + Double($1) } / Double(max(1, distances.count)))
    }

    /// The positions of an item's neighbours in `items` and `distances`.
    package func range(of item: Int) -> Range<Int> { offsets[item]..<offsets[item + 1] }
}

extension Matrix {
    /// The rows less their mean, each of length 1; rows that are the mean stay zero.
    fileprivate func centredUnits() -> Matrix {
        var mean = [Double](repeating: 0, count: columnCount)
        for row in 0..<rowCount { for (column, value) in self.row(row).enumerated() { mean[column] += Double(value) } }
        let share = 1 / Double(Swift.max(1, rowCount))
        var units = self
        units.values.withUnsafeMutableBufferPointer { values in
            for row in 0..<rowCount {
                let range = row * columnCount..<(row + 1) * columnCount
                var square = 0.0
                for place in range {
                    values[place] -= Float(mean[place - range.lowerBound] * share)
                    square += Double(values[place]) * Double(values[place])
                }
                guard square > 0 else { continue }
                let scale = Float(1 / square.squareRoot())
                for place in range { values[place] *= scale }
            }
        }
        return units
    }
}
