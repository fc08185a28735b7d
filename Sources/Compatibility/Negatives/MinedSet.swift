/// A negative that a miner found, and why.
package struct MinedNegative: Sendable, Equatable {
    package var anchor: Int32
    package var positive: Int32
    package var negative: Int32
    package var source: NegativeSource
    /// Among all candidates of the positive's category, 1 for the best.
    package var rank: Int32
    package var score: Float
    package var positiveScore: Float

    package init(
        anchor: Int32, positive: Int32, negative: Int32, source: NegativeSource, rank: Int32, score: Float,
        positiveScore: Float
    ) {
        self.anchor = anchor
        self.positive = positive
        self.negative = negative
        self.source = source
        self.rank = rank
        self.score = score
        self.positiveScore = positiveScore
    }
}

/// Mined negatives as columns, the way they lie on disk.
package struct MinedSet: Sendable, Equatable {
    package private(set) var anchors: [Int32] = []
    package private(set) var positives: [Int32] = []
    package private(set) var negatives: [Int32] = []
    package private(set) var ranks: [Int32] = []
    package private(set) var scores: [Float] = []
    package private(set) var positiveScores: [Float] = []
    package private(set) var sources: [UInt8] = []

    package var count: Int { anchors.count }

    package init() {}

    /// A set from its columns, or nil where they differ in length or name an unknown source.
    package init?(
        anchors: [Int32], positives: [Int32], negatives: [Int32], ranks: [Int32], scores: [Float],
        positiveScores: [Float], sources: [UInt8]
    ) {
        let lengths = [
            positives.count, negatives.count, ranks.count, scores.count, positiveScores.count, sources.count,
        ]
        guard lengths.allSatisfy({ $0 == anchors.count }), sources.allSatisfy({ NegativeSource(rawValue: $0) != nil })
        else { return nil }
        self.anchors = anchors
        self.positives = positives
        self.negatives = negatives
        self.ranks = ranks
        self.scores = scores
        self.positiveScores = positiveScores
        self.sources = sources
    }

    package subscript(index: Int) -> MinedNegative {
        MinedNegative(
            anchor: anchors[index], positive: positives[index], negative: negatives[index],
            source: NegativeSource(rawValue: sources[index]) ?? .ranked, rank: ranks[index], score: scores[index],
            positiveScore: positiveScores[index])
    }

    package mutating func append(_ mined: MinedNegative) {
        anchors.append(mined.anchor)
        positives.append(mined.positive)
        negatives.append(mined.negative)
        ranks.append(mined.rank)
        scores.append(mined.score)
        positiveScores.append(mined.positiveScore)
        sources.append(mined.source.rawValue)
    }

    /// Shards are joined in the order of their anchors.
    package mutating func append(contentsOf other: MinedSet) {
        anchors += other.anchors
        positives += other.positives
        negatives += other.negatives
        ranks += other.ranks
        scores += other.scores
        positiveScores += other.positiveScores
        sources += other.sources
    }
}

/// Finds the mined negatives of a pair. O(log n).
struct MinedLookup: Sendable {
    private let keys: [UInt64]
    private let negatives: [(item: Int32, source: NegativeSource)]

    init(_ set: MinedSet) {
        func key(_ index: Int) -> UInt64 {
            UInt64(UInt32(bitPattern: set.anchors[index])) << 32 | UInt64(UInt32(bitPattern: set.positives[index]))
        }
        let order = (0..<set.count).sorted { (key($0), $0) < (key($1), $1) }
        keys = order.map(key)
        negatives = order.map { (set.negatives[$0], set[$0].source) }
    }

    func entries(anchor: Int32, positive: Int32) -> Range<Int> {
        let wanted = UInt64(UInt32(bitPattern: anchor)) << 32 | UInt64(UInt32(bitPattern: positive))
        let start = keys.partitioningIndex { $0 >= wanted }
        var end = start
        while end < keys.count, keys[end] == wanted { end += 1 }
        return start..<end
    }

    func negative(_ entry: Int) -> (item: Int32, source: NegativeSource) { negatives[entry] }
}

extension Array {
    /// The first index whose element fulfils `isAfter`, in an array where all such elements stand at the end.
    fileprivate func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
