/// The Polyvore format of compatibility questions: a line each, `1` for an outfit or `0` for none, then its tokens,
/// separated by spaces or tabs.
///
/// A shop's ids may hold spaces. A line that names such an item is written with tabs between its tokens; one that has tabs
/// is read by them alone where that leaves no unknown name, or fewer than its spaces would, or as many but a name with a space.
package enum CompatibilityFormat {
    /// What was read: one question for each line that is not blank, in their order.
    package struct Questions: Sendable, Equatable {
        package var questions: [CompatibilityQuestion] = []
        /// The questions keep their other items.
        package var unknownItems = UnknownTokens()

        package init() {}
    }

    /// - Throws: `QuestionFormatError` for a line with another label or that is not UTF-8. Unknown items are counted.
    package static func read(_ bytes: [UInt8], tokens: QuestionTokens) throws(QuestionFormatError) -> Questions {
        var read = Questions()
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            guard let line = String(validating: bytes[start..<end], as: UTF8.self) else {
                throw QuestionFormatError(.invalidUTF8, at: start, of: bytes)
            }
            let words = line.unicodeScalars.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map { String($0) }
            if let label = words.first {
                guard label == "0" || label == "1" else {
                    throw QuestionFormatError(.unknownLabel(label), at: start, of: bytes)
                }
                var rows: [Int] = []
                for token in names(words, orBetweenTabsOf: line, tokens) {
                    if let row = tokens.row(of: token) { rows.append(row) } else { read.unknownItems.add(token) }
                }
                read.questions.append(CompatibilityQuestion(items: rows, isOutfit: label == "1"))
            }
            start = end + 1
        }
        return read
    }

    package static func write(_ questions: [CompatibilityQuestion], tokens: QuestionTokens) -> [UInt8] {
        let lines = questions.map { question in
            let names = question.items.map { tokens.token(of: $0) }
            let hasSpaces = names.contains { $0.unicodeScalars.contains(" ") }
            return ([question.isOutfit ? "1" : "0"] + names).joined(separator: hasSpaces ? "\t" : " ") + "\n"
        }
        return Array(lines.joined().utf8)
    }

    /// The names of a line after its label, which is the first of `words`.
    private static func names(
        _ words: [String], orBetweenTabsOf line: String, _ tokens: QuestionTokens
    ) -> ArraySlice<String> {
        let pieces = line.unicodeScalars.split { $0 == "\t" || $0 == "\r" }.map { String($0) }
        guard pieces != words, pieces.count > 1, pieces[0] == words[0] else { return words.dropFirst() }
        func unknownCount(_ names: [String]) -> Int { names.dropFirst().count { tokens.row(of: $0) == nil } }
        let unknown = (byTabs: unknownCount(pieces), bySpaces: unknownCount(words))
        let holdsSpacedName = pieces.dropFirst().contains { $0.contains(" ") && tokens.row(of: $0) != nil }
        let isByTabs =
            unknown.byTabs == 0 || unknown.byTabs < unknown.bySpaces
            || (unknown.byTabs == unknown.bySpaces && holdsSpacedName)
        return isByTabs ? pieces.dropFirst() : words.dropFirst()
    }
}
