internal import Dispatch
internal import Synchronization

/// How many threads a computation may use; what it computes never depends on it.
///
/// Work is cut into chunks of a fixed size, each written to its own slice; threads take chunks as they become free, and
/// reductions go in the order of the chunks.
package struct Parallelism: Sendable, Equatable {
    /// At least 1.
    package let width: Int

    package static let serial = Parallelism(width: 1)

    package init(width: Int) {
        self.width = max(1, width)
    }

    /// Calls `body` once for each chunk of `0..<count`, at most `width` at a time, and returns when all have ended.
    ///
    /// - Parameters:
    ///   - chunkSize: items a chunk, fixed by the caller and never by the width.
    ///   - body: gets the chunk's number and its range. It runs on any thread and must write only what is its own.
    package func forEachChunk(
        of count: Int, chunkSize: Int, _ body: @Sendable (_ chunk: Int, _ range: Range<Int>) -> Void
    ) {
        precondition(chunkSize > 0, "a chunk must hold something")
        let chunkCount = (count + chunkSize - 1) / chunkSize
        func run(_ chunk: Int) {
            body(chunk, chunk * chunkSize..<min(count, (chunk + 1) * chunkSize))
        }
        if width == 1 || chunkCount <= 1 {
            for chunk in 0..<chunkCount { run(chunk) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(width, chunkCount)) { _ in
            while true {
                let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard chunk < chunkCount else { return }
                body(chunk, chunk * chunkSize..<min(count, (chunk + 1) * chunkSize))
            }
        }
    }

    /// The results of `transform` over the chunks of `0..<count`, in the order of the chunks.
    package func mapChunks<Result: Sendable>(
        of count: Int, chunkSize: Int, _ transform: @Sendable (_ chunk: Int, _ range: Range<Int>) -> Result
    ) -> [Result] {
        let chunkCount = (count + chunkSize - 1) / chunkSize
        var results = [Result?](repeating: nil, count: chunkCount)
        results.withUnsafeMutableBufferPointer { buffer in
            let slots = DisjointSlots(base: buffer)
            forEachChunk(of: count, chunkSize: chunkSize) { chunk, range in
                slots.base[chunk] = transform(chunk, range)
            }
        }
        return results.compactMap { $0 }
    }
}

/// A buffer whose slots are written by one thread each. `@unchecked Sendable`: the chunk number is the lock.
package struct DisjointSlots<Element>: @unchecked Sendable {
    package let base: UnsafeMutableBufferPointer<Element>

    package init(base: UnsafeMutableBufferPointer<Element>) {
        self.base = base
    }
}
