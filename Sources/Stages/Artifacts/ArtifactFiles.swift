package import Foundation
package import LinearAlgebra

/// A file of an artifact that cannot be used: damaged, or of another version, so that a rerun rebuilds the artifact; or one
/// that cannot be written.
package enum ArtifactFileError: Error, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case malformed(path: String, reason: String)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot read: \(reason)"
        case .unwritable(let path, let reason): "\(path): cannot write: \(reason)"
        case .malformed(let path, let reason): "\(path): malformed: \(reason)"
        }
    }
}

/// Reads and writes the files of one artifact's folder.
package struct ArtifactFiles: Sendable {
    package let folder: URL

    package init(_ folder: URL) {
        self.folder = folder
    }

    package func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url(name).path) }

    // MARK: Bytes

    package func read(_ name: String) throws(ArtifactFileError) -> Data {
        do {
            return try Data(contentsOf: url(name), options: .mappedIfSafe)
        } catch {
            throw .unreadable(path: url(name).path, reason: error.systemReason)
        }
    }

    package func write(_ name: String, _ bytes: some DataProtocol) throws(ArtifactFileError) {
        do {
            try Data(bytes).write(to: url(name))
        } catch {
            throw .unwritable(path: url(name).path, reason: error.systemReason)
        }
    }

    // MARK: Arrays

    package func readMatrix(_ name: String) throws(ArtifactFileError) -> Matrix {
        let bytes = [UInt8](try read(name))
        do {
            return try NPYFile.decodeMatrix(bytes)
        } catch {
            throw .malformed(path: url(name).path, reason: "\(error)")
        }
    }

    package func readVector<Element: StoredElement>(
        _ name: String, of type: Element.Type = Element.self
    ) throws(ArtifactFileError) -> [Element] {
        let bytes = [UInt8](try read(name))
        do {
            return try NPYFile.decodeVector(bytes)
        } catch {
            throw .malformed(path: url(name).path, reason: "\(error)")
        }
    }

    package func write(_ name: String, _ matrix: Matrix) throws(ArtifactFileError) {
        try write(name, NPYFile.encode(matrix))
    }

    package func write<Element: StoredElement>(_ name: String, vector: [Element]) throws(ArtifactFileError) {
        try write(name, NPYFile.encode(vector))
    }

    // MARK: JSON

    /// Writes a value as JSON with sorted keys, so that the same value gives the same bytes.
    package func writeJSON(_ name: String, _ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try write(name, try encoder.encode(value) + Data("\n".utf8))
    }

    package func readJSON<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws(ArtifactFileError)
        -> Value
    {
        let data = try read(name)
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw .malformed(path: url(name).path, reason: "\(error)")
        }
    }

    /// Writes values as JSON Lines, one object a line, keys sorted.
    package func writeJSONLines(_ name: String, _ values: some Sequence<some Encodable>) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = Data()
        for value in values {
            data += try encoder.encode(value)
            data.append(0x0A)
        }
        try write(name, data)
    }

    package func readJSONLines<Value: Decodable>(_ name: String, as type: Value.Type = Value.self)
        throws(ArtifactFileError) -> [Value]
    {
        let data = try read(name)
        let decoder = JSONDecoder()
        var values: [Value] = []
        for (number, line) in data.split(separator: 0x0A).enumerated() {
            do {
                values.append(try decoder.decode(Value.self, from: Data(line)))
            } catch {
                throw .malformed(path: "\(url(name).path):\(number + 1)", reason: "\(error)")
            }
        }
        return values
    }
}
