import Foundation

/// The project's own files, as the rules of the house see them.
struct SourceTree {
    struct File {
        let path: String
        let text: String

        var target: String { String(path.split(separator: "/")[1]) }

        /// The modules that the file imports.
        var imports: [String] {
            text.split(separator: "\n").compactMap { line in
                var words = line.split(separator: " ").map(String.init)
                while let first = words.first,
                    ["package", "internal", "private", "public", "@preconcurrency"].contains(first)
                {
                    words.removeFirst()
                }
                guard words.first == "import", words.count > 1 else { return nil }
                // `import struct Foundation.URL`
                let name =
                    ["struct", "class", "enum", "protocol", "func", "typealias"].contains(words[1])
                    ? words[2] : words[1]
                return String(name.split(separator: ".")[0])
            }
        }

        var lineCount: Int { text.split(separator: "\n", omittingEmptySubsequences: false).count }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files below a folder of the project, ascending by path.
    static func swiftFiles(below folder: String) throws -> [File] {
        let base = root.appendingPathComponent(folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map {
            File(
                path: "\(folder)/\($0)", text: try String(contentsOf: base.appendingPathComponent($0), encoding: .utf8))
        }
    }
}
