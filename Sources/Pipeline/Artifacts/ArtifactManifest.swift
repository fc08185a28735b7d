internal import Foundation

/// One file of an artifact or build.
package struct ArtifactFile: Codable, Hashable, Sendable {
    /// Below the folder, with `/` between the parts.
    package var path: String
    package var byteCount: Int
    package var sha256: String

    enum CodingKeys: String, CodingKey {
        case path
        case byteCount = "bytes"
        case sha256
    }
}

/// What an artifact consists of: `manifest.json` beside its files.
///
/// Format 1: `{"files": [{"bytes": …, "path": …, "sha256": …}], "format": 1}`, files in byte order of their paths. The
/// artifact's digest is computed from this list, so that a changed manifest no longer answers to the folder's name.
package struct ArtifactManifest: Codable, Sendable, Equatable {
    package static let fileName = "manifest.json"

    package var format = 1
    package var files: [ArtifactFile]

    package init(files: [ArtifactFile]) {
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// SHA-256 over path, size and SHA-256 of each file.
    package var digest: String {
        var fields = ["atelier-tree-1"]
        for file in files { fields += [file.path, String(file.byteCount), file.sha256] }
        return ContentDigest.sha256(ofFields: fields)
    }

    func encoded() throws -> [UInt8] { try JSONText.encode(self) }

    /// - Returns: nil where the bytes are no manifest of format 1.
    static func decode(_ bytes: [UInt8]) -> ArtifactManifest? {
        guard let manifest = try? JSONDecoder().decode(ArtifactManifest.self, from: Data(bytes)), manifest.format == 1
        else { return nil }
        return manifest
    }
}

/// JSON as the engine writes it: sorted keys, so that equal values are equal bytes.
enum JSONText {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.dateEncodingStrategy = .iso8601
        return try Array(encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
