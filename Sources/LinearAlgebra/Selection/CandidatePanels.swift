private import CKernels

/// Vectors laid out for exact search by inner product.
///
/// Thirty-two candidates lie in a panel, dimension after dimension, so that one pass through a panel computes their products
/// with twelve queries in registers, and compares them with each query's threshold there; only what passes is written.
/// A product is one chain of fused additions in the order of the dimensions: it is the same to the bit whatever else is
/// searched, in whatever blocks, on however many threads.
///
/// `@unchecked Sendable`: the memory is written once, by `init`, and freed once, by `deinit`.
package final class CandidatePanels: @unchecked Sendable {
    package let count: Int
    package let dimension: Int
    private let panels: UnsafeMutablePointer<Float>

    /// Queries a chunk of work; a multiple of the kernel's group of 12.
    private static let queryChunk = 240
    /// Keys that a chunk of queries may hold: 64 MiB.
    private static let keyLimit = 8 << 20

    package convenience init(_ candidates: Matrix) {
        self.init(candidates.values, count: candidates.rowCount, dimension: candidates.columnCount)
    }

    /// Panels of `count` rows of `dimension` values.
    package init(_ values: [Float], count: Int, dimension: Int) {
        precondition(values.count == count * dimension, "values do not fill \(count) x \(dimension)")
        self.count = count
        self.dimension = dimension
        let width = Int(ATELIER_PANEL)
        let places = max((count + width - 1) / width * width * dimension, 1)
        panels = UnsafeMutableRawPointer.allocate(byteCount: places * MemoryLayout<Float>.stride, alignment: 64)
            .initializeMemory(as: Float.self, repeating: 0, count: places)
        values.withUnsafeBufferPointer { rows in
            if let base = rows.baseAddress { atelier_pack_panels(base, count, dimension, panels) }
        }
    }

    deinit { panels.deallocate() }

    /// For each row of `queries` the `best` candidates by inner product, best first; fewer where there are fewer.
    ///
    /// Equal products go to the lower candidate. A product that is NaN or minus infinity never wins. Memory beside the
    /// results: a chunk of queries for each thread. Complexity: queries x candidates x dimension, plus about
    /// `best * log(count / best)` insertions a query.
    package func nearest(
        to queries: Matrix, best: Int, excluding exclusions: Exclusions? = nil, parallelism: Parallelism = .serial
    ) -> Neighbours {
        precondition(queries.columnCount == dimension, "queries of \(queries.columnCount) dimensions, not \(dimension)")
        precondition(exclusions.map { $0.queryCount == queries.rowCount } ?? true, "exclusions of other queries")
        let kept = min(best, count)
        let capacity = min(kept + max(kept, 64), count) + 16
        let chunkSize = max(12, min(Self.queryChunk, Self.keyLimit / capacity / 12 * 12))
        let chunks = parallelism.mapChunks(of: queries.rowCount, chunkSize: chunkSize) { _, range in
            search(queries, range, best: kept, capacity: capacity, exclusions)
        }
        var all = Neighbours()
        for chunk in chunks { all.append(chunk) }
        return all
    }

    private func search(
        _ queries: Matrix, _ range: Range<Int>, best: Int, capacity: Int, _ exclusions: Exclusions?
    ) -> Neighbours {
        var results = Neighbours()
        var keys = [UInt64](repeating: 0, count: range.count * capacity)
        var counts = [UInt32](repeating: 0, count: range.count)
        var thresholds = [Float](repeating: 0, count: range.count)
        var scratch = [Float](repeating: 0, count: 12 * (dimension + 1))
        queries.values.withUnsafeBufferPointer { values in
            keys.withUnsafeMutableBufferPointer { keys in
                counts.withUnsafeMutableBufferPointer { counts in
                    thresholds.withUnsafeMutableBufferPointer { thresholds in
                        scratch.withUnsafeMutableBufferPointer { scratch in
                            guard let values = values.baseAddress else { return }
                            var task = atelier_search_task()
                            task.queries = values + range.lowerBound * dimension
                            task.query_count = range.count
                            task.dimension = dimension
                            task.panels = UnsafePointer(panels)
                            task.candidate_count = count
                            task.best = best
                            task.keys = keys.baseAddress
                            task.capacity = capacity
                            task.counts = counts.baseAddress
                            task.thresholds = thresholds.baseAddress
                            task.scratch = scratch.baseAddress
                            guard let exclusions else { return atelier_search(&task) }
                            exclusions.offsets.withUnsafeBufferPointer { offsets in
                                exclusions.indices.withUnsafeBufferPointer { excluded in
                                    task.excluded_offsets = offsets.baseAddress.map { $0 + range.lowerBound }
                                    task.excluded = excluded.baseAddress
                                    atelier_search(&task)
                                }
                            }
                        }
                    }
                }
            }
        }
        for query in 0..<range.count {
            results.append(
                keys[query * capacity..<query * capacity + Int(counts[query])].lazy.map {
                    ScoredIndex(index: Int32(bitPattern: atelier_key_index($0)), score: atelier_key_score($0))
                })
        }
        return results
    }
}
