/// Which negatives a model was trained on, and what both ways measured where they were compared.
package struct NegativesChoice: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case mined, unmined
    }

    package var used: Kind
    /// The first member trained with mined negatives, and without; nil where they were not compared.
    package var mined: ValidationFigures?
    package var unmined: ValidationFigures?

    /// Without a comparison.
    package init(used: Kind) {
        self.used = used
    }

    /// The better by recall at 10, then by the order within the family, as early stopping decides. At a tie the mined ones:
    /// the job asks for them, and nothing measured speaks against it.
    package init(mined: ValidationFigures, unmined: ValidationFigures) {
        self.mined = mined
        self.unmined = unmined
        let isUnminedBetter =
            (unmined.recallAt10, unmined.familyOrder) > (mined.recallAt10, mined.familyOrder)
        used = isUnminedBetter ? .unmined : .mined
    }

    enum CodingKeys: String, CodingKey { case used, mined, unmined }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(used, forKey: .used)
        try values.encode(mined, forKey: .mined)
        try values.encode(unmined, forKey: .unmined)
    }
}

/// How the training of a build went: the section `training` of `metrics.json`.
package struct TrainingReport: Sendable, Equatable, Codable {
    package struct Member: Sendable, Equatable, Codable {
        /// Epochs that were trained; fewer than were asked for where early stopping ended it.
        package var epochs: Int
        /// The epoch, from 0, whose weights the model has.
        package var keptEpoch: Int
        package var last: EpochRecord

        enum CodingKeys: String, CodingKey {
            case epochs, last
            case keptEpoch = "kept_epoch"
        }
    }

    package var members: [Member]
    package var company: CompanyWeights?
    package var completion: CompletionReport?
    package var negatives: NegativesChoice

    /// - Parameter curves: the record of every epoch, a list for each member.
    package init(
        curves: [[EpochRecord]], company: CompanyWeights?, completion: CompletionReport? = nil,
        negatives: NegativesChoice
    ) {
        members = curves.compactMap { curve in
            guard let last = curve.last else { return nil }
            return Member(epochs: curve.count, keptEpoch: (curve.last { $0.isBest } ?? last).epoch, last: last)
        }
        self.company = company
        self.completion = completion
        self.negatives = negatives
    }

    enum CodingKeys: String, CodingKey { case members, company, completion, negatives }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(members, forKey: .members)
        try values.encode(company, forKey: .company)
        try values.encode(completion, forKey: .completion)
        try values.encode(negatives, forKey: .negatives)
    }
}
