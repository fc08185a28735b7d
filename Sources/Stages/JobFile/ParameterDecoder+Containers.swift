/// Reading of single values: what the file says if it can be read as the type, else a report and the default.
extension ParameterDecoder {
    func truth() throws -> Bool {
        try leaf("true or false", { $0.truth }) {
            if case .truth(let value) = $0 { value } else { nil }
        }
    }

    func text() throws -> String {
        try leaf("a text", { $0.text }) {
            if case .text(let value) = $0 { value } else { nil }
        }
    }

    func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let expected =
            node?.looksWhole == true ? "a whole number from \(Number.min) to \(Number.max)" : "a whole number"
        return try leaf(expected, { $0.integer(as: type) }) {
            if case .number(let digits) = $0 { Number(digits) } else { nil }
        }
    }

    func floating<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ type: Number.Type) throws -> Number {
        try leaf("a number", { $0.number.map { Number($0) }.flatMap { $0.isFinite ? $0 : nil } }) {
            if case .number(let digits) = $0 { Number(digits) } else { nil }
        }
    }

    private func leaf<Value>(
        _ expected: String, _ read: (JobNode) -> Value?, _ recall: (ParameterValue) -> Value?
    ) throws -> Value {
        if let node {
            if let value = read(node) { return value }
            let problem = node.isNull ? missing() : mismatch(expected)
            guard let standard, let value = recall(standard) else { throw problem }
            return value
        }
        guard let standard, let value = recall(standard) else { throw missing() }
        return value
    }
}

/// A section or a free-form map.
struct KeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: ParameterDecoder
    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        if let entries = decoder.node?.entries { return entries.compactMap { Key(stringValue: $0.key) } }
        return (decoder.standard?.fields ?? []).compactMap { Key(stringValue: $0.key) }
    }

    private func member(_ key: Key) -> ParameterDecoder {
        let name = decoder.isFreeForm ? key.stringValue : ParameterKey.snakeCase(key.stringValue)
        let entry = decoder.node?.entry(name)
        // What the file gives of a map replaces the default map.
        let standard = decoder.isFreeForm && decoder.node != nil ? nil : decoder.standard?[key: name]
        var value = entry?.value
        if let entry, entry.value.isNull { value?.location = entry.keyLocation }
        return ParameterDecoder(
            node: value, standard: standard, key: decoder.member(name), scope: decoder.scope,
            fallback: entry?.keyLocation ?? decoder.location, report: decoder.report)
    }

    func contains(_ key: Key) -> Bool {
        let member = member(key)
        return member.node != nil || member.standard != nil
    }

    func decodeNil(forKey key: Key) -> Bool { member(key).isNothing }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try member(key).decode(type) }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? { try optional(type, key) }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try optional(type, key) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try optional(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(type, key) }

    /// A wrong value of an optional that is nil by default is reported, and nil taken.
    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        let member = member(key)
        guard !member.isNothing else { return nil }
        do {
            return try member.decode(type)
        } catch let problem as ParameterAbandoned {
            guard member.standard == .null else { throw problem }
            return nil
        }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try member(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { member(key) }
}

/// A list: the file's elements, or else the default's.
struct ListReader: UnkeyedDecodingContainer {
    let decoder: ParameterDecoder
    private(set) var currentIndex = 0

    init(decoder: ParameterDecoder) { self.decoder = decoder }

    var codingPath: [any CodingKey] { [] }
    var isAtEnd: Bool { currentIndex >= count ?? 0 }

    var count: Int? {
        if let elements = decoder.node?.elements { return elements.count }
        if case .list(let values) = decoder.standard { return values.count }
        return 0
    }

    private var element: ParameterDecoder {
        var standard: ParameterValue?
        if decoder.node == nil, case .list(let values) = decoder.standard { standard = values[currentIndex] }
        return ParameterDecoder(
            node: decoder.node?.elements?[currentIndex], standard: standard, key: "\(decoder.key)[\(currentIndex)]",
            scope: decoder.scope, fallback: decoder.location, report: decoder.report)
    }

    private mutating func next() throws -> ParameterDecoder {
        guard !isAtEnd else { throw decoder.missing() }
        defer { currentIndex += 1 }
        return element
    }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, element.isNothing else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        try next().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }
}

/// A scalar, or a type that reads itself.
struct ValueReader: SingleValueDecodingContainer {
    let decoder: ParameterDecoder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { decoder.isNothing }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.truth() }
    func decode(_ type: String.Type) throws -> String { try decoder.text() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.floating(type) }
    func decode(_ type: Float.Type) throws -> Float { try decoder.floating(type) }
    func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
}
