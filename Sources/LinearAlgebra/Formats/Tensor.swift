/// An array of any shape as a `.safetensors` file holds it: type, shape and bytes.
package struct Tensor: Sendable, Equatable {
    package let type: ElementType
    package let shape: [Int]
    /// The elements in C order, little-endian.
    package let bytes: [UInt8]

    package init<Element: StoredElement>(_ values: [Element], shape: [Int]) {
        precondition(shape.reduce(1, *) == values.count, "values do not fill \(shape)")
        self.init(type: Element.elementType, shape: shape, bytes: storedBytes(of: values))
    }

    /// A vector.
    package init<Element: StoredElement>(_ values: [Element]) {
        self.init(values, shape: [values.count])
    }

    package init(_ matrix: Matrix) {
        self.init(matrix.values, shape: [matrix.rowCount, matrix.columnCount])
    }

    init(type: ElementType, shape: [Int], bytes: [UInt8]) {
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// The elements, or nil where they are of another type.
    package func values<Element: StoredElement>(as type: Element.Type = Element.self) -> [Element]? {
        guard self.type == Element.elementType else { return nil }
        return storedElements(bytes, at: 0, count: bytes.count / self.type.byteCount)
    }

    /// The matrix, or nil where this is not two-dimensional of 32-bit floats.
    package var matrix: Matrix? {
        guard shape.count == 2, let values = values(as: Float.self) else { return nil }
        return Matrix(rowCount: shape[0], columnCount: shape[1], values: values)
    }
}
