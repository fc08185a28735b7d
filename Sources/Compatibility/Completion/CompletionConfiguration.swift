extension CompletionFit {
    /// Every parameter of the fit; the defaults are what measured best.
    package struct Configuration: Sendable, Equatable, Codable {
        package var enabled = true
        /// Parts of the outfits that members leave out in turn; never more than there are members.
        package var folds = 5
        /// Choices that are learned from, at most.
        package var choices = 40_000
        package var candidates = ChoiceCandidates(sameContext: 5, sameFamily: 3, sameCategory: 8, random: 3)
        /// For what share of the choices one item of the rest is asked beside as well, for networks of their own that order
        /// lists of recommendations; 0 for none, lists then go by the networks for whole rests.
        package var singleFraction = 0.4
        /// Units of the first hidden layer, at most: few choices get fewer, or the network would learn them by heart. The
        /// second layer has half as many.
        package var hidden = 64
        /// Units of the layer that sees pairs, at most: few choices get fewer.
        package var pairUnits = 16
        /// Principal components of each block of features that the networks know of an item, at most: few choices get fewer;
        /// 0 for none.
        package var contentComponents = 16
        /// Those blocks; empty for all that the embedding reads.
        package var contentBlocks: [String] = []
        package var epochs = 12
        /// Choices a batch, at most: few choices are cut into smaller batches, or they would teach in too few steps.
        package var batch = 512
        package var learningRate = 0.003
        package var weightDecay = 0.001
        /// Of units of the first hidden layer.
        package var dropout = 0.1
        /// Weight of the cross-entropy that gives the scores of all outfits a common zero; 0 for none.
        package var calibration = 0.5
        /// Networks of different beginnings whose mean is the score.
        package var networks = 5

        package init() {}

        enum CodingKeys: String, CodingKey {
            case enabled, folds, choices, candidates, hidden, epochs, batch, dropout, calibration, networks
            case contentComponents = "content_components"
            case contentBlocks = "content_blocks"
            case pairUnits = "pair_units"
            case singleFraction = "single_fraction"
            case learningRate = "learning_rate"
            case weightDecay = "weight_decay"
        }

        /// Batches of all networks, for progress: what is known before the choices are drawn.
        package func batchCount(training: [Outfit]) -> Int {
            let places = min(choices, training.slotCount)
            return [CompletionFit.Rests.whole, .single(share: singleFraction)]
                .reduce(0) { $0 + batchCount(choiceCount(of: places, $1)) } * epochs * networks
        }

        /// Of so many choices those that are asked beside such rests.
        func choiceCount(of choices: Int, _ rests: CompletionFit.Rests) -> Int {
            switch rests {
            case .whole: choices
            case .single(let share): Int(Double(choices) * share)
            }
        }

        /// Batches of an epoch.
        func batchCount(_ choices: Int) -> Int {
            let size = batchSize(choices)
            return (choices + size - 1) / size
        }

        func batchSize(_ choices: Int) -> Int { min(batch, max(16, choices / Self.fewestBatches)) }

        private static let fewestBatches = 50

        func hiddenUnits(_ choices: Int) -> Int { min(hidden, max(4, choices / Self.choicesOfUnit)) }

        private static let choicesOfUnit = 250

        /// Of a network for some choices.
        func shape(of table: ChoiceTable) -> CompletionNetwork.Shape {
            CompletionNetwork.Shape(
                inputs: table.columnCount, pairInputs: table.pairColumnCount,
                contentInputs: table.content.columnCount,
                pairUnits: min(pairUnits, max(4, table.count / Self.choicesOfPairUnit)),
                hidden: hiddenUnits(table.count))
        }

        private static let choicesOfPairUnit = 1000

        func contentComponents(ofChoices choices: Int) -> Int {
            min(contentComponents, choices / Self.choicesOfComponent)
        }

        private static let choicesOfComponent = 1000
    }
}
