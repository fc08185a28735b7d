internal import Foundation
internal import Media

/// The question formats that Polyvore Outfits and Maryland Polyvore share: items are named `<set>_<index>`.
enum QuestionFiles {
    private struct FillInTheBlank: Decodable {
        var question: [LooseText]
        var answers: [LooseText]
        var blank_position: Int?
    }

    /// `[{"question": [...], "blank_position": int, "answers": [...]}]`
    static func readFillInTheBlank(_ member: DataMember, split: String, into output: ShardOutput) throws {
        let decoder = JSONDecoder()
        var number = 0
        try member.forEachElement { element in
            number += 1
            switch QuarantineReason.decoding(FillInTheBlank.self, from: element.bytes, decoder) {
            case .refused(let reason):
                output.counts.questions += 1
                try output.refuse(reason, member: member.path, subject: "question \(number)")
            case .value(let value) where value.question.isEmpty || value.answers.isEmpty:
                output.counts.questions += 1
                try output.refuse(.malformedQuestion, member: member.path, subject: "question \(number)")
            case .value(let value):
                try output.add(
                    QuestionRecord(
                        kind: .fillInTheBlank, member: member.path, number: number, split: split,
                        items: value.question.map(\.text), answers: value.answers.map(\.text),
                        blankPosition: value.blank_position))
            }
        }
    }

    /// `<1|0> <set>_<index> <set>_<index> ...`
    static func readCompatibility(_ member: DataMember, split: String, into output: ShardOutput) throws {
        var number = 0
        try member.forEachLine { line, lineNumber in
            number += 1
            guard let text = String(validating: line, as: UTF8.self) else {
                output.counts.questions += 1
                return try output.refuse(.invalidUTF8, member: member.path, subject: "line \(lineNumber)")
            }
            let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard words.count >= 3, words[0] == "1" || words[0] == "0" else {
                output.counts.questions += 1
                return try output.refuse(.malformedQuestion, member: member.path, subject: "line \(lineNumber)")
            }
            try output.add(
                QuestionRecord(
                    kind: .compatibility, member: member.path, number: number, split: split,
                    items: Array(words.dropFirst()), isOutfit: words[0] == "1"))
        }
    }
}
