package import Pipeline

extension BuildStore {
    /// The build that a run's parameters and data make, where a rollback went past it: the run goes well, and what it made is
    /// not what consumers read.
    ///
    /// - Returns: nil where it is the current one, or where publishing was no part of the run.
    package func rejectedBuild(of summary: RunSummary, in workspace: Workspace) -> String? {
        let artifact = PublishStage.receiptArtifact.rawValue
        guard let stage = summary.stages.first(where: { $0.outputs[artifact] != nil }),
            [.succeeded, .upToDate].contains(stage.status), let digest = stage.outputs[artifact],
            let receipt = try? ArtifactFiles(ArtifactStore(workspace: workspace).folder(of: digest))
                .readJSON(PublishStage.receiptName, as: PublishStage.Receipt.self),
            receipt.build != currentID, (try? build(receipt.build))?.verdict == .rejected
        else { return nil }
        return receipt.build
    }
}
