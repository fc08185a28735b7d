import Compatibility
import Features
import Foundation
import LinearAlgebra
import Testing

private let layout = FeatureRowLayout([("colour", 2), ("form", 3)])

@Test func layoutNamesThePartsOfARow() {
    #expect(layout.dimension == 5)
    #expect(layout.range(of: "form") == 2..<5)
    #expect(layout.range(of: "smell") == nil)
    #expect(PictureFeatures.layout.parts.map(\.name) == ["palette", "colour-histogram", "shape", "texture"])
}

@Test func unusableRowsAreRefusedByBlock() {
    #expect(throws: FeatureRowError.length(expected: 5, found: 2)) { try layout.check([1, 2]) }
    #expect(throws: FeatureRowError.notFinite(block: "colour")) { try layout.check([1, .nan, 1, 1, 1]) }
    #expect(throws: FeatureRowError.notFinite(block: "form")) { try layout.check([1, 1, 1, .infinity, 1]) }
    #expect(throws: FeatureRowError.allZero(block: "form")) { try layout.check([1, 1, 0, 0, 0]) }
    #expect(throws: Never.self) { try layout.check([0, 1, 0, 0, -1]) }
}

@Test func rowsOfPicturesBecomeBlocksOfItems() throws {
    var rows = PictureFeatureRows(layout: layout)
    try rows.add([1, 2, 3, 4, 5], digest: "aa")
    try rows.add([6, 7, 8, 9, 10], digest: "bb")
    #expect(throws: FeatureRowError.self) { try rows.add([0, 0, 1, 1, 1], digest: "cc") }
    let blocks = rows.blocks(for: ["bb", nil, "aa", "bb", "cc"])
    #expect(blocks.map(\.name) == ["colour", "form"])
    #expect(blocks[0].isPresent == [true, false, true, true, false])
    guard case .dense(let colour) = blocks[0].values, case .dense(let form) = blocks[1].values else {
        Issue.record("blocks of pictures are dense")
        return
    }
    #expect(colour.values == [6, 7, 0, 0, 1, 2, 6, 7, 0, 0])
    #expect(Array(form.row(2)) == [3, 4, 5])
}

@Test func blockFileWrittenInAnyOrderEqualsTheMatrix() throws {
    let path = NSTemporaryDirectory() + "block-\(UUID().uuidString).npy"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try DenseBlockFile(path: path, rowCount: 4, columnCount: 3)
    try file.write([7, 8, 9], row: 3)
    try file.write([1, 2, 3], row: 0)
    try file.write([-1, 0.5, 1e-9], row: 1)
    try file.finish()
    let expected = Matrix(rowCount: 4, columnCount: 3, values: [1, 2, 3, -1, 0.5, 1e-9, 0, 0, 0, 7, 8, 9])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes == NPYFile.encode(expected))
}

@Test func blockFileInAMissingFolderSaysSo() {
    #expect(throws: DenseBlockFileError.self) {
        try DenseBlockFile(path: "/nowhere/at/all/x.npy", rowCount: 1, columnCount: 1)
    }
}
