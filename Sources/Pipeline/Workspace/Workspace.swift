package import Foundation

/// The folder that holds everything the engine remembers, and where each part of it lies.
///
/// ```
/// ledger.sqlite     runs, stage runs, shards, digests of files
/// lock              flock; names its holder
/// artifacts/ab/cd…  immutable folders named by their content, a manifest in each
/// staging/          what a run is writing; emptied at the start of the next
/// scratch/          checkpoints within a stage, one folder a fingerprint
/// builds/<id>/      what one build publishes
/// current           symbolic link to builds/<id>
/// unannounced/<id>  empty; there until hooks have told of the build
/// runs/<id>/        logs, trace and summary of a run
/// ```
package struct Workspace: Sendable, Equatable {
    package let folder: URL

    package init(folder: URL) {
        self.folder = URL(filePath: folder.path(percentEncoded: false), directoryHint: .isDirectory)
    }

    package var ledgerFile: URL { folder.appending(path: "ledger.sqlite", directoryHint: .notDirectory) }
    package var lockFile: URL { folder.appending(path: "lock", directoryHint: .notDirectory) }
    package var artifactsFolder: URL { folder.appending(path: "artifacts", directoryHint: .isDirectory) }
    package var stagingFolder: URL { folder.appending(path: "staging", directoryHint: .isDirectory) }
    package var scratchFolder: URL { folder.appending(path: "scratch", directoryHint: .isDirectory) }
    package var buildsFolder: URL { folder.appending(path: "builds", directoryHint: .isDirectory) }
    package var currentLink: URL { folder.appending(path: "current", directoryHint: .notDirectory) }
    package var unannouncedFolder: URL { folder.appending(path: "unannounced", directoryHint: .isDirectory) }
    package var runsFolder: URL { folder.appending(path: "runs", directoryHint: .isDirectory) }

    /// Whether a run ever used this folder.
    package var exists: Bool {
        FileManager.default.fileExists(atPath: folder.path(percentEncoded: false))
    }

    /// The folder of one run's logs, trace and summary.
    package func runFolder(_ run: RunID) -> URL {
        runsFolder.appending(path: run.rawValue, directoryHint: .isDirectory)
    }

    /// The log of one stage within a run.
    package func logFile(run: RunID, stage: StageName) -> URL {
        runFolder(run).appending(path: "\(stage).log", directoryHint: .notDirectory)
    }

    /// Makes the folders that a run writes to.
    func prepare() throws(FileSystemError) {
        for part in [folder, artifactsFolder, stagingFolder, scratchFolder, buildsFolder, runsFolder] {
            try FileSystem.makeFolder(part.filePath)
        }
    }
}

/// The name of a run: its start in universal time, sortable, with a number where two began in one second.
package struct RunID: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }
    package static func < (a: RunID, b: RunID) -> Bool { a.rawValue < b.rawValue }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension URL {
    /// The path as the operating system takes it, without a slash at the end.
    package var filePath: String {
        let path = path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
