package import Foundation

extension BuildStore {
    static let verdictFolder = "verdicts"

    /// What the quality gate saw of a build: `builds/verdicts/<id>.json`, beside the builds since a build is immutable and
    /// its bytes must not tell of the one before it.
    package func verdictFile(of build: String) -> URL {
        workspace.buildsFolder.appending(path: "\(Self.verdictFolder)/\(build).json", directoryHint: .notDirectory)
    }

    package func writeVerdict(_ verdict: some Encodable, of build: String) throws {
        try FileSystem.makeFolder(workspace.buildsFolder.filePath + "/" + Self.verdictFolder)
        try FileSystem.replace(verdictFile(of: build).filePath, with: JSONText.encode(verdict))
    }

    func removeVerdict(of build: String) throws { try FileSystem.remove(verdictFile(of: build).filePath) }
}
