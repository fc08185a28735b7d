/// How a stage tells how far it is. Cheap enough to call for each chunk, from any thread.
package struct StageProgress: Sendable {
    private let report: @Sendable (_ done: Int, _ total: Int?, _ unit: String) -> Void

    package init(report: @escaping @Sendable (_ done: Int, _ total: Int?, _ unit: String) -> Void) {
        self.report = report
    }

    /// Nobody looks.
    package static let silent = StageProgress { _, _, _ in }

    /// - Parameters:
    ///   - done: units finished so far in all, not since the last call.
    ///   - total: nil where it is not known.
    package func update(done: Int, total: Int?, unit: String) { report(done, total, unit) }
}
