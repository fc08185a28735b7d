package import Foundation

/// The folder that holds everything the engine remembers, and where each part of it lies.
///
/// ```
/// ledger.sqlite     runs, stage runs, shards, digests of files
/// lock              flock; names its holder
/// reserve           room on a full disk for the record of the run that fails of it
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

    /// The runs that have a folder, newest first.
    package func loggedRuns() throws -> [RunID] { try RunFolders(workspace: self).runs() }

    /// The log of one stage within a run.
    package func logFile(run: RunID, stage: StageName) -> URL {
        runFolder(run).appending(path: "\(stage).log", directoryHint: .notDirectory)
    }

    /// Whether it was ever worked in.
    var isOwn: Bool {
        [lockFile.filePath, ledgerFile.filePath, BuildStore(workspace: self).registerPath].contains(
            where: FileSystem.exists)
    }

    /// A run empties `staging`, turns `current` and thins out `runs`; pruning goes further. Who names a folder of other things
    /// as the workspace must not lose these.
    /// - Throws: `ForeignFolderError` where nothing ran here yet, and one of the engine's names is taken.
    func checkOwn() throws {
        if isOwn { return }
        func isTaken(_ part: URL) throws -> Bool {
            guard let (kind, _, _) = try FileSystem.status(part.filePath) else { return false }
            // An empty folder may be the place of a disk.
            return kind == .folder ? try !FileSystem.names(in: part.filePath).isEmpty : true
        }
        let parts = [currentLink, artifactsFolder, stagingFolder, scratchFolder, buildsFolder, runsFolder]
        guard let part = try parts.first(where: isTaken) else { return }
        throw ForeignFolderError(folder: folder.filePath, part: part.lastPathComponent)
    }

    /// Makes the folders that a run writes to.
    func prepare() throws(FileSystemError) {
        for part in [folder, artifactsFolder, stagingFolder, scratchFolder, buildsFolder, runsFolder] {
            try FileSystem.makeFolder(part.filePath)
        }
    }
}

/// The folder is no workspace, and holds something by a name of a workspace's part.
package struct ForeignFolderError: Error, Hashable, Sendable {
    package let folder: String
    package let part: String
}

/// The name of a run: its start in universal time, sortable, with a number where two began in one second.
package struct RunID: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    init(at start: Date) {
        rawValue = start.formatted(
            Date.ISO8601FormatStyle(dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted))
    }

    package var description: String { rawValue }
    package static func < (a: RunID, b: RunID) -> Bool { a.rawValue < b.rawValue }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// Seconds that a clock may be set back and a run of before is still none of the future.
    static let clockTolerance = 60.0

    /// Newest first, as `Ledger.runs`.
    static func newestFirst(_ names: [String]) -> [RunID] {
        let latest = RunID(at: Date() + clockTolerance)
        return names.map(RunID.init(rawValue:)).sorted { a, b in (a <= latest) == (b <= latest) ? a > b : a <= latest }
    }
}

extension URL {
    /// The path as the operating system takes it, without a slash at the end.
    package var filePath: String {
        let path = path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
