internal import Compatibility

/// `builds/verdicts/<id>.json`: all that the gate held against the published build, and what came of it.
///
/// It lies beside the build, not in it or in an artifact: what was published before is no input of a build, and the same
/// inputs must give the same bytes.
struct GateReport: Codable, Sendable {
    /// The published build; nil where there was none yet.
    var against: String?
    /// Nil where the build may be published.
    var refusal: String?
    var lists: ListCoverage
    /// Nil where nothing was published yet, or what was published cannot be read any more. So are `questions` and `drift`.
    var catalogue: CatalogueChange?
    var questions: QualityGate.Verdict?
    var drift: BuildDrift?

    init(lists: ListCoverage) {
        self.lists = lists
    }
}
