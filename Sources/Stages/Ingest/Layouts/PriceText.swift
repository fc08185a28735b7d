/// A price as a dataset writes it.
enum PriceText: Equatable {
    /// Nothing is written.
    case none
    case amount(Double)
    /// Something is written that is no amount.
    case unreadable

    /// Reads digits with a decimal point or comma (`19.99`, `1,299.00`, `19,99 €`), a currency sign or code around them.
    static func value(of text: String) -> PriceText {
        let marks: Set<Character> = ["$", "€", "£", "¥", " ", "\u{A0}"]
        var digits = text.filter { !marks.contains($0) && !$0.isLetter }
        if digits.isEmpty { return text.allSatisfy(marks.contains) ? .none : .unreadable }
        if let comma = digits.lastIndex(of: ",") {
            let isDecimal = !digits.contains(".") && digits.distance(from: comma, to: digits.endIndex) == 3
            if isDecimal { digits.replaceSubrange(comma...comma, with: ".") }
            digits.removeAll { $0 == "," }
        }
        guard let amount = Double(digits), amount.isFinite, amount >= 0 else { return .unreadable }
        return .amount(amount)
    }
}
