private import Foundation

extension SafeTensors {
    /// Reads a file, and refuses one that is truncated, grown, overlapping or that leaves holes.
    package init(decoding bytes: [UInt8]) throws(SafeTensorsError) {
        guard bytes.count >= 8 else { throw .truncated(expectedByteCount: 8, byteCount: bytes.count) }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard length <= UInt64(Self.longestHeader) else { throw .headerTooLong(byteCount: Int(clamping: length)) }
        let start = 8 + Int(length)
        guard bytes.count >= start else { throw .truncated(expectedByteCount: start, byteCount: bytes.count) }
        let header = try SafeTensorsHeader.decode(bytes[8..<start])

        // In the order of their bytes; empty tensors at one place by name.
        let entries = header.entries.sorted {
            ($0.value.from, $0.value.to) != ($1.value.from, $1.value.to)
                ? ($0.value.from, $0.value.to) < ($1.value.from, $1.value.to)
                : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        var tensors: [String: Tensor] = [:]
        var end = 0
        for (name, entry) in entries {
            guard let type = ElementType(safeTensorsName: entry.dtype) else {
                throw .unsupportedType(tensor: name, type: entry.dtype)
            }
            guard entry.shape.allSatisfy({ $0 >= 0 }), entry.from >= 0, entry.from <= entry.to,
                NPYHeader(type: type, shape: entry.shape).elementsByteCount == entry.to - entry.from
            else { throw .badRange(tensor: name) }
            guard entry.from == end else { throw .overlapOrHole(tensor: name) }
            guard entry.to <= bytes.count - start else {
                throw .truncated(
                    expectedByteCount: start.addingReportingOverflow(entry.to).partialValue, byteCount: bytes.count)
            }
            tensors[name] = Tensor(
                type: type, shape: entry.shape, bytes: Array(bytes[start + entry.from..<start + entry.to]))
            end = entry.to
        }
        guard start + end == bytes.count else { throw .trailingBytes(count: bytes.count - start - end) }
        self.init(tensors: tensors, metadata: header.metadata)
    }
}

/// The JSON of a header.
private struct SafeTensorsHeader: Decodable {
    struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var from: Int
        var to: Int

        private enum Key: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            dtype = try container.decode(String.self, forKey: .dtype)
            shape = try container.decode([Int].self, forKey: .shape)
            let offsets = try container.decode([Int].self, forKey: .offsets)
            guard offsets.count == 2 else {
                throw DecodingError.dataCorruptedError(forKey: .offsets, in: container, debugDescription: "not a pair")
            }
            from = offsets[0]
            to = offsets[1]
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys {
            if key.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
            }
        }
    }

    static func decode(_ bytes: ArraySlice<UInt8>) throws(SafeTensorsError) -> SafeTensorsHeader {
        do {
            return try JSONDecoder().decode(SafeTensorsHeader.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw .malformedHeader(explanation(of: error))
        } catch {
            throw .malformedHeader("no JSON")
        }
    }

    private static func explanation(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "\(path(context.codingPath)) has no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(path(context.codingPath)) is of another kind"
        case .dataCorrupted(let context):
            "\(path(context.codingPath)): \(context.debugDescription)"
        @unknown default: "no header"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "the header" : keys.map(\.stringValue).joined(separator: ".")
    }
}
