import LinearAlgebra
import Testing

@Suite struct SafeTensorsTests {
    private var sample: SafeTensors {
        SafeTensors(
            tensors: [
                "weights": Tensor(Matrix(rowCount: 2, columnCount: 2, values: [1, 2, 3, 4])),
                "flags": Tensor([UInt8(1), 2, 3]),
                "state": Tensor([UInt64.max, 1]),
                "empty": Tensor([Float](), shape: [0, 8]),
                "Ünïcode \"quoted\"\n": Tensor([Int32(-5)]),
            ],
            metadata: ["name": "a \\ \"model\"\u{1}", "version": "1"])
    }

    @Test func everythingComesBack() throws {
        #expect(try SafeTensors(decoding: sample.encoded()) == sample)
        #expect(try SafeTensors(decoding: SafeTensors().encoded()) == SafeTensors())
    }

    @Test func keysAscendAndTensorsAreAligned() throws {
        let file = SafeTensors(
            tensors: ["b": Tensor([UInt8(7)]), "a": Tensor([Float(1)]), "c": Tensor([Int64(2)])], metadata: ["m": "1"])
        let bytes = file.encoded()
        let header =
            #"{"__metadata__":{"m":"1"},"a":{"data_offsets":[8,12],"dtype":"F32","shape":[1]},"#
            + #""b":{"data_offsets":[12,13],"dtype":"U8","shape":[1]},"#
            + #""c":{"data_offsets":[0,8],"dtype":"I64","shape":[1]}}"#
        let length = Int(bytes[0]) | Int(bytes[1]) << 8
        #expect(length % 8 == 0)
        #expect(String(decoding: bytes[8..<8 + length], as: UTF8.self).trimmingSuffix(" ") == header)
        #expect(Array(bytes[(8 + length)...]) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 7])
    }

    @Test func typedReadingNamesWhatIsMissingOrOther() throws {
        #expect(try sample.matrix("weights", rows: 2).columnCount == 2)
        #expect(try sample.values("state", as: UInt64.self, count: 2) == [UInt64.max, 1])
        #expect(throws: SafeTensorsError.missingTensor("bias")) { try sample.matrix("bias") }
        #expect(
            throws: SafeTensorsError.unexpectedTensor(
                name: "weights", expected: "float32 3 x m", foundType: .float32, foundShape: [2, 2])
        ) { try sample.matrix("weights", rows: 3) }
        #expect(
            throws: SafeTensorsError.unexpectedTensor(
                name: "flags", expected: "float32 of any count", foundType: .uint8, foundShape: [3])
        ) { try sample.values("flags", as: Float.self) }
    }

    @Test func everyTruncationIsAnError() {
        let bytes = sample.encoded()
        for count in 0..<bytes.count {
            #expect(throws: SafeTensorsError.self) { try SafeTensors(decoding: Array(bytes[..<count])) }
        }
        #expect(throws: SafeTensorsError.trailingBytes(count: 1)) { try SafeTensors(decoding: bytes + [0]) }
    }

    private func error(header: String, data: Int) -> SafeTensorsError? {
        let length = header.utf8.count
        let bytes =
            (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
        do throws(SafeTensorsError) { _ = try SafeTensors(decoding: bytes) } catch { return error }
        return nil
    }

    @Test func rangesThatDoNotFitAreNamed() {
        func entry(_ name: String, _ from: Int, _ to: Int, shape: String = "[1]", type: String = "F32") -> String {
            "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(from),\(to)]}"
        }
        #expect(error(header: "{\(entry("a", 0, 4)),\(entry("b", 4, 8))}", data: 8) == nil)
        #expect(error(header: "{\(entry("a", 0, 4)),\(entry("b", 2, 6))}", data: 8) == .overlapOrHole(tensor: "b"))
        #expect(error(header: "{\(entry("a", 0, 4)),\(entry("b", 0, 4))}", data: 8) == .overlapOrHole(tensor: "b"))
        #expect(error(header: "{\(entry("a", 4, 8))}", data: 8) == .overlapOrHole(tensor: "a"))
        #expect(error(header: "{\(entry("a", 4, 0))}", data: 8) == .badRange(tensor: "a"))
        #expect(error(header: "{\(entry("a", -4, 0))}", data: 8) == .badRange(tensor: "a"))
        #expect(error(header: "{\(entry("a", 0, 8))}", data: 8) == .badRange(tensor: "a"))
        #expect(error(header: "{\(entry("a", 0, 4, shape: "[-1,-1]"))}", data: 4) == .badRange(tensor: "a"))
        let huge = "[4611686018427387904,4611686018427387904]"
        #expect(error(header: "{\(entry("a", 0, 4, shape: huge))}", data: 4) == .badRange(tensor: "a"))
        #expect(
            error(header: "{\(entry("a", 0, 4, type: "BF16"))}", data: 4)
                == .unsupportedType(tensor: "a", type: "BF16"))
    }

    @Test func brokenHeadersAreNamed() {
        for header in ["", "[]", "{", "{\"a\":1}", "{\"a\":{\"dtype\":\"F32\"}}", "{\"__metadata__\":{\"a\":1}}"] {
            guard case .malformedHeader = error(header: header, data: 0) else {
                Issue.record("'\(header)' was not refused as a header")
                continue
            }
        }
        #expect(
            throws: SafeTensorsError.headerTooLong(byteCount: Int.max)
        ) { try SafeTensors(decoding: [UInt8](repeating: 0xFF, count: 16)) }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }
}
