internal import Foundation
internal import Pipeline

/// The archives that a job file names, globs resolved.
enum ArchiveList {
    /// What is said of a path or glob that finds nothing.
    static let absence = "no such archive; paths start from the job file's folder, or from its 'base'"

    /// - Parameters:
    ///   - patterns: paths or globs, oldest first. What a glob finds comes in the order of its names, see `NumberedName`.
    ///   - folder: what relative paths are relative to.
    /// - Returns: each archive once, at its last place: what comes later corrects what came earlier. What is no archive is
    ///   there with its problem.
    static func resolve(_ patterns: [String], relativeTo folder: URL) -> [ExternalInput] {
        var inputs: [ExternalInput] = []
        for pattern in patterns {
            let isGlob = pattern.contains { "*?[".contains($0) }
            let found = isGlob && !exists(pattern, folder) ? expand(pattern, folder) : [pattern]
            for path in found.isEmpty ? [pattern] : found {
                let url = absolute(path, folder)
                inputs.removeAll { $0.url == url }
                inputs.append(
                    ExternalInput(label: path, url: url, problem: problem(of: url), writtenName: name(of: path)))
            }
        }
        return inputs
    }

    /// What the catalogue knows an archive by: the file's name, wherever it lies.
    static func name(of path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    private static func problem(of url: URL) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return absence }
        return isFolder.boolValue ? "is a folder; pack it with tar, zip or 7z" : nil
    }

    private static func absolute(_ path: String, _ folder: URL) -> URL {
        path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appendingPathComponent(path).standardizedFileURL
    }

    private static func exists(_ path: String, _ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: absolute(path, folder).path)
    }

    /// Paths as the pattern writes them: relative where it is relative.
    private static func expand(_ pattern: String, _ folder: URL) -> [String] {
        let prefix = pattern.hasPrefix("/") ? "" : folder.path + "/"
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(prefix + pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0] }
            .map { String(String(cString: $0).dropFirst(prefix.count)) }
            .sorted { NumberedName($0) < NumberedName($1) }
    }
}
