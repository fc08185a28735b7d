/// The name of a stage, as the job file and the command line write it.
package struct StageName: RawRepresentable, Hashable, Comparable, Codable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }

    package var description: String { rawValue }
    package static func < (a: StageName, b: StageName) -> Bool { a.rawValue < b.rawValue }
}

/// The name of an artifact: a folder of files that one stage writes and others read.
package struct ArtifactName: RawRepresentable, Hashable, Comparable, Codable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }

    package var description: String { rawValue }
    package static func < (a: ArtifactName, b: ArtifactName) -> Bool { a.rawValue < b.rawValue }
}

/// What a stage competes for: stages of one pool share its width.
package enum StagePool: String, Codable, Sendable, CaseIterable {
    /// Waits on disks: several at once.
    case io
    /// Computes: shards and chunks share the `--jobs` threads.
    case cpu
    /// Wants the machine for itself: nothing else runs beside it.
    case exclusive
}
