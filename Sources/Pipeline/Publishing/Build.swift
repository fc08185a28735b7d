package import Foundation

/// What became of a build.
package enum BuildVerdict: String, Codable, Sendable {
    /// Whole, and never published.
    case kept
    case published
    /// The quality gate refused it.
    case refused
    /// A rollback went past it: not published again unless forced.
    case rejected
}

/// A whole build under `builds/<id>`.
package struct Build: Codable, Hashable, Sendable {
    /// The first twelve digits of the SHA-256 of its content: equal content has an equal id.
    package var id: String
    package var verdict: BuildVerdict
    package var isCurrent: Bool
    package var createdAt: Date
    package var publishedAt: Date?
    /// Why it was refused or rejected.
    package var reason: String?
    package var byteCount: Int
    package var fileCount: Int
    /// The artifacts that it was made from: names to digests.
    package var artifacts: [String: String]

    package enum CodingKeys: String, CodingKey {
        case id, verdict, reason, artifacts
        case isCurrent = "current"
        case createdAt = "created_at"
        case publishedAt = "published_at"
        case byteCount = "bytes"
        case fileCount = "files"
    }
}

/// Why a build could not be made, published or rolled back to.
package enum BuildError: Error, Hashable, Sendable {
    case unknownBuild(String)
    /// A file is missing or not what the manifest says.
    case damaged(build: String, file: String)
    /// `register.json` is there and does not read, or is not what its digest says. Never taken for an empty one: the next
    /// publishing would write down that nothing was published, refused or rejected before.
    case damagedRegister(path: String)
    /// A rollback went past it before.
    case rejected(build: String)
    /// There is no published build before the current one.
    case nothingToRollBackTo
}

/// `builds/<id>/manifest.json`, format 1: `{"artifacts": {…}, "files": […], "format": 1, "id": …}`.
///
/// Holds no time, so that equal content has an equal manifest.
struct BuildManifest: Codable, Sendable, Equatable {
    var format = 1
    var id: String
    var artifacts: [String: String]
    var files: [ArtifactFile]

    init(content: ArtifactManifest, artifacts: [String: String]) {
        id = Self.id(of: content)
        self.artifacts = artifacts
        files = content.files
    }

    var content: ArtifactManifest { ArtifactManifest(files: files) }

    static let idLength = 12

    static func id(of content: ArtifactManifest) -> String { String(content.digest.prefix(idLength)) }
}
