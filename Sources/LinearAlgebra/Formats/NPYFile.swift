/// What is wrong with a `.npy` file.
package enum NPYError: Error, Sendable, Equatable {
    case notNPY
    case unsupportedVersion(major: UInt8, minor: UInt8)
    case malformedHeader(String)
    /// An element type outside `ElementType`, or big-endian; as the file writes it.
    case unsupportedType(String)
    case unexpectedType(expected: ElementType, found: ElementType)
    case unexpectedShape(expected: String, found: [Int])
    /// Columns first, which nothing here writes.
    case fortranOrder
    case truncated(expectedByteCount: Int, byteCount: Int)
    case trailingBytes(count: Int)
}

/// `.npy` arrays as NumPy and everything around it reads them; bytes in memory, no files.
///
/// Matrices have two dimensions, vectors one. Reading checks type, shape and length to the byte, so that a truncated or
/// grown file is an error and never a shorter result.
package enum NPYFile {
    package static func encode(_ matrix: Matrix) -> [UInt8] {
        encode(matrix.values, shape: [matrix.rowCount, matrix.columnCount])
    }

    package static func encode<Element: StoredElement>(_ vector: [Element]) -> [UInt8] {
        encode(vector, shape: [vector.count])
    }

    private static func encode<Element: StoredElement>(_ elements: [Element], shape: [Int]) -> [UInt8] {
        var bytes = NPYHeader(type: Element.elementType, shape: shape).encoded()
        elements.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// The bytes of rows or elements alone, for a writer that has already written the header of the final shape.
    package static func elementBytes<Element: StoredElement>(_ elements: [Element]) -> [UInt8] {
        storedBytes(of: elements)
    }

    /// A matrix of 32-bit floats.
    package static func decodeMatrix(_ bytes: [UInt8]) throws(NPYError) -> Matrix {
        let (header, values) = try decode(bytes, as: Float.self)
        guard header.shape.count == 2 else { throw .unexpectedShape(expected: "two dimensions", found: header.shape) }
        return Matrix(rowCount: header.shape[0], columnCount: header.shape[1], values: values)
    }

    /// A vector of one element type.
    package static func decodeVector<Element: StoredElement>(
        _ bytes: [UInt8], as type: Element.Type = Element.self
    ) throws(NPYError) -> [Element] {
        let (header, values) = try decode(bytes, as: type)
        guard header.shape.count == 1 else { throw .unexpectedShape(expected: "one dimension", found: header.shape) }
        return values
    }

    /// The elements of an array of any shape, in C order, and its header.
    package static func decode<Element: StoredElement>(
        _ bytes: [UInt8], as type: Element.Type
    ) throws(NPYError) -> (header: NPYHeader, values: [Element]) {
        let (header, offset) = try NPYHeader.decode(bytes)
        guard header.type == Element.elementType else {
            throw .unexpectedType(expected: Element.elementType, found: header.type)
        }
        guard let count = header.elementCount, let byteCount = header.elementsByteCount,
            byteCount <= Int.max - offset
        else { throw .malformedHeader("the shape holds more than memory can") }
        guard bytes.count >= offset + byteCount else {
            throw .truncated(expectedByteCount: offset + byteCount, byteCount: bytes.count)
        }
        guard bytes.count == offset + byteCount else {
            throw .trailingBytes(count: bytes.count - offset - byteCount)
        }
        return (header, storedElements(bytes, at: offset, count: count))
    }
}
