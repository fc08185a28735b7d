/// A price as a dataset writes it.
enum PriceText: Equatable {
    /// Nothing is written.
    case none
    case amount(Double)
    /// Something is written that is no amount.
    case unreadable

    /// Reads digits with a decimal point or comma (`19.99`, `1,299.00`, `1.299,00`, `19,99 €`), a currency sign or code around them.
    static func value(of text: String) -> PriceText {
        let marks: Set<Character> = ["$", "€", "£", "¥", " ", "\u{A0}"]
        var digits = text.filter { !marks.contains($0) && !$0.isLetter }
        if digits.isEmpty { return text.allSatisfy(marks.contains) ? .none : .unreadable }
        // The mark that comes last parts off the decimals, unless three digits follow a comma: then it parts thousands.
        if let mark = digits.lastIndex(where: { $0 == "," || $0 == "." }) {
            let isThousands = digits[mark] == "," && digits.distance(from: mark, to: digits.endIndex) == 4
            let whole = digits[..<mark]
            let other: Character = digits[mark] == "," ? "." : ","
            let isGrouped = whole.contains(other) || isThousands
            let plain = isGrouped ? whole.filter { $0 != "," && $0 != (isThousands ? "," : other) } : String(whole)
            digits = plain + (isThousands ? "" : ".") + digits[digits.index(after: mark)...]
        }
        guard let amount = Double(digits), amount.isFinite, amount >= 0 else { return .unreadable }
        return .amount(amount)
    }
}
