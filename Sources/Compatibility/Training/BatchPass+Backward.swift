internal import CKernels
private import Foundation
internal import LinearAlgebra

extension BatchPass {
    /// From the derivatives by score to those by output of every item and by projection.
    func propagateScores(_ batch: TrainingBatch, parameters: FloatBuffer) {
        gatherCandidateGradients(batch, scale: exp(parameters.base[shape.scale]))
        gatherQueryGradients(batch)
        propagateToAnchors(batch)
        propagateToProjections(batch)
        let dimension = shape.dimension
        for (anchor, item) in batch.anchorItems.enumerated() {
            atelier_axpy(
                1, anchorGradients.base + anchor * dimension, outputGradients.base + Int(item) * shape.outputCount,
                dimension)
            guard shape.itemBias else { continue }
            var biasGradient: Float = 0
            for use in Int(batch.anchorUseOffsets[anchor])..<Int(batch.anchorUseOffsets[anchor + 1]) {
                let example = Int(batch.anchorUses[use])
                let count = batch.anchorOffsets[example + 1] - batch.anchorOffsets[example]
                biasGradient += exampleTotals.base[example] / Float(count)
            }
            outputGradients.base[Int(item) * shape.outputCount + dimension] += biasGradient
        }
    }

    private func gatherCandidateGradients(_ batch: TrainingBatch, scale: Float) {
        let (shape, gradients, scores, pooled) = (shape, outputGradients, scoreGradients, pooled)
        let dimension = shape.dimension
        parallelism.forEachChunk(of: batch.items.count, chunkSize: Self.itemChunk) { _, range in
            for item in range {
                let gradient = gradients.base + item * shape.outputCount
                gradient.update(repeating: 0, count: shape.outputCount)
                let category = Int(batch.categories[item])
                for use in Int(batch.useOffsets[item])..<Int(batch.useOffsets[item + 1]) {
                    let place = Int(batch.uses[use])
                    let example = place / batch.candidateCount
                    atelier_axpy(
                        scale * scores.base[place],
                        pooled.base + (example * shape.categoryCount + category) * dimension, gradient, dimension)
                    if shape.itemBias { gradient[dimension] += scores.base[place] }
                }
            }
        }
    }

    private func gatherQueryGradients(_ batch: TrainingBatch) {
        let (shape, gradients, pooled, isAsked) = (shape, queryGradients, pooledGradients, isAsked)
        let dimension = shape.dimension
        let anchorCount = batch.anchorItems.count
        parallelism.forEachChunk(of: anchorCount, chunkSize: Self.itemChunk) { _, range in
            for category in 0..<shape.categoryCount {
                for anchor in range {
                    let gradient = gradients.base + (category * anchorCount + anchor) * dimension
                    gradient.update(repeating: 0, count: dimension)
                    for use in Int(batch.anchorUseOffsets[anchor])..<Int(batch.anchorUseOffsets[anchor + 1]) {
                        let example = Int(batch.anchorUses[use])
                        guard isAsked.base[example * shape.categoryCount + category] != 0 else { continue }
                        let count = batch.anchorOffsets[example + 1] - batch.anchorOffsets[example]
                        atelier_axpy(
                            1 / Float(count), pooled.base + (example * shape.categoryCount + category) * dimension,
                            gradient, dimension)
                    }
                }
            }
        }
    }

    private func propagateToAnchors(_ batch: TrainingBatch) {
        let (shape, gradients, queries, matrices) = (shape, anchorGradients, queryGradients, matrices)
        let dimension = shape.dimension
        let anchorCount = batch.anchorItems.count
        let parts = Self.parts(of: batch.anchorRanges)
        parallelism.forEachChunk(of: parts.count, chunkSize: 1) { task, _ in
            let (category, rows) = parts[task]
            for target in 0..<shape.categoryCount {
                BLAS.gemm(
                    transposeB: category <= target, rows: rows.count, columns: dimension, inner: dimension,
                    a: queries.base + (target * anchorCount + rows.lowerBound) * dimension, lda: dimension,
                    b: matrices.base + shape.pair(category, target) * shape.projectionSize, ldb: dimension,
                    beta: target == 0 ? 0 : 1, c: gradients.base + rows.lowerBound * dimension, ldc: dimension)
            }
        }
    }

    private func propagateToProjections(_ batch: TrainingBatch) {
        let (shape, gradients, vectors, queries) = (shape, gradients, anchorVectors, queryGradients)
        let ranges = batch.anchorRanges
        let anchorCount = batch.anchorItems.count
        let pairs = (0..<shape.categoryCount).flatMap { low in (low..<shape.categoryCount).map { (low, $0) } }
        parallelism.forEachChunk(of: pairs.count, chunkSize: 1) { task, _ in
            let (low, high) = pairs[task]
            let dimension = shape.dimension
            let gradient = gradients.base + shape.projections.lowerBound + shape.pair(low, high) * shape.projectionSize
            gradient.update(repeating: 0, count: shape.projectionSize)
            let lowRows = ranges[low]
            let highRows = ranges[high]
            // Anchors of the lower category: q = e M, so dM = eᵀ dq.
            if !lowRows.isEmpty {
                BLAS.gemm(
                    transposeA: true, rows: dimension, columns: dimension, inner: lowRows.count,
                    a: vectors.base + lowRows.lowerBound * dimension, lda: dimension,
                    b: queries.base + (high * anchorCount + lowRows.lowerBound) * dimension, ldb: dimension,
                    c: gradient, ldc: dimension)
            }
            if low == high {
                symmetrise(gradient, dimension: dimension)
            } else if !highRows.isEmpty {
                // Anchors of the higher one: q = e Mᵀ, so dM = dqᵀ e.
                BLAS.gemm(
                    transposeA: true, rows: dimension, columns: dimension, inner: highRows.count,
                    a: queries.base + (low * anchorCount + highRows.lowerBound) * dimension, lda: dimension,
                    b: vectors.base + highRows.lowerBound * dimension, ldb: dimension, beta: 1, c: gradient,
                    ldc: dimension)
            }
            if shape.projection == .diagonal {
                for row in 0..<dimension {
                    for column in 0..<dimension where column != row { gradient[row * dimension + column] = 0 }
                }
            }
        }
    }

    /// From the derivatives by output to those of the tower's weights.
    func propagateTower(_ batch: TrainingBatch, parameters: FloatBuffer, dropout: DropoutPlan?) {
        let dropped = dropout.map { Float(UInt16(min(65535, $0.hidden * 65536))) / 65536 } ?? 0
        let backward = TowerBackward(pass: self, batch: batch, keptScale: 1 / (1 - dropped))
        parallelism.forEachChunk(of: batch.items.count, chunkSize: Self.itemChunk) { _, range in
            backward.propagateToHidden(range, parameters: parameters.base)
        }
        let tasks = backward.tasks(tile: Self.tile)
        batch.items.withUnsafeBufferPointer { items in
            guard let base = items.baseAddress else { return }
            let rows = ReadPointer(base)
            parallelism.forEachChunk(of: tasks.count, chunkSize: 1) { task, _ in
                backward.run(tasks[task], rows: rows.base)
            }
        }
        let itemStart = shape.items.lowerBound
        for item in touchedItems {
            let place = itemStart + seenPlace(ofTouched: item) * shape.outputCount
            (gradients.base + place).update(
                from: outputGradients.base + Int(item) * shape.outputCount, count: shape.outputCount)
        }
        propagateToVariants(batch)
    }

    private func propagateToVariants(_ batch: TrainingBatch) {
        guard shape.variantCount > 0 else { return }
        let width = shape.outputCount
        let target = gradients.base + shape.variants.lowerBound
        for variant in touchedVariants { (target + Int(variant) * width).update(repeating: 0, count: width) }
        for item in 0..<batch.items.count where variants.base[item] >= 0 {
            atelier_axpy(
                1, outputGradients.base + item * width, target + Int(variants.base[item]) * width, width)
        }
    }
}

private func symmetrise(_ matrix: UnsafeMutablePointer<Float>, dimension: Int) {
    for row in 0..<dimension {
        for column in 0..<row {
            let mean = (matrix[row * dimension + column] + matrix[column * dimension + row]) / 2
            matrix[row * dimension + column] = mean
            matrix[column * dimension + row] = mean
        }
    }
}
