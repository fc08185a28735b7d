internal import Compatibility
internal import Pipeline

extension TrainParameters {
    /// That the attribute and the feature blocks which the section names are there.
    /// - Parameter stage: whose section it is.
    /// - Throws: `UnknownNameError`, and what reading the catalogue or the list of blocks throws.
    func requireKnownNames(of stage: StageName, _ context: StageContext) throws {
        try CatalogReader(folder: context.input("catalog"))
            .requireAttribute(contextAttribute, for: "\(stage).context_attribute")
        let blocks = try FeatureFiles(ArtifactFiles(context.input("features"))).blockNames()
        for name in training.excludedBlocks {
            try UnknownNameError.require(name, among: blocks, "feature block", for: "\(stage).excluded_blocks")
        }
        for name in completion.contentBlocks {
            try UnknownNameError.require(
                name, among: blocks, "feature block", for: "\(stage).completion.content_blocks")
        }
        for name in training.blockDropouts.keys.sorted() {
            try UnknownNameError.require(name, among: blocks, "feature block", for: "\(stage).block_dropouts")
        }
    }
}
