internal import CKernels
private import Foundation
internal import LinearAlgebra

extension BatchPass {
    /// The queries of every anchor for every category: `e M`, by groups of one category.
    func projectAnchors(_ batch: TrainingBatch, parameters: FloatBuffer) {
        ProjectionMatrices.fill(matrices.base, from: parameters.base + shape.projections.lowerBound, shape: shape)
        let (shape, outputs, vectors, queries, matrices) = (shape, outputs, anchorVectors, queries, matrices)
        let dimension = shape.dimension
        let anchorCount = batch.anchorItems.count
        for (anchor, item) in batch.anchorItems.enumerated() {
            (vectors.base + anchor * dimension).update(
                from: outputs.base + Int(item) * shape.outputCount, count: dimension)
        }
        let parts = Self.parts(of: batch.anchorRanges)
        let categoryCount = shape.categoryCount
        parallelism.forEachChunk(of: parts.count * categoryCount, chunkSize: 1) { task, _ in
            let (category, rows) = parts[task / categoryCount]
            let target = task % categoryCount
            BLAS.gemm(
                transposeB: category > target, rows: rows.count, columns: dimension, inner: dimension,
                a: vectors.base + rows.lowerBound * dimension, lda: dimension,
                b: matrices.base + shape.pair(category, target) * shape.projectionSize, ldb: dimension,
                c: queries.base + (target * anchorCount + rows.lowerBound) * dimension, ldc: dimension)
        }
    }

    /// The anchors of each category in parts of a fixed size.
    static func parts(of ranges: [Range<Int>]) -> [(category: Int, rows: Range<Int>)] {
        var parts: [(category: Int, rows: Range<Int>)] = []
        for (category, range) in ranges.enumerated() {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: itemChunk) {
                parts.append((category, start..<min(range.upperBound, start + itemChunk)))
            }
        }
        return parts
    }

    /// Scores, losses and the derivatives of the losses by score and by pooled query. Returns the mean loss.
    func scoreExamples(_ batch: TrainingBatch, parameters: FloatBuffer) -> Double {
        let scale = exp(parameters.base[shape.scale])
        let scorer = ExampleScorer(pass: self, batch: batch, scale: scale)
        parallelism.forEachChunk(of: batch.exampleCount, chunkSize: Self.exampleChunk) { _, range in
            scorer.score(range)
        }
        var sum = 0.0
        var scaleGradient = 0.0
        for example in 0..<batch.exampleCount {
            sum += exampleLosses.base[example]
            scaleGradient += exampleScaleGradients.base[example]
        }
        gradients.base[shape.scale] = Float(scaleGradient)
        return sum / Double(max(1, batch.exampleCount))
    }
}

/// The matrices that queries are made with.
enum ProjectionMatrices {
    /// Identity + D for each unordered pair, where D is symmetrised for a category with itself.
    static func fill(_ matrices: UnsafeMutablePointer<Float>, from parameters: UnsafePointer<Float>, shape: ModelShape)
    {
        let dimension = shape.dimension
        for low in 0..<shape.categoryCount {
            for high in low..<shape.categoryCount {
                let start = shape.pair(low, high) * shape.projectionSize
                fill(matrices + start, from: parameters + start, isSymmetric: low == high, dimension: dimension)
            }
        }
    }

    /// That of one pair: dimension x dimension.
    static func fill(
        _ matrix: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>, isSymmetric: Bool, dimension: Int
    ) {
        if isSymmetric {
            for row in 0..<dimension {
                for column in 0..<dimension {
                    matrix[row * dimension + column] =
                        (source[row * dimension + column] + source[column * dimension + row]) / 2
                }
            }
        } else {
            matrix.update(from: source, count: dimension * dimension)
        }
        for place in 0..<dimension { matrix[place * dimension + place] += 1 }
    }
}
