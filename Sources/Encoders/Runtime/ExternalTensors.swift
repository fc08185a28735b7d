package import Foundation

/// Finds out whether an ONNX model keeps weights in other files beside it.
///
/// Nobody but the library would read such files, so no digest would cover them: other weights under the same name would
/// be taken for the old ones. Reads the protocol buffer along the fields that lead to tensors (`onnx.proto`, IR versions 3
/// to 13) and skips the values of all others.
package enum ExternalTensors {
    /// A tensor whose values are elsewhere.
    package struct Found: Sendable, Equatable {
        /// Empty where the model does not name it.
        package let tensor: String
        /// As the model states it, relative to the model; empty where it does not.
        package let file: String
    }

    /// The bytes are no protocol buffer, or one that nests deeper than any reader goes.
    package struct Malformed: Error, Equatable {}

    /// The first such tensor in the order of the file; nil for a model that is one file.
    ///
    /// - Throws: `Malformed`.
    package static func first(in model: Data) throws(Malformed) -> Found? {
        let result = model.withUnsafeBytes { bytes in
            Result { () throws(Malformed) in
                // The library also reads a format of its own, which has no such fields.
                if bytes.count >= 8, bytes[4..<8].elementsEqual("ORTM".utf8) { throw Malformed() }
                var search = Search(bytes: bytes)
                try search.visit(.model, 0..<bytes.count, depth: 0)
                return search.found
            }
        }
        return try result.get()
    }
}

/// The messages on the way from a model to its tensors.
private enum Message {
    case model, training, function, graph, node, attribute, sparseTensor, tensor

    /// What a field holds; nil for one that no tensor lies below.
    func child(_ field: UInt64) -> Message? {
        switch (self, field) {
        case (.model, 7), (.training, 1), (.training, 2), (.attribute, 6), (.attribute, 11): .graph
        case (.model, 20): .training
        case (.model, 25): .function
        case (.graph, 1), (.function, 7): .node
        case (.graph, 15), (.attribute, 22), (.attribute, 23): .sparseTensor
        case (.node, 5), (.function, 11): .attribute
        case (.graph, 5), (.attribute, 5), (.attribute, 10), (.sparseTensor, 1), (.sparseTensor, 2): .tensor
        default: nil
        }
    }
}

private struct Search {
    enum Value {
        case number(UInt64)
        case bytes(Range<Int>)
        case fixed
    }

    let bytes: UnsafeRawBufferPointer
    var found: ExternalTensors.Found?

    /// Protocol buffers are read to this depth by the library as well.
    private static let deepest = 100

    mutating func visit(_ message: Message, _ range: Range<Int>, depth: Int) throws(ExternalTensors.Malformed) {
        guard depth <= Self.deepest else { throw ExternalTensors.Malformed() }
        if message == .tensor {
            found = try tensor(range)
            return
        }
        var position = range.lowerBound
        while found == nil, let (field, value) = try next(&position, range.upperBound) {
            guard let child = message.child(field), case .bytes(let body) = value else { continue }
            try visit(child, body, depth: depth + 1)
        }
    }

    /// The tensor, where it says that its values are elsewhere.
    private func tensor(_ range: Range<Int>) throws(ExternalTensors.Malformed) -> ExternalTensors.Found? {
        var (name, file, isElsewhere) = ("", "", false)
        var position = range.lowerBound
        while let (field, value) = try next(&position, range.upperBound) {
            switch (field, value) {
            case (8, .bytes(let body)): name = text(body)
            case (13, .bytes(let body)): file = try location(body) ?? file
            // The place of the values: 0 in the tensor itself. Any other is none that could be read here.
            case (14, .number(let place)): isElsewhere = isElsewhere || UInt32(truncatingIfNeeded: place) != 0
            default: break
            }
        }
        return isElsewhere ? ExternalTensors.Found(tensor: name, file: file) : nil
    }

    /// The value of an entry whose key is `location`.
    private func location(_ range: Range<Int>) throws(ExternalTensors.Malformed) -> String? {
        var (key, value) = ("", "")
        var position = range.lowerBound
        while let (field, content) = try next(&position, range.upperBound) {
            guard case .bytes(let body) = content else { continue }
            if field == 1 { key = text(body) }
            if field == 2 { value = text(body) }
        }
        return key == "location" ? value : nil
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The field at `position`, which is moved behind it; nil at the end.
    private func next(
        _ position: inout Int, _ end: Int
    ) throws(ExternalTensors.Malformed) -> (field: UInt64, value: Value)? {
        guard position < end else { return nil }
        let tag = try number(&position, end)
        let field = tag >> 3
        guard field > 0, tag <= UInt64(UInt32.max) else { throw ExternalTensors.Malformed() }
        switch tag & 7 {
        case 0: return (field, .number(try number(&position, end)))
        case 1: return (field, try skip(8, &position, end))
        case 2:
            let count = try number(&position, end)
            guard count <= UInt64(end - position) else { throw ExternalTensors.Malformed() }
            let start = position
            position += Int(count)
            return (field, .bytes(start..<position))
        case 5: return (field, try skip(4, &position, end))
        default: throw ExternalTensors.Malformed()
        }
    }

    private func skip(_ count: Int, _ position: inout Int, _ end: Int) throws(ExternalTensors.Malformed) -> Value {
        guard count <= end - position else { throw ExternalTensors.Malformed() }
        position += count
        return .fixed
    }

    /// A number in groups of seven bits, the lowest first.
    private func number(_ position: inout Int, _ end: Int) throws(ExternalTensors.Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw ExternalTensors.Malformed() }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 127) << shift
            if byte < 128 { return value }
        }
        throw ExternalTensors.Malformed()
    }
}
