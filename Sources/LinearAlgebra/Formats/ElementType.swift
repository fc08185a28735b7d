/// What one element of a stored array is.
///
/// The set is what the artifacts need; a file of any other type is refused by name.
package enum ElementType: String, Sendable, CaseIterable {
    case float32, float64, int32, int64, uint8, uint64

    package var byteCount: Int {
        switch self {
        case .uint8: 1
        case .float32, .int32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// The `descr` of a `.npy` header, little-endian.
    package var npyDescription: String {
        switch self {
        case .float32: "<f4"
        case .float64: "<f8"
        case .int32: "<i4"
        case .int64: "<i8"
        case .uint8: "|u1"
        case .uint64: "<u8"
        }
    }

    /// The `dtype` of a `.safetensors` header.
    package var safeTensorsName: String {
        switch self {
        case .float32: "F32"
        case .float64: "F64"
        case .int32: "I32"
        case .int64: "I64"
        case .uint8: "U8"
        case .uint64: "U64"
        }
    }

    package init?(npyDescription: String) {
        // One byte has no byte order; NumPy writes '|', other writers '<'.
        let name = npyDescription == "<u1" ? "|u1" : npyDescription
        guard let type = Self.allCases.first(where: { $0.npyDescription == name }) else { return nil }
        self = type
    }

    package init?(safeTensorsName: String) {
        guard let type = Self.allCases.first(where: { $0.safeTensorsName == safeTensorsName }) else { return nil }
        self = type
    }
}

/// A number that artifacts hold, stored as its bytes in memory: every supported machine is little-endian.
package protocol StoredElement: BitwiseCopyable, Sendable, Equatable {
    static var elementType: ElementType { get }
    static var zero: Self { get }
}

extension Float: StoredElement { package static var elementType: ElementType { .float32 } }
extension Double: StoredElement { package static var elementType: ElementType { .float64 } }
extension Int32: StoredElement { package static var elementType: ElementType { .int32 } }
extension Int64: StoredElement { package static var elementType: ElementType { .int64 } }
extension UInt8: StoredElement { package static var elementType: ElementType { .uint8 } }
extension UInt64: StoredElement { package static var elementType: ElementType { .uint64 } }

/// The bytes of `values`, as they lie in memory.
func storedBytes<Element: StoredElement>(of values: [Element]) -> [UInt8] {
    values.withUnsafeBytes { Array($0) }
}

/// `count` elements read from `bytes` at `offset`, which need not be aligned. The caller has checked that they are there.
func storedElements<Element: StoredElement>(_ bytes: [UInt8], at offset: Int, count: Int) -> [Element] {
    precondition(offset >= 0 && count >= 0 && offset + count * MemoryLayout<Element>.stride <= bytes.count)
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        bytes.withUnsafeBytes { source in
            let wanted = UnsafeRawBufferPointer(
                rebasing: source[offset..<offset + count * MemoryLayout<Element>.stride])
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: wanted)
        }
        initialized = count
    }
}
