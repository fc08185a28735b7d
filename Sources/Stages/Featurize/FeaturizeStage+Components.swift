internal import Compatibility
internal import LinearAlgebra

extension FeaturizeStage {
    /// A wide block along its principal components; a narrow one as it is.
    func reduced(_ block: FeatureBlock) -> FeatureBlock {
        guard settings.components > 0, case .dense(let matrix) = block.values,
            matrix.columnCount > settings.components,
            let components = PrincipalComponents(of: matrix, count: settings.components, isUsed: block.isPresent)
        else { return block }
        var projected = components.projected(matrix)
        for row in 0..<projected.rowCount where !block.isPresent[row] {
            for column in 0..<projected.columnCount { projected[row, column] = 0 }
        }
        return FeatureBlock(
            name: block.name, values: .dense(projected), isPresent: block.isPresent, hasCommonScale: true)
    }
}
