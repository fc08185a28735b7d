private import CKernels

/// The `count` best of a stream of scores, in memory of twice that many.
///
/// Scores come in chunks; a chunk whose scores all lie below the worst that is kept costs one vectorised pass. Equal scores
/// go to the lower index, so the result does not depend on how the stream is cut or in what order chunks come. NaN and
/// minus infinity are never kept.
package struct TopKSelector: Sendable {
    /// How many to keep.
    package let count: Int
    private var keys: [UInt64] = []
    private var hits: [UInt64]
    private let capacity: Int
    /// The lowest score that can still enter; minus the greatest float until `count` are held.
    package private(set) var threshold: Float = -Float.greatestFiniteMagnitude

    package init(count: Int) {
        precondition(count >= 0, "a negative count was asked for")
        self.count = count
        capacity = count + max(count, 64)
        hits = [UInt64](repeating: 0, count: 256)
        keys.reserveCapacity(capacity)
    }

    /// Takes in the scores of `firstIndex`, `firstIndex + 1`, and so on.
    ///
    /// - Parameter isExcluded: asked only about scores that would be kept.
    package mutating func insert(
        _ scores: UnsafeBufferPointer<Float>, firstIndex: Int32, excluding isExcluded: (Int32) -> Bool = { _ in false }
    ) {
        guard count > 0, let base = scores.baseAddress else { return }
        var read = 0
        while read < scores.count {
            var written = 0
            hits.withUnsafeMutableBufferPointer { hits in
                guard let room = hits.baseAddress else { return }
                read += atelier_collect(
                    base + read, scores.count - read, threshold, UInt32(firstIndex) + UInt32(read), room, hits.count,
                    &written)
            }
            for key in hits[..<written] where !isExcluded(Int32(bitPattern: atelier_key_index(key))) {
                if keys.count == capacity { shrink() }
                keys.append(key)
            }
            // The scan stops after a few hundred hits, so that a rising threshold spares the rest.
            if written > 0, keys.count >= 2 * count { shrink() }
        }
    }

    package mutating func insert(
        _ scores: [Float], firstIndex: Int32 = 0, excluding isExcluded: (Int32) -> Bool = { _ in false }
    ) {
        scores.withUnsafeBufferPointer { insert($0, firstIndex: firstIndex, excluding: isExcluded) }
    }

    package mutating func insert(_ candidate: ScoredIndex) {
        guard count > 0, candidate.score >= threshold else { return }
        if keys.count == capacity { shrink() }
        keys.append(atelier_key(candidate.score, UInt32(candidate.index)))
    }

    private mutating func shrink() {
        guard keys.count > count else { return }
        keys.withUnsafeMutableBufferPointer { atelier_keep_best($0.baseAddress, $0.count, count) }
        keys.removeLast(keys.count - count)
        threshold = atelier_key_score(keys[count - 1])
    }

    /// What was kept so far, best first.
    package func best() -> [ScoredIndex] {
        var sorted = keys
        let kept = min(count, keys.count)
        sorted.withUnsafeMutableBufferPointer { keys in
            if keys.count > kept { atelier_keep_best(keys.baseAddress, keys.count, kept) }
            atelier_sort_keys(keys.baseAddress, kept)
        }
        return sorted[..<kept].map {
            ScoredIndex(index: Int32(bitPattern: atelier_key_index($0)), score: atelier_key_score($0))
        }
    }

    /// Forgets everything, for the next stream.
    package mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        threshold = -Float.greatestFiniteMagnitude
    }
}
