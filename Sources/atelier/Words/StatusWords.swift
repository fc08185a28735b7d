internal import Foundation
package import Pipeline

extension RunStatus {
    /// `up to date`.
    package var words: String { rawValue.replacingOccurrences(of: "_", with: " ") }
}

extension StageStatus {
    package var words: String { rawValue.replacingOccurrences(of: "_", with: " ") }
}

extension StageState {
    /// What a plan says in one word or two.
    package var words: String {
        switch self {
        case .upToDate: "up to date"
        case .run: "runs"
        case .mayRun: "may run"
        case .notSelected: "not selected"
        case .blocked: "blocked"
        }
    }
}
