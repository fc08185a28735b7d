internal import Foundation
internal import Media

/// Writes a build's recommendations in one of the formats; compressed as the file's ending says (`.gz`, `.zst`, `.xz`).
///
/// A file appears complete or not at all: it is written beside its place, made durable and renamed.
package struct Exporter: Sendable {
    private let build: PublishedBuild

    package init(build: PublishedBuild) {
        self.build = build
    }

    /// - Returns: the files written.
    @discardableResult
    package func export(_ format: ExportFormat, to path: String) throws -> [String] {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        switch format {
        case .jsonl: try writeJSONLines(to: path)
        case .csv: try writeCSV(to: path)
        case .sqlite: try copy(PublishedBuild.databaseName, to: path)
        case .npy:
            try copy(PublishedBuild.embeddingsName, to: path)
            let ids = Self.idsPath(for: path)
            let writer = try CompressedFileWriter(path: ids)
            try build.forEachList { item, _ in try writer.write(Array("\(item.id)\n".utf8)) }
            try writer.finish()
            return [path, ids]
        }
        return [path]
    }

    /// Where the ids of the rows of an exported matrix are written.
    package static func idsPath(for path: String) -> String {
        (path.hasSuffix(".npy") ? String(path.dropLast(4)) : path) + ".ids.txt"
    }

    private struct Line: Encodable {
        struct Entry: Encodable {
            var itemID: String
            var category: String
            var rank: Int
            var score: Float

            enum CodingKeys: String, CodingKey {
                case itemID = "item_id"
                case category, rank, score
            }
        }

        var itemID: String
        var recommendations: [Entry]

        enum CodingKeys: String, CodingKey {
            case itemID = "item_id"
            case recommendations
        }
    }

    private func writeJSONLines(to path: String) throws {
        let writer = try CompressedFileWriter(path: path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try build.forEachList { item, list in
            let entries = list.map {
                Line.Entry(itemID: $0.item.id, category: $0.item.category, rank: $0.rank, score: Float($0.score))
            }
            var bytes = [UInt8](try encoder.encode(Line(itemID: item.id, recommendations: entries)))
            bytes.append(0x0A)
            try writer.write(bytes)
        }
        try writer.finish()
    }

    private func writeCSV(to path: String) throws {
        let writer = try CompressedFileWriter(path: path)
        try writer.write(Array("item_id,rank,recommended_id,category,score\n".utf8))
        try build.forEachList { item, list in
            var text = ""
            for entry in list {
                let fields = [item.id, "\(entry.rank)", entry.item.id, entry.item.category, "\(Float(entry.score))"]
                text += fields.map(Self.quoted).joined(separator: ",") + "\n"
            }
            try writer.write(Array(text.utf8))
        }
        try writer.finish()
    }

    /// RFC 4180: fields with a comma, a quote or a line end are quoted. By bytes, as who reads them goes by: a comma with an
    /// accent is one character of Swift, and yet ends a field.
    private static func quoted(_ field: String) -> String {
        let special = Set(",\"\r\n".utf8)
        guard field.utf8.contains(where: special.contains) else { return field }
        let quote = UInt8(ascii: "\"")
        let doubled = field.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
        return String(decoding: [quote] + doubled + [quote], as: UTF8.self)
    }

    private func copy(_ name: String, to path: String) throws {
        let source = try FileHandle(forReadingFrom: build.folder.appendingPathComponent(name))
        defer { try? source.close() }
        let writer = try CompressedFileWriter(path: path)
        while let block = try source.read(upToCount: 1 << 20), !block.isEmpty {
            try writer.write([UInt8](block))
        }
        try writer.finish()
    }
}
