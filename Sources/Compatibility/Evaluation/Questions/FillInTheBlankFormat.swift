/// The Polyvore format of fill-in-the-blank questions: a JSON array of
/// `{"question": [token], "blank_position": int, "answers": [token], "correct": int?, "set_id": string?}`.
///
/// Which answer is right, in the order of precedence:
/// 1. `correct`, its position from 0;
/// 2. the only answer whose set id (`set_id`, or else that of the question's tokens) is the question's; of several, the
///    one at the index `blank_position`. In one of the public files the right answer stands first, in another the answers
///    are shuffled, and this holds in both;
/// 3. the first one, where the tokens are item ids, which is the convention of the files that have no `correct`. An id that
///    the catalogue knows is one, even where it reads like a place in a set (`10013_1`).
package enum FillInTheBlankFormat {
    /// What was read: one question for each element of the file, in its order.
    package struct Questions: Sendable, Equatable {
        package var questions: [FillInTheBlankQuestion] = []
        /// Among the items that questions show; the questions keep their other items.
        package var unknownQuestionItems = UnknownTokens()
        /// Among the answers; such an answer stays in its place as nil.
        package var unknownAnswers = UnknownTokens()
        /// Questions whose right answer the file does not tell; all their answers are nil, so they are unanswerable.
        package var undecided: [Int] = []

        package init() {}
    }

    /// - Throws: `QuestionFormatError` for text that is no such JSON. Unknown items are no error: they are counted.
    package static func read(_ bytes: [UInt8], tokens: QuestionTokens) throws(QuestionFormatError) -> Questions {
        var read = Questions()
        var cursor = JSONCursor(bytes)
        try cursor.array { cursor throws(QuestionFormatError) in
            _ = cursor.peek()
            let start = cursor.position
            let element = try Element(&cursor, tokens: tokens)
            guard !element.answers.isEmpty else { throw cursor.error(.missingKey("answers"), at: start) }
            if let correct = element.correct, !element.answers.indices.contains(correct) {
                throw cursor.error(.noSuchAnswer(correct), at: start)
            }
            var rows: [Int] = []
            for token in element.question {
                if let row = token.flatMap({ tokens.row(of: $0) }) {
                    rows.append(row)
                } else {
                    read.unknownQuestionItems.add(token ?? "null")
                }
            }
            var answers: [Int?] = []
            for token in element.answers {
                let row = token.flatMap { tokens.row(of: $0) }
                if row == nil { read.unknownAnswers.add(token ?? "null") }
                answers.append(row)
            }
            let correct = element.rightAnswer()
            if correct == nil {
                read.undecided.append(read.questions.count)
                answers = answers.map { _ in nil }
            }
            read.questions.append(
                FillInTheBlankQuestion(
                    question: rows, answers: answers, correct: correct ?? 0, outfitID: element.questionSet,
                    blankPosition: element.blankPosition))
        }
        try cursor.expectEnd()
        return read
    }

    /// The questions as such a file, one a line, items named by id; always with `correct`. Equal questions give equal bytes.
    package static func write(_ questions: [FillInTheBlankQuestion], tokens: QuestionTokens) -> [UInt8] {
        func name(_ row: Int?) -> String { row.map { quoted(tokens.token(of: $0)) } ?? "null" }
        let lines = questions.map { question in
            var members = [
                "\"question\": [" + question.question.map(name).joined(separator: ", ") + "]",
                "\"answers\": [" + question.answers.map(name).joined(separator: ", ") + "]",
            ]
            if let position = question.blankPosition { members.append("\"blank_position\": \(position)") }
            members.append("\"correct\": \(question.correct)")
            if let outfit = question.outfitID { members.append("\"set_id\": " + quoted(outfit)) }
            return "{" + members.joined(separator: ", ") + "}"
        }
        return Array(("[\n" + lines.joined(separator: ",\n") + (lines.isEmpty ? "]\n" : "\n]\n")).utf8)
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// One element of the file as it stands there.
private struct Element {
    var question: [String?] = []
    var answers: [String?] = []
    var blankPosition: Int?
    var correct: Int?
    var setID: String?
    private let tokens: QuestionTokens

    init(_ cursor: inout JSONCursor, tokens: QuestionTokens) throws(QuestionFormatError) {
        _ = cursor.peek()
        let start = cursor.position
        var hasQuestion = false
        var question: [String?] = []
        var answers: [String?] = []
        var blankPosition: Int?
        var correct: Int?
        var setID: String?
        try cursor.object { cursor, key throws(QuestionFormatError) in
            switch key {
            case "question":
                hasQuestion = true
                question = try Self.names(&cursor)
            case "answers": answers = try Self.names(&cursor)
            case "blank_position": blankPosition = cursor.takeNull() ? nil : try cursor.integer()
            case "correct": correct = cursor.takeNull() ? nil : try cursor.integer()
            case "set_id" where cursor.peek() == UInt8(ascii: "\""): setID = try cursor.string()
            default: try cursor.skip()
            }
        }
        guard hasQuestion else { throw cursor.error(.missingKey("question"), at: start) }
        self.question = question
        self.answers = answers
        self.blankPosition = blankPosition
        self.correct = correct
        self.setID = setID
        self.tokens = tokens
    }

    private static func names(_ cursor: inout JSONCursor) throws(QuestionFormatError) -> [String?] {
        var names: [String?] = []
        try cursor.array { cursor throws(QuestionFormatError) in
            names.append(cursor.takeNull() ? nil : try cursor.string())
        }
        return names
    }

    /// The set that the question is about: stated, or the one that all its tokens name.
    var questionSet: String? {
        if let setID { return setID }
        let sets = question.map { $0.flatMap { tokens.place(of: $0)?.set } }
        guard let first = sets.first, let set = first, sets.allSatisfy({ $0 == set }) else { return nil }
        return set
    }

    func rightAnswer() -> Int? {
        if let correct { return correct }
        let parts = answers.map { $0.flatMap { tokens.place(of: $0) } }
        let namesItems = (question + answers).compactMap(\.self).contains {
            tokens.isItem($0) && tokens.place(of: $0) == nil
        }
        guard !namesItems, parts.contains(where: { $0 != nil }) else { return 0 }
        guard let questionSet else { return nil }
        let own = parts.indices.filter { parts[$0]?.set == questionSet }
        if own.count == 1 { return own[0] }
        let atBlank = own.filter { parts[$0]?.index == blankPosition }
        return atBlank.count == 1 ? atBlank[0] : nil
    }
}
