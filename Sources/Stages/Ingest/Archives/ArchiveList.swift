internal import Foundation
internal import Pipeline

/// The archives that a job file names, globs resolved.
enum ArchiveList {
    /// - Parameters:
    ///   - patterns: paths or globs, oldest first. What a glob finds comes in the order of its names, see `NumberedName`.
    ///   - folder: what relative paths are relative to.
    /// - Returns: each archive once, at its last place: what comes later corrects what came earlier.
    /// - Throws: `IngestError.noSuchArchive`, `.archiveIsFolder`.
    static func resolve(_ patterns: [String], relativeTo folder: URL) throws(IngestError) -> [ExternalInput] {
        var inputs: [ExternalInput] = []
        for pattern in patterns {
            let isGlob = pattern.contains { "*?[".contains($0) }
            let paths = isGlob && !exists(pattern, folder) ? expand(pattern, folder) : [pattern]
            if paths.isEmpty { throw .noSuchArchive(pattern) }
            for path in paths {
                let url = absolute(path, folder)
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
                    throw .noSuchArchive(path)
                }
                if isFolder.boolValue { throw .archiveIsFolder(path) }
                inputs.removeAll { $0.url == url }
                inputs.append(ExternalInput(label: path, url: url))
            }
        }
        return inputs
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
