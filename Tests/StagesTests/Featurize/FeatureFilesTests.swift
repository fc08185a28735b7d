import Compatibility
import Foundation
import LinearAlgebra
import Stages
import Testing

/// Each file may be whole, and yet of another writer.
@Test(arguments: [(4, 3), (5, 2), (6, 3)])
func featuresWhoseRowsDoNotFitAreRefused(rows: Int, columns: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "atelier-features-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let artifact = ArtifactFiles(folder)
    func block(_ name: String) -> FeatureBlock {
        let present = [true, true, false, true, true]
        return FeatureBlock(name: name, values: .dense(Matrix(rowCount: 5, columnCount: 3)), isPresent: present)
    }
    try FeatureFiles(artifact).write(FeatureSet(itemCount: 5, blocks: [block("cut"), block("palette")]))
    #expect(try FeatureFiles(artifact).read().itemCount == 5)
    try artifact.write("palette.npy", Matrix(rowCount: rows, columnCount: columns))
    #expect {
        try FeatureFiles(artifact).read()
    } throws: {
        "\($0)".contains("its rows and columns are not those")
    }
}
