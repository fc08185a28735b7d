package import LinearAlgebra

/// What scores two items: the trained model, and each baseline beside it.
///
/// Evaluation, mining and search know a scorer by this alone. A score is higher where two items go better together; it
/// needs no bounds, but the scores of one anchor must be comparable over all candidates.
package protocol PairScorer: Sendable {
    /// Scores of every anchor against every candidate: `anchors.count` x `candidates.count`. Rows are catalogue rows.
    func scores(anchors: [Int], candidates: [Int]) -> Matrix
}
