/// Finds pictures by the paths that tables and layouts give.
///
/// The folders of an archive and those that a table writes often differ at the front (`images/1.jpg`,
/// `data/images/1.jpg`): two paths match where one ends with the other, folder by folder.
final class PicturePathIndex {
    private struct Key: Hashable {
        let folder: Int32
        let name: String
    }

    private struct Entry {
        let picture: Int32
        let archive: Int32
    }

    private var folders: [String] = []
    private var numberOfFolder: [String: Int32] = [:]
    /// The folders that end with a run of folder names, themselves included; the empty run is the end of each.
    private var foldersEnding: [String: [Int32]] = [:]
    private var entries: [Key: Entry] = [:]
    private var candidates: [String: [Int32]] = [:]

    /// Gives a path its picture; archives come in their order.
    ///
    /// - Returns: the picture that the path had before, in an earlier archive.
    func set(_ path: String, picture: Int32, archive: Int) -> Int32? {
        let (folder, name) = Self.split(path)
        let number = numberOfFolder[folder] ?? add(folder)
        let entry = Entry(picture: picture, archive: Int32(archive))
        return entries.updateValue(entry, forKey: Key(folder: number, name: name))?.picture
    }

    /// The picture at a path; nil where there is none. Of several that match, that of the latest archive, and in one
    /// archive that of the very same path before others.
    func picture(at path: String) -> Int32? {
        let parts = Self.parts(of: path)
        guard let name = parts.last.map(String.init) else { return nil }
        let folder = parts.dropLast().joined(separator: "/")
        var best: Entry?
        for candidate in folders(matching: folder) {
            guard let entry = entries[Key(folder: candidate, name: name)] else { continue }
            if let best, best.archive >= entry.archive { continue }
            best = entry
        }
        return best?.picture
    }

    /// The first of some paths that a picture's path matches but for the case of letters. Reads all paths once: only for
    /// saying why nothing was found.
    func pathDifferingInCase(among wanted: [String]) -> (position: Int, path: String)? {
        // Of each path as it is wanted, and of each ending of one, the first position.
        var (wholes, endings): ([String: Int], [String: Int]) = ([:], [:])
        for (position, path) in wanted.enumerated() {
            let path = Self.parts(of: path).joined(separator: "/").lowercased()
            wholes[path] = wholes[path] ?? position
            for ending in Self.endings(of: path) where !ending.isEmpty { endings[ending] = endings[ending] ?? position }
        }
        let names = Set(wholes.keys.map { Self.split($0).name })
        var best: (position: Int, path: String)?
        for key in entries.keys where names.contains(key.name.lowercased()) {
            let folder = folders[Int(key.folder)]
            let held = folder.isEmpty ? key.name : "\(folder)/\(key.name)"
            let folded = held.lowercased()
            let positions = [endings[folded]] + Self.endings(of: folded).map { wholes[$0] }
            guard let position = positions.compactMap(\.self).min() else { continue }
            if let best, (best.position, best.path) <= (position, held) { continue }
            best = (position, held)
        }
        return best
    }

    private func add(_ folder: String) -> Int32 {
        let number = Int32(folders.count)
        folders.append(folder)
        numberOfFolder[folder] = number
        for ending in Self.endings(of: folder) { foldersEnding[ending, default: []].append(number) }
        candidates = [:]
        return number
    }

    /// The same folder first, then those that end with it, then those that it ends with.
    private func folders(matching folder: String) -> [Int32] {
        if let known = candidates[folder] { return known }
        var matching: [Int32] = numberOfFolder[folder].map { [$0] } ?? []
        matching += (foldersEnding[folder] ?? []).filter { !matching.contains($0) }
        for ending in Self.endings(of: folder).dropFirst() {
            if let number = numberOfFolder[ending], !matching.contains(number) { matching.append(number) }
        }
        candidates[folder] = matching
        return matching
    }

    /// `a/b/c`, `b/c`, `c` and the empty ending.
    private static func endings(of folder: String) -> [String] {
        var endings = [folder]
        var rest = folder[...]
        while let slash = rest.firstIndex(of: "/") {
            rest = rest[rest.index(after: slash)...]
            endings.append(String(rest))
        }
        if !folder.isEmpty { endings.append("") }
        return endings
    }

    /// As tables write them, from whatever system.
    private static func parts(of path: String) -> [Substring] {
        path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).filter { $0 != "." }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
