import LinearAlgebra
import Testing

@Suite struct NPYFileTests {
    private let matrix = Matrix(
        rowCount: 2, columnCount: 3, values: [1, -2, .infinity, 0.5, .leastNonzeroMagnitude, -0.0])

    @Test func matrixComesBackBitForBit() throws {
        let decoded = try NPYFile.decodeMatrix(NPYFile.encode(matrix))
        #expect(decoded.rowCount == 2 && decoded.columnCount == 3)
        #expect(decoded.values.map(\.bitPattern) == matrix.values.map(\.bitPattern))
    }

    @Test func vectorsOfEveryTypeComeBack() throws {
        #expect(try NPYFile.decodeVector(NPYFile.encode([Int32.min, 0, 7])) == [Int32.min, 0, 7])
        #expect(try NPYFile.decodeVector(NPYFile.encode([Int64.max, -1])) == [Int64.max, -1])
        #expect(try NPYFile.decodeVector(NPYFile.encode([UInt8](0...255))) == [UInt8](0...255))
        #expect(try NPYFile.decodeVector(NPYFile.encode([Float(0.1)])) == [Float(0.1)])
        #expect(try NPYFile.decodeVector(NPYFile.encode([Double]()), as: Double.self).isEmpty)
    }

    @Test func emptyMatrixKeepsItsColumns() throws {
        let decoded = try NPYFile.decodeMatrix(NPYFile.encode(Matrix(rowCount: 0, columnCount: 64)))
        #expect(decoded == Matrix(rowCount: 0, columnCount: 64))
    }

    @Test func headerIsWhatNumPyWritesAndElementsAreAligned() {
        let bytes = NPYFile.encode(matrix)
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        #expect(Array(bytes[0..<10]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
        #expect(String(decoding: bytes[10..<10 + text.utf8.count], as: UTF8.self) == text)
        #expect(bytes[127] == UInt8(ascii: "\n"))
        #expect(bytes.count == 128 + 24)
        for shape in [[], [1], [123_456_789], [1_000_000, 64], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]] {
            #expect(NPYHeader(type: .int64, shape: shape).encoded().count % 64 == 0)
        }
    }

    @Test func streamedRowsMakeTheSameFile() {
        var bytes = NPYHeader(type: .float32, shape: [2, 3]).encoded()
        for row in 0..<2 { bytes += NPYFile.elementBytes(Array(matrix.row(row))) }
        #expect(bytes == NPYFile.encode(matrix))
    }

    @Test func everyTruncationIsAnError() {
        let bytes = NPYFile.encode(matrix)
        for count in 0..<bytes.count {
            #expect(throws: NPYError.self) { try NPYFile.decodeMatrix(Array(bytes[..<count])) }
        }
        #expect(throws: NPYError.truncated(expectedByteCount: 152, byteCount: 151)) {
            try NPYFile.decodeMatrix(Array(bytes.dropLast()))
        }
    }

    @Test func grownFileIsAnError() {
        #expect(throws: NPYError.trailingBytes(count: 1)) { try NPYFile.decodeMatrix(NPYFile.encode(matrix) + [0]) }
    }

    @Test func otherTypesAndShapesAreNamed() {
        #expect(throws: NPYError.unexpectedType(expected: .float32, found: .int32)) {
            try NPYFile.decodeMatrix(NPYFile.encode([Int32(1)]))
        }
        #expect(throws: NPYError.unexpectedShape(expected: "two dimensions", found: [1])) {
            try NPYFile.decodeMatrix(NPYFile.encode([Float(1)]))
        }
        #expect(throws: NPYError.unexpectedShape(expected: "one dimension", found: [2, 3])) {
            try NPYFile.decodeVector(NPYFile.encode(matrix), as: Float.self)
        }
    }

    /// A file of version 1.0 with this text for a header.
    private func file(_ text: String, elements: Int = 0, version: [UInt8] = [1, 0]) -> [UInt8] {
        let length: [UInt8] = version[0] == 1 ? [UInt8(text.utf8.count), 0] : [UInt8(text.utf8.count), 0, 0, 0]
        return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59] + version + length + Array(text.utf8)
            + [UInt8](repeating: 0, count: elements)
    }

    @Test func headersOfOtherWritersAreRead() throws {
        let text = "{\"shape\":(2,2),\"fortran_order\":False,\"descr\":\"<f4\"}\n"
        for version: [UInt8] in [[1, 0], [2, 0], [3, 0]] {
            #expect(try NPYFile.decodeMatrix(file(text, elements: 16, version: version)).rowCount == 2)
        }
        let vector = file("{'descr': '<u1', 'fortran_order': True, 'shape': (3,)}", elements: 3)
        #expect(try NPYFile.decodeVector(vector, as: UInt8.self).count == 3)
    }

    @Test func brokenHeadersAreNamed() {
        func error(_ bytes: [UInt8]) -> NPYError? {
            do throws(NPYError) { _ = try NPYFile.decodeMatrix(bytes) } catch { return error }
            return nil
        }
        #expect(error([1, 2, 3]) == .notNPY)
        #expect(error(file("{}", version: [9, 0])) == .unsupportedVersion(major: 9, minor: 0))
        #expect(error(file("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1)}")) == .unsupportedType(">f4"))
        #expect(error(file("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1)}")) == .unsupportedType("|O"))
        #expect(error(file("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}")) == .fortranOrder)
        let huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"
        #expect(error(file(huge)) == .malformedHeader("the shape holds more than memory can"))
        for text in [
            "", "{", "{}", "{'descr': '<f4'}", "{'descr' '<f4'}", "{'descr': '<f4', 'fortran_order': Maybe}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'shape': (1, 1)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} x", "{'descr': [('a', '<f4')]}",
        ] {
            guard case .malformedHeader = error(file(text)) else {
                Issue.record("'\(text)' gave \(String(describing: error(file(text))))")
                continue
            }
        }
    }
}
