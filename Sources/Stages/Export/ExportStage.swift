internal import Foundation
internal import Media
internal import Pipeline

/// Writes what consumers read from the current build, wherever the job file says.
struct ExportStage: EffectStage {
    struct Parameters: StageParameters {
        /// Where the files go, relative to the job's base folder.
        var folder = "exports"
        /// Names whose endings tell format and compression: jsonl, csv, sqlite, npy; .gz, .zst, .xz.
        var files = ["recommendations.jsonl.gz", "recommendations.csv.gz", "recommendations.sqlite", "embeddings.npy"]

        func validate() throws(ParameterProblem) {
            for (index, file) in files.enumerated() where ExportFormat(path: file) == nil {
                throw ParameterProblem(
                    "files[\(index)]", must: "end in .jsonl, .csv, .sqlite or .npy, compressed or not")
            }
        }
    }

    /// `export.json`: the build that was exported, and what was written.
    struct Receipt: Codable, Sendable {
        struct File: Codable, Sendable {
            var path: String
            var digest: String
        }

        var build: String
        var files: [File]
    }

    let settings: Parameters
    let retry: RetryPolicy
    /// `settings.folder` as a place on disk.
    let folder: URL

    let name: StageName = "export"
    let version = 1
    let pool = StagePool.io
    let inputs: [ArtifactName] = ["publication"]
    let outputs: [ArtifactName] = ["export"]
    var parameters: [String: String] { settings.canonicalParameters() }

    private static let receiptName = "export.json"

    func pendingReason(_ context: EffectContext) throws -> RunReason? {
        guard let output = context.outputFolders["export"] else { return .neverRan }
        let receipt = try ArtifactFiles(output).readJSON(Self.receiptName, as: Receipt.self)
        let current = BuildStore(workspace: context.workspace).currentID
        if receipt.build != current {
            return .effectPending(message: "exported build \(receipt.build), current is \(current ?? "none")")
        }
        for file in receipt.files {
            let url = folder.appendingPathComponent(file.path)
            guard let digest = try context.digest(url) else {
                return .effectPending(message: "\(settings.folder)/\(file.path) is gone")
            }
            if digest != file.digest { return .effectPending(message: "\(settings.folder)/\(file.path) was changed") }
            // Written again it goes away.
            if FileManager.default.fileExists(atPath: CompressedFileWriter.partialPath(of: url.path)) {
                return .effectPending(message: "a killed export left \(settings.folder)/\(file.path) half written")
            }
        }
        return nil
    }

    func run(_ context: StageContext) throws {
        guard let builds = context.builds, let build = builds.currentID else { throw ExportError.nothingPublished }
        let exporter = Exporter(build: PublishedBuild(folder: builds.folder(of: build)))
        var receipt = Receipt(build: build, files: [])
        for (number, file) in settings.files.enumerated() {
            try context.cancellation.check()
            guard let format = ExportFormat(path: file) else { continue }
            for path in try exporter.export(format, to: folder.appendingPathComponent(file).path) {
                receipt.files.append(
                    Receipt.File(
                        path: String(path.dropFirst(folder.path.count).drop { $0 == "/" }),
                        digest: try ContentDigest.sha256(ofFile: path)))
            }
            context.progress.update(done: number + 1, total: settings.files.count, unit: "files")
        }
        try ArtifactFiles(context.output("export")).writeJSON(Self.receiptName, receipt)
    }
}

/// Why nothing can be exported.
package enum ExportError: Error, Sendable, Equatable {
    /// Every build was rejected or refused.
    case nothingPublished
}
