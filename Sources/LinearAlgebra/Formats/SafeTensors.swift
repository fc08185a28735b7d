/// What is wrong with a `.safetensors` file.
package enum SafeTensorsError: Error, Sendable, Equatable {
    case truncated(expectedByteCount: Int, byteCount: Int)
    case trailingBytes(count: Int)
    case headerTooLong(byteCount: Int)
    case malformedHeader(String)
    case unsupportedType(tensor: String, type: String)
    /// The byte range that the header states does not hold the tensor's shape, runs backwards, or leaves the file.
    case badRange(tensor: String)
    /// The tensor's bytes do not begin where the previous one's end: an overlap or a hole.
    case overlapOrHole(tensor: String)
    case missingTensor(String)
    case unexpectedTensor(name: String, expected: String, foundType: ElementType, foundShape: [Int])
}

/// Named tensors and text metadata in one file, readable by the `safetensors` libraries; bytes in memory, no files.
///
/// Layout:
///
///     offset  bytes  what
///     0       8      n, the length of the header, little-endian
///     8       n      JSON: {"__metadata__": {…}, "name": {"data_offsets": [from, to], "dtype": "F32", "shape": […]}, …},
///                    padded with spaces to a multiple of 8
///     8 + n   …      the tensors, without holes
///
/// The same tensors give the same bytes: keys ascend by their UTF-8 bytes, and tensors lie by falling element size and
/// then by name, so that each is aligned to its element.
package struct SafeTensors: Sendable, Equatable {
    package var tensors: [String: Tensor]
    package var metadata: [String: String]

    /// As the reference implementation has it: a longer header is an attack or damage.
    static let longestHeader = 100_000_000

    package init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    package func encoded() -> [UInt8] {
        let byName = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        // A stable order by size over the order by name.
        let laid = [8, 4, 1].flatMap { size in byName.filter { $0.value.type.byteCount == size } }
        var ranges: [String: Range<Int>] = [:]
        var end = 0
        for (name, tensor) in laid {
            ranges[name] = end..<end + tensor.bytes.count
            end += tensor.bytes.count
        }
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        for (name, tensor) in byName {
            let range = ranges[name] ?? 0..<0
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(Self.quoted(name)):{\"data_offsets\":[\(range.lowerBound),\(range.upperBound)],"
                    + "\"dtype\":\"\(tensor.type.safeTensorsName)\",\"shape\":[\(shape)]}")
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + end)
        bytes.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) })
        bytes.append(contentsOf: header)
        for (_, tensor) in laid { bytes.append(contentsOf: tensor.bytes) }
        return bytes
    }

    /// A JSON string literal.
    private static func quoted(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}

extension SafeTensors {
    /// The named matrix; of the given shape where one is given.
    package func matrix(_ name: String, rows: Int? = nil, columns: Int? = nil) throws(SafeTensorsError) -> Matrix {
        guard let tensor = tensors[name] else { throw .missingTensor(name) }
        guard let matrix = tensor.matrix, rows.map({ $0 == matrix.rowCount }) ?? true,
            columns.map({ $0 == matrix.columnCount }) ?? true
        else {
            let expected = "float32 \(rows.map(String.init) ?? "n") x \(columns.map(String.init) ?? "m")"
            throw .unexpectedTensor(
                name: name, expected: expected, foundType: tensor.type, foundShape: tensor.shape)
        }
        return matrix
    }

    /// The elements of the named tensor, of the given count where one is given.
    package func values<Element: StoredElement>(
        _ name: String, as type: Element.Type = Element.self, count: Int? = nil
    ) throws(SafeTensorsError) -> [Element] {
        guard let tensor = tensors[name] else { throw .missingTensor(name) }
        guard let values = tensor.values(as: type), count.map({ $0 == values.count }) ?? true else {
            let expected = "\(Element.elementType.rawValue) of \(count.map(String.init) ?? "any count")"
            throw .unexpectedTensor(
                name: name, expected: expected, foundType: tensor.type, foundShape: tensor.shape)
        }
        return values
    }
}
