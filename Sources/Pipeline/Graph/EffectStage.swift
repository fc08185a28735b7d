package import Foundation

/// A stage whose result lies outside the artifact store, such as a published build or an exported file.
///
/// It may have outputs as well, a receipt for instance, or none. It runs for the same reasons as any stage, and also where
/// its fingerprint is unchanged but its effect is not there any more.
package protocol EffectStage: Stage {
    /// Asked only where nothing else is a reason to run.
    /// - Returns: why the effect has to be brought about again, or nil where it stands.
    func pendingReason(_ context: EffectContext) throws -> RunReason?
}

/// What the engine hands to an effect stage that is asked whether its effect stands.
package struct EffectContext: Sendable {
    /// The folder of each input artifact, read-only.
    package let inputFolders: [ArtifactName: URL]
    /// SHA-256 of each input artifact's content, lowercase hexadecimal.
    package let inputDigests: [ArtifactName: String]
    /// The outputs of the successful run whose effect is asked for.
    package let outputFolders: [ArtifactName: URL]
    package let workspace: Workspace
    /// The digest of a file outside the workspace, from the cache where its status is unchanged; nil where it is gone.
    package let digest: @Sendable (_ file: URL) throws -> String?

    package init(
        inputFolders: [ArtifactName: URL], inputDigests: [ArtifactName: String], outputFolders: [ArtifactName: URL],
        workspace: Workspace, digest: @escaping @Sendable (_ file: URL) throws -> String?
    ) {
        self.inputFolders = inputFolders
        self.inputDigests = inputDigests
        self.outputFolders = outputFolders
        self.workspace = workspace
        self.digest = digest
    }
}

/// Thrown by a stage that publishes: the build is whole, but worse than the published one, and is kept aside.
package struct QualityGateRefusal: Error, Hashable, Codable, Sendable, CustomStringConvertible {
    /// One line: which metric fell, from what to what, and the margin.
    package let summary: String
    /// The build that was refused.
    package let build: String?

    package init(summary: String, build: String? = nil) {
        self.summary = summary
        self.build = build
    }

    /// What the ledger and the logs keep of it.
    package var description: String { summary }
}
