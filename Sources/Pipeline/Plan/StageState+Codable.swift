/// `{"state": "run", "reasons": […]}`; the states are `up_to_date`, `run`, `may_run`, `not_selected`, `blocked`.
extension StageState: Codable {
    private enum CodingKeys: String, CodingKey { case state, reasons, message }

    /// The state in one word, as `--json` has it.
    package var keyword: String {
        switch self {
        case .upToDate: "up_to_date"
        case .run: "run"
        case .mayRun: "may_run"
        case .notSelected: "not_selected"
        case .blocked: "blocked"
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(keyword, forKey: .state)
        if !reasons.isEmpty { try container.encode(reasons, forKey: .reasons) }
        if case .blocked(let message) = self { try container.encode(message, forKey: .message) }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let reasons = try container.decodeIfPresent([RunReason].self, forKey: .reasons) ?? []
        let keyword = try container.decode(String.self, forKey: .state)
        switch keyword {
        case "up_to_date": self = .upToDate
        case "run": self = .run(reasons)
        case "may_run": self = .mayRun(reasons)
        case "not_selected": self = .notSelected
        case "blocked": self = .blocked(message: try container.decode(String.self, forKey: .message))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .state, in: container, debugDescription: "unknown state \(keyword)")
        }
    }
}
