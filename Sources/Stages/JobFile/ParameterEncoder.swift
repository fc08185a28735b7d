extension ParameterValue {
    /// Lays out parameters as data, every property included: an optional that is nil becomes `null`.
    init(of parameters: any Encodable) {
        let box = ValueBox()
        do {
            try box.put(parameters)
            self = box.value
        } catch {
            // The encoder below never throws; only a hand-written `encode(to:)` could.
            self = .text("\(error)")
        }
    }
}

/// A free-form map: its keys are data.
protocol FreeFormMap {}
extension Dictionary: FreeFormMap where Key == String {}

/// A value while it is being written: containers are handed out before they are filled.
private final class ValueBox {
    private enum State {
        case whole(ParameterValue)
        case list([ValueBox])
        case keyed([(key: String, box: ValueBox)])
    }

    private var state = State.whole(.null)
    /// Whether the keys are data and stay as they are.
    private var isFreeForm = false

    var value: ParameterValue {
        switch state {
        case .whole(let value): return value
        case .list(let boxes): return .list(boxes.map(\.value))
        case .keyed(let members):
            let fields = members.map { ParameterValue.Field(key: $0.key, value: $0.box.value) }
            return isFreeForm ? .map(fields.sorted { $0.key < $1.key }) : .section(fields)
        }
    }

    var count: Int {
        if case .list(let boxes) = state { boxes.count } else { 0 }
    }

    func set(_ value: ParameterValue) { state = .whole(value) }

    func put(_ value: any Encodable) throws {
        isFreeForm = value is any FreeFormMap
        try value.encode(to: ValueEncoder(box: self))
    }

    func beginKeyed() {
        if case .keyed = state { return }
        state = .keyed([])
    }

    func beginList() {
        if case .list = state { return }
        state = .list([])
    }

    func member(_ key: any CodingKey) -> ValueBox {
        let name = isFreeForm ? key.stringValue : ParameterKey.snakeCase(key.stringValue)
        let box = ValueBox()
        if case .keyed(let members) = state { state = .keyed(members + [(name, box)]) }
        return box
    }

    func element() -> ValueBox {
        let box = ValueBox()
        if case .list(let boxes) = state { state = .list(boxes + [box]) }
        return box
    }
}

private struct ValueEncoder: Encoder {
    let box: ValueBox
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        box.beginKeyed()
        return KeyedEncodingContainer(KeyedWriter<Key>(box: box))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        box.beginList()
        return ListWriter(box: box)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { ValueWriter(box: box) }
}

private struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: ValueBox
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { box.member(key).set(.null) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try box.member(key).put(value) }

    // Without these an optional that is nil would leave no trace.
    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try write(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try write(value, key) }

    private func write<T: Encodable>(_ value: T?, _ key: Key) throws {
        if let value { try box.member(key).put(value) } else { encodeNil(forKey: key) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        ValueEncoder(box: box.member(key)).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        ValueEncoder(box: box.member(key)).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { ValueEncoder(box: ValueBox()) }
    func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder(box: box.member(key)) }
}

private struct ListWriter: UnkeyedEncodingContainer {
    let box: ValueBox
    var codingPath: [any CodingKey] { [] }
    var count: Int { box.count }

    func encodeNil() { box.element().set(.null) }
    func encode<T: Encodable>(_ value: T) throws { try box.element().put(value) }
    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        ValueEncoder(box: box.element()).container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        ValueEncoder(box: box.element()).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { ValueEncoder(box: box.element()) }
}

private struct ValueWriter: SingleValueEncodingContainer {
    let box: ValueBox
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { box.set(.null) }
    func encode<T: Encodable>(_ value: T) throws { try box.put(value) }
    func encode(_ value: Bool) { box.set(.truth(value)) }
    func encode(_ value: String) { box.set(.text(value)) }
    func encode(_ value: Double) { box.set(.init(floating: value)) }
    func encode(_ value: Float) { box.set(.init(floating: value)) }
    func encode(_ value: Int) { box.set(.number(value.description)) }
    func encode(_ value: Int8) { box.set(.number(value.description)) }
    func encode(_ value: Int16) { box.set(.number(value.description)) }
    func encode(_ value: Int32) { box.set(.number(value.description)) }
    func encode(_ value: Int64) { box.set(.number(value.description)) }
    func encode(_ value: UInt) { box.set(.number(value.description)) }
    func encode(_ value: UInt8) { box.set(.number(value.description)) }
    func encode(_ value: UInt16) { box.set(.number(value.description)) }
    func encode(_ value: UInt32) { box.set(.number(value.description)) }
    func encode(_ value: UInt64) { box.set(.number(value.description)) }
}
