internal import Foundation

/// Builds whose manifest is damaged or gone. Nobody can publish them again or go back to them, and `list` does not know them.
struct DamagedBuilds: Sendable, Equatable {
    /// Of no use to anyone; ascending.
    var removable: [String] = []
    /// The current one, and the one published before it: what consumers read, and what a rollback goes back to once its
    /// manifest is put back. Ascending.
    var kept: [String] = []
}

extension BuildStore {
    /// Folders that are no builds by their names, and manifests of a later version, are left alone.
    /// - Throws: `BuildError.damagedRegister`.
    func damaged() throws -> DamagedBuilds {
        let (register, current) = (try register(), currentID)
        let folders = try inventory()
        let published = folders.compactMap { id, _ -> Date? in
            guard id != current, let entry = register.builds[id], entry.verdict == .published else { return nil }
            return entry.publishedAt
        }
        let lastBefore = published.max() ?? .distantFuture
        var found = DamagedBuilds()
        for (id, manifest) in folders where manifest == nil && Self.isID(id) {
            if try hasManifestOfLaterVersion(id) { continue }
            let entry = register.builds[id]
            let isTarget = entry?.verdict == .published && (entry?.publishedAt).map { $0 >= lastBefore } == true
            if id == current || isTarget { found.kept.append(id) } else { found.removable.append(id) }
        }
        return found
    }

    /// Removes damaged builds.
    func remove(_ damaged: DamagedBuilds) throws {
        if damaged.removable.isEmpty { return }
        for id in damaged.removable { try remove(id) }
        try forget(damaged.removable)
    }

    private static func isID(_ name: String) -> Bool {
        name.utf8.count == BuildManifest.idLength && name.utf8.allSatisfy(Array("0123456789abcdef".utf8).contains)
    }

    private func hasManifestOfLaterVersion(_ id: String) throws -> Bool {
        struct Version: Decodable { let format: Int }
        guard let bytes = try FileSystem.read(folder(of: id).filePath + "/" + ArtifactManifest.fileName),
            let version = try? JSONDecoder().decode(Version.self, from: Data(bytes))
        else { return false }
        return version.format > 1
    }
}
