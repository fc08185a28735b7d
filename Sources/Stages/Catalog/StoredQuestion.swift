/// A question of the dataset's own, as the `payload` of the questions table has it: items by id, known or not.
struct StoredQuestion: Codable, Sendable, Hashable {
    static let fillInTheBlank = "fill_in_blank"
    static let compatibility = "compatibility"

    /// The items given: of the outfit with the blank, or of the outfit to judge.
    var items: [String]
    /// The candidates of a fill-in-the-blank question.
    var answers: [String]?
    /// The position of the right answer.
    var correct: Int?
    var outfit: String?
    /// The verdict on an outfit to judge.
    var isOutfit: Bool?

    var kind: String { answers == nil ? Self.compatibility : Self.fillInTheBlank }

    enum CodingKeys: String, CodingKey {
        case items, answers, correct, outfit
        case isOutfit = "is_outfit"
    }
}
