internal import Foundation

/// One axis of a chart: a range of values and round marks on it.
///
/// Marks are whole multiples of 1, 2 or 5 times a power of ten, so their labels are exact digits of whole numbers and not
/// the roundings of a formatter.
struct ChartAxis {
    let lower: Double
    let upper: Double
    private let digit: Int
    private let exponent: Int
    private let multiples: ClosedRange<Int>

    /// - Parameters:
    ///   - markCount: marks at most, about.
    ///   - isWhole: whether values between whole numbers make no sense.
    init(_ values: ClosedRange<Double>, markCount: Int = 5, isWhole: Bool = false) {
        var extent = values.upperBound - values.lowerBound
        if !(extent > 0) { extent = max(abs(values.upperBound) * 0.1, isWhole ? 1 : 0.001) }
        let wanted = extent / Double(markCount)
        var exponent = Int(log10(wanted).rounded(.down))
        var digit = 10
        for candidate in [5, 2, 1] where Double(candidate) * pow(10, Double(exponent)) >= wanted { digit = candidate }
        if digit == 10 { (digit, exponent) = (1, exponent + 1) }
        if isWhole, exponent < 0 { (digit, exponent) = (1, 0) }
        self.digit = digit
        self.exponent = exponent
        let step = Double(digit) * pow(10, Double(exponent))
        let first = Int((values.lowerBound / step + 1e-9).rounded(.down))
        let last = max(first + 1, Int((values.upperBound / step - 1e-9).rounded(.up)))
        multiples = first...last
        lower = Double(first) * step
        upper = Double(last) * step
    }

    /// Where a value lies, 0 at the lower end and 1 at the upper.
    func share(_ value: Double) -> Double { (value - lower) / (upper - lower) }

    var marks: [(share: Double, label: String)] {
        multiples.map { multiple in
            (
                Double(multiple - multiples.lowerBound) / Double(multiples.count - 1),
                Self.label(multiple * digit, exponent)
            )
        }
    }

    /// `number` times ten to the `exponent`, in digits: 25 and -2 is 0.25.
    static func label(_ number: Int, _ exponent: Int) -> String {
        if number == 0 { return "0" }
        if exponent < -5 || exponent > 6 { return "\(number)e\(exponent)" }
        let sign = number < 0 ? "-" : ""
        var digits = String(abs(number))
        if exponent >= 0 { return sign + digits + String(repeating: "0", count: exponent) }
        if digits.count <= -exponent { digits = String(repeating: "0", count: 1 - exponent - digits.count) + digits }
        var fraction = String(digits.suffix(-exponent))
        while fraction.last == "0" { fraction.removeLast() }
        let whole = sign + String(digits.dropLast(-exponent))
        return fraction.isEmpty ? whole : whole + "." + fraction
    }
}
