package import Foundation

/// Numbers as people read them. One way everywhere, whatever the locale.
package enum Amounts {
    /// `8,786`.
    package static func count(_ count: Int) -> String {
        let digits = String(count.magnitude)
        var grouped = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return count < 0 ? "-" + grouped : grouped
    }

    /// `0.04 s`, `12.3 s`, `3 min 20 s`, `1 h 5 min`.
    package static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "? s" }
        if seconds < 1 { return String(format: "%.2f s", seconds) }
        if seconds < 59.95 { return String(format: "%.1f s", seconds) }
        let whole = Int(min(seconds.rounded(), 1e12))
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// `7 s left` needs no tenths: whole seconds up to a minute, then as `seconds`.
    package static func roughSeconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "?" }
        return seconds < 59.5 ? "\(Int(seconds.rounded())) s" : Self.seconds(seconds)
    }

    /// `512 KiB`, `1.2 GiB`.
    package static func bytes(_ count: Int) -> String {
        var amount = Double(count)
        for unit in ["bytes", "KiB", "MiB", "GiB"] {
            if amount < 1000 || unit == "GiB" {
                return unit == "bytes" || amount >= 100
                    ? "\(Int(amount.rounded())) \(unit)" : String(format: "%.1f %@", amount, unit)
            }
            amount /= 1024
        }
        return "\(count) bytes"
    }

    /// `612/s`, `1.4/s`.
    package static func rate(_ perSecond: Double) -> String {
        perSecond >= 10 ? "\(count(Int(perSecond.rounded())))/s" : String(format: "%.1f/s", perSecond)
    }

    /// One noun, or several: `1 stage`, `3 stages`.
    package static func count(_ count: Int, _ noun: String) -> String {
        "\(Self.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `2026-11-22 05:18:33` in local time.
    package static func moment(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        return formatter.string(from: date)
    }
}
