internal import Compatibility
internal import LinearAlgebra
internal import Logging
internal import Pipeline

/// Outfits into splits, positive pairs and questions; what leaks between the splits is measured, and purged on request.
struct LabelStage: Stage {
    struct Parameters: StageParameters {
        /// Shares of the outfits whose split the dataset does not state.
        var validationFraction = 0.1
        var testFraction = 0.1
        var honourStatedSplits = true
        /// The Jaccard overlap from which two outfits are near duplicates and stay on one side.
        var nearDuplicateThreshold = 0.5
        /// Which training outfits to drop because they leak into the others.
        var purge = LeakPurge.nothing
        /// The place in the category path that counts as the product family; 0 is the top-level category.
        var familyLevel = 1
        /// The attribute that names an item's season; none by default.
        var seasonAttribute = ""
        /// Candidates a question, the right one among them.
        var answers = 4
        var seed: UInt64 = 1

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("validation_fraction", validationFraction, in: 0...0.9)
            try ParameterProblem.require("test_fraction", testFraction, in: 0...0.9)
            try ParameterProblem.require(
                validationFraction + testFraction < 1, "test_fraction", must: "leave something to train on")
            try ParameterProblem.require("near_duplicate_threshold", nearDuplicateThreshold, in: 0.01...1)
            try ParameterProblem.require("family_level", familyLevel, atLeast: 0)
            try ParameterProblem.require("answers", answers, in: 2...100)
        }
    }

    let settings: Parameters
    let retry: RetryPolicy

    let name: StageName = "label"
    let version = 3
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["catalog"]
    let outputs: [ArtifactName] = ["labels"]
    var parameters: [String: String] { settings.canonicalParameters() }

    func run(_ context: StageContext) throws {
        let reader = try CatalogReader(folder: context.input("catalog"))
        try reader.requireAttribute(settings.seasonAttribute, for: "label.season_attribute")
        let catalog = try reader.catalog()
        let files = ArtifactFiles(context.output("labels"))
        let splitter = OutfitSplitter(
            validationFraction: settings.validationFraction, testFraction: settings.testFraction,
            threshold: settings.nearDuplicateThreshold, honoursStatedSplits: settings.honourStatedSplits,
            seed: settings.seed)
        let all = splitter.split(catalog.outfits)
        let (labelled, purged) = settings.purge.applied(to: all, threshold: settings.nearDuplicateThreshold)
        try LabelError.requireTraining(labelled, purged: purged.count, reader)
        try LabelFiles(files).write(labelled)
        try context.cancellation.check()

        let audit = LeakAudit(
            labelled, threshold: settings.nearDuplicateThreshold, purgedOutfitCount: purged.count)
        try files.writeJSON("audit.json", audit)
        let pairs = PairSet(outfits: labelled.outfits(in: .train))
        try files.write("pairs.npy", vector: Self.triples(of: pairs))
        let questions = try writeQuestions(catalog, labelled, known: all.outfits, files)
        try context.cancellation.check()

        let summary = LabelSummary(
            outfits: Dictionary(
                uniqueKeysWithValues: Split.allCases.map { ($0.rawValue, labelled.positions(of: $0).count) }),
            purgedOutfits: purged.count, positivePairs: pairs.count,
            crossCategoryPairs: pairs.crossCategoryCount(categoryOfItem: catalog.categoryOfItem), questions: questions)
        try files.writeJSON("labels.json", summary)
        context.logger.info(
            "labelled outfits",
            metadata: ["outfits": "\(labelled.outfits.count)", "pairs": "\(pairs.count)", "purged": "\(purged.count)"])
    }

    private func writeQuestions(
        _ catalog: OutfitCatalog, _ labelled: LabelledOutfits, known: [Outfit], _ files: ArtifactFiles
    ) throws -> [String: LabelSummary.Questions] {
        let maker = QuestionMaker(
            catalog: catalog, labelled: labelled, known: known,
            rules: QuestionRules(
                familyLevel: settings.familyLevel,
                seasonAttribute: settings.seasonAttribute.isEmpty ? nil : settings.seasonAttribute,
                answerCount: settings.answers, seed: settings.seed))
        let tokens = QuestionTokens(catalog: catalog)
        var counts: [String: LabelSummary.Questions] = [:]
        for split in [Split.validation, .test] {
            for kind in QuestionKind.allCases {
                let made = maker.fillInTheBlank(kind, split: split)
                let name = LabelFiles.blankName(split, kind)
                try files.write(name, FillInTheBlankFormat.write(made.questions, tokens: tokens))
                counts[name] = LabelSummary.Questions(made: made.questions.count, unmakeable: made.unmakeableCount)
            }
            let made = maker.compatibility(split: split)
            let name = LabelFiles.compatibilityName(split)
            try files.write(name, CompatibilityFormat.write(made.questions, tokens: tokens))
            counts[name] = LabelSummary.Questions(made: made.questions.count, unmakeable: made.unmakeableCount)
        }
        return counts
    }

    /// Pairs as (first, second, outfits), one after another.
    private static func triples(of pairs: PairSet) -> [Int32] {
        var values: [Int32] = []
        values.reserveCapacity(pairs.count * 3)
        for index in 0..<pairs.count { values += [pairs.first[index], pairs.second[index], pairs.outfitCount[index]] }
        return values
    }
}

/// `labels.json`: what the stage made, in numbers.
struct LabelSummary: Codable, Sendable, Equatable {
    struct Questions: Codable, Sendable, Equatable {
        var made: Int
        /// Outfits that had too few candidates for wrong answers.
        var unmakeable: Int
    }

    var outfits: [String: Int]
    var purgedOutfits: Int
    var positivePairs: Int
    var crossCategoryPairs: Int
    var questions: [String: Questions]
}
