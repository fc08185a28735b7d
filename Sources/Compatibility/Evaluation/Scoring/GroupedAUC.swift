package import LinearAlgebra

/// The AUC within groups, averaged (GAUC; Zhu et al., 2017): can the scorer order the candidates of *one* anchor?
///
/// The plain AUC also rises when anchors as a whole move apart, which helps no list. Groups weigh by their candidates;
/// a group whose candidates all have one label has no AUC and drops out, counted.
package struct GroupedAUC: Sendable, Equatable {
    /// Nil where no group has both labels.
    package let value: Double?
    package let groupCount: Int
    package let droppedGroupCount: Int
    /// For each remaining group, by ascending anchor: its AUC and its candidates, for the bootstrap.
    package let groupValues: [Double]
    package let groupWeights: [Double]

    /// - Parameter groups: one number for each score; equal numbers are one group, wherever they stand.
    package init(groups: [Int32], scores: [Float], labels: [Bool]) {
        precondition(groups.count == scores.count && scores.count == labels.count, "unequal columns")
        let order = groups.indices.sorted { (groups[$0], $0) < (groups[$1], $1) }
        var values: [Double] = []
        var weights: [Double] = []
        var dropped = 0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, groups[order[end]] == groups[order[start]] { end += 1 }
            let members = order[start..<end]
            if let auc = RankStatistics.auc(scores: members.map { scores[$0] }, labels: members.map { labels[$0] }) {
                values.append(auc)
                weights.append(Double(members.count))
            } else {
                dropped += 1
            }
            start = end
        }
        groupValues = values
        groupWeights = weights
        groupCount = values.count
        droppedGroupCount = dropped
        let weight = weights.reduce(0, +)
        value = weight > 0 ? zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weight : nil
    }

    /// Groups by anchor: each item that a question shows against each of the question's known answers.
    package init(
        questions: [FillInTheBlankQuestion], by scorer: any PairScorer, parallelism: Parallelism,
        progress: EvaluationProgress? = nil
    ) {
        let tally = ProgressTally(total: questions.count, report: progress)
        let chunks = parallelism.mapChunks(of: questions.count, chunkSize: 64) { _, range in
            defer { tally.add(range.count) }
            var columns = Columns()
            for question in questions[range] where question.isAnswerable {
                let answers = question.answers.compactMap { $0 }
                let scores = scorer.scores(anchors: question.question, candidates: answers)
                for (row, anchor) in question.question.enumerated() {
                    for (column, answer) in answers.enumerated() {
                        columns.groups.append(Int32(anchor))
                        columns.scores.append(scores[row, column].comparable)
                        columns.labels.append(answer == question.rightRow)
                    }
                }
            }
            return columns
        }
        self.init(
            groups: chunks.flatMap(\.groups), scores: chunks.flatMap(\.scores), labels: chunks.flatMap(\.labels))
    }

    private struct Columns: Sendable {
        var groups: [Int32] = []
        var scores: [Float] = []
        var labels: [Bool] = []
    }
}
