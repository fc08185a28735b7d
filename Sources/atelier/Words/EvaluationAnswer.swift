internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Stages

/// What `evaluate` prints. Keys are stable; a figure that is not defined is null.
struct EvaluationAnswer: Encodable {
    struct FillInTheBlank: Encodable {
        let accuracy: Figure
        let interval: IntervalFigure
        let questions: Int
        /// Counted as wrong.
        let unanswerable: Int
        let unknownItems: Int
        let undecided: Int
        let recallAt10: Figure
        let recallAt30: Figure
        let recallAt50: Figure
        let groupedAUC: Figure
        let examples: [String]

        enum CodingKeys: String, CodingKey {
            case accuracy, interval, questions, unanswerable, undecided
            case unknownItems = "unknown_items"
            case recallAt10 = "recall_at_10"
            case recallAt30 = "recall_at_30"
            case recallAt50 = "recall_at_50"
            case groupedAUC = "grouped_auc"
        }

        init(
            _ read: FillInTheBlankFormat.Questions, _ catalog: OutfitCatalog, _ scorer: PublishedBuild.Scorer,
            _ parallelism: Parallelism
        ) {
            let bootstrap = Bootstrap()
            let answers = FillInTheBlankEvaluator(seed: bootstrap.seed).evaluate(
                read.questions, by: scorer.outfits, parallelism: parallelism)
            let recall = RecallEvaluator().evaluate(
                read.questions, in: catalog, by: scorer.outfits, parallelism: parallelism)
            accuracy = Figure(answers.accuracy)
            interval = IntervalFigure(bootstrap.intervalOfMean(answers.credits, parallelism: parallelism))
            questions = answers.questionCount
            unanswerable = answers.unanswerableCount
            unknownItems = read.unknownQuestionItems.count + read.unknownAnswers.count
            undecided = read.undecided.count
            (recallAt10, recallAt30, recallAt50) = (
                Figure(recall.recall(at: 10)), Figure(recall.recall(at: 30)), Figure(recall.recall(at: 50))
            )
            groupedAUC = Figure(
                GroupedAUC(questions: read.questions, by: scorer.pairs, parallelism: parallelism).value)
            examples = Array((read.unknownQuestionItems.examples + read.unknownAnswers.examples).prefix(5))
        }
    }

    struct Compatibility: Encodable {
        let auc: Figure
        let interval: IntervalFigure
        /// True and false ones together.
        let outfits: Int
        /// Fewer than two known items; they rank below all others.
        let unscorable: Int
        let unknownItems: Int
        let examples: [String]

        enum CodingKeys: String, CodingKey {
            case auc, interval, outfits, unscorable
            case unknownItems = "unknown_items"
        }

        init(_ read: CompatibilityFormat.Questions, _ scorer: any OutfitScorer, _ parallelism: Parallelism) {
            let result = CompatibilityEvaluator().evaluate(
                read.questions, by: scorer, parallelism: parallelism)
            auc = Figure(result.auc)
            interval = IntervalFigure(
                Bootstrap().intervalOfAUC(scores: result.scores, labels: result.isOutfit, parallelism: parallelism))
            outfits = result.scores.count
            unscorable = result.unscorableCount
            unknownItems = read.unknownItems.count
            examples = Array(read.unknownItems.examples.prefix(5))
        }
    }

    /// One line of the table: the model, then the baselines on the same questions.
    struct Line: Encodable {
        let name: String
        var accuracy = Figure(nil)
        var interval = IntervalFigure(nil)
        var recallAt10 = Figure(nil)
        var auc = Figure(nil)

        enum CodingKeys: String, CodingKey {
            case name, accuracy, interval, auc
            case recallAt10 = "recall_at_10"
        }
    }

    let build: String
    var scorers: [Line] = []
    var fillInTheBlank: FillInTheBlank?
    var compatibility: Compatibility?

    enum CodingKeys: String, CodingKey {
        case build, compatibility, scorers
        case fillInTheBlank = "fill_in_the_blank"
    }

    init(build: String) { self.build = build }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(build, forKey: .build)
        // Null rather than no key.
        try container.encode(fillInTheBlank, forKey: .fillInTheBlank)
        try container.encode(compatibility, forKey: .compatibility)
        try container.encode(scorers, forKey: .scorers)
    }

    /// What was in the files and could not be used.
    var notes: [String] {
        func unknown(_ count: Int, _ examples: [String], _ effect: String) -> [String] {
            count > 0
                ? [
                    "\(Amounts.count(count, "item name")) \(count == 1 ? "is" : "are") unknown "
                        + "(\(examples.joined(separator: ", "))); \(effect)"
                ] : []
        }
        var notes: [String] = []
        if let part = fillInTheBlank {
            notes += unknown(
                part.unknownItems, part.examples,
                "\(Amounts.count(part.unanswerable, "question")) cannot be answered and "
                    + "\(part.unanswerable == 1 ? "counts" : "count") as wrong")
            if part.undecided > 0 {
                notes.append(
                    "\(Amounts.count(part.undecided, "question")) did not say which answer is right: give it as "
                        + "\"correct\", counted from 0")
            }
            if part.questions == 0 { notes.append("there is no question in the file of --fill-in-the-blank") }
        }
        if let part = compatibility {
            notes += unknown(
                part.unknownItems, part.examples,
                "\(Amounts.count(part.unscorable, "outfit")) had fewer than two known ones")
            if part.outfits == 0 {
                notes.append("there is no outfit in the file of --compatibility")
            } else if part.auc.value == nil {
                notes.append(
                    "an AUC compares outfits with what is none; all lines of --compatibility have the same label")
            }
        }
        return notes
    }

    var lines: [String] {
        var lines: [String] = ["build \(build)"]
        if let part = fillInTheBlank {
            lines += [
                "fill in the blank   accuracy \(Self.share(part.accuracy))\(Self.following(part.interval))",
                "                    \(Amounts.count(part.questions, "question")), "
                    + "\(Amounts.count(part.unanswerable)) unanswerable",
                "                    recall@10 \(Self.share(part.recallAt10))  @30 \(Self.share(part.recallAt30))  "
                    + "@50 \(Self.share(part.recallAt50))",
                "                    grouped AUC \(Self.number(part.groupedAUC))",
            ]
        }
        if let part = compatibility {
            lines += [
                "compatibility       AUC \(Self.number(part.auc))\(Self.following(part.interval))",
                "                    \(Amounts.count(part.outfits, "outfit")), "
                    + "\(Amounts.count(part.unscorable)) unscorable",
            ]
        }
        if scorers.count > 1 {
            var table = TextTable(
                .text("SCORER"), .number("ACCURACY"), .text("95 %"), .number("RECALL@10"), .number("AUC"))
            for line in scorers {
                table.add(
                    line.name, line.accuracy.value == nil ? "" : Self.share(line.accuracy),
                    Self.interval(line.interval),
                    line.recallAt10.value == nil ? "" : Self.share(line.recallAt10),
                    line.auc.value == nil ? "" : Self.number(line.auc))
            }
            lines += [""] + table.lines()
        }
        return lines
    }

    private static func share(_ figure: Figure) -> String {
        figure.value.map { String(format: "%.1f %%", $0 * 100) } ?? "undefined"
    }

    private static func number(_ figure: Figure) -> String {
        figure.value.map { String(format: "%.3f", $0) } ?? "undefined"
    }

    /// Behind the figure that it belongs to.
    private static func following(_ figure: IntervalFigure) -> String {
        figure.value == nil ? "" : " \(interval(figure))"
    }

    private static func interval(_ figure: IntervalFigure) -> String {
        figure.value.map { String(format: "[%.3f, %.3f]", $0.lower, $0.upper) } ?? ""
    }
}
