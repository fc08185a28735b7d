/// A number of a report, or null: JSON knows neither NaN nor infinity, and a key that comes and goes is not stable.
package struct Figure: Sendable, Equatable, Codable {
    package let value: Double?

    /// NaN and infinities become null.
    package init(_ value: Double?) {
        self.value = value.flatMap { $0.isFinite ? $0 : nil }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = container.decodeNil() ? nil : try container.decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

/// An interval of a report, `[lower, upper]` or null.
package struct IntervalFigure: Sendable, Equatable, Codable {
    package let value: ConfidenceInterval?

    package init(_ value: ConfidenceInterval?) {
        self.value = value.flatMap { $0.lower.isFinite && $0.upper.isFinite ? $0 : nil }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = container.decodeNil() ? nil : try container.decode(ConfidenceInterval.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
