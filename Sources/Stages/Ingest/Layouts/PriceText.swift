/// A price as a dataset writes it.
enum PriceText: Equatable {
    /// Nothing is written.
    case none
    case amount(Double)
    /// Something is written that is no amount.
    case unreadable

    /// Reads digits with a decimal point or comma (`19.99`, `1,299.00`, `1.299,00`, `1’299.00`, `19,99 €`), a currency sign or
    /// code around them, and what spreadsheets write of large numbers (`1.2E7`). Letters and signs between digits are no
    /// part of a price: without them the digits would be another number.
    static func value(of text: String) -> PriceText {
        let number = bare(text)
        if number.isEmpty { return text.allSatisfy(isMark) ? .none : .unreadable }
        if number.contains(where: \.isLetter) {
            return number.wholeMatch(of: /[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+/) == nil ? .unreadable : amount(number)
        }
        // Spaces part thousands, and so do apostrophes: three digits follow each, or it is a decimal mark like `12'50`.
        var digits = number.filter { !isSpace($0) }
        if digits.contains(where: isApostrophe) {
            guard digits.wholeMatch(of: /[0-9]{1,3}(['’][0-9]{3})+([.,][0-9]{1,2})?/) != nil else { return .unreadable }
            digits.removeAll(where: isApostrophe)
        }
        // The mark that comes last parts off the decimals, unless three digits follow a comma: then it parts thousands.
        if let mark = digits.lastIndex(where: { $0 == "," || $0 == "." }) {
            let isThousands = digits[mark] == "," && digits.distance(from: mark, to: digits.endIndex) == 4
            let whole = digits[..<mark]
            let other: Character = digits[mark] == "," ? "." : ","
            let isGrouped = whole.contains(other) || isThousands
            let plain = isGrouped ? whole.filter { $0 != "," && $0 != (isThousands ? "," : other) } : String(whole)
            digits = plain + (isThousands ? "" : ".") + digits[digits.index(after: mark)...]
        }
        return amount(digits)
    }

    /// Without what stands around the number. The point of an abbreviation (`Rs. 500`, `500 kr.`) is part of it.
    private static func bare(_ text: String) -> Substring {
        var number = text[...]
        var last: Character?
        while let next = number.first, isAround(next) || (next == "." && last?.isLetter == true) {
            last = number.removeFirst()
        }
        while let last = number.last, isAround(last) || (last == "." && number.dropLast().last?.isLetter == true) {
            number.removeLast()
        }
        return number
    }

    private static func isAround(_ character: Character) -> Bool { isMark(character) || character.isLetter }
    private static func isMark(_ character: Character) -> Bool { character.isCurrencySymbol || isSpace(character) }
    private static func isApostrophe(_ character: Character) -> Bool { character == "'" || character == "’" }

    /// All of them: French thousands are parted by a narrow one that does not break.
    private static func isSpace(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .spaceSeparator }
    }

    private static func amount(_ digits: some StringProtocol) -> PriceText {
        guard let amount = Double(digits), amount.isFinite, amount >= 0 else { return .unreadable }
        return .amount(amount)
    }
}
