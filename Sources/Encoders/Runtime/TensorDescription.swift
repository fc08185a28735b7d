internal import COnnxRuntime

/// One input or output as a model states it.
package struct TensorDescription: Sendable, Equatable {
    package enum ElementType: Sendable, Equatable {
        case float32
        case float16
        case int32
        case int64
        /// Another of the library's types, by its number; 0 for what is no tensor.
        case other(Int)
    }

    package let name: String
    package let elementType: ElementType
    /// Lengths; nil where the model leaves one open.
    package let shape: [Int?]

    package init(name: String, elementType: ElementType, shape: [Int?]) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
    }

    init(_ description: atelier_onnx_description) {
        var description = description
        name = withUnsafeBytes(of: &description.name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        elementType = ElementType(number: description.type)
        shape = withUnsafeBytes(of: &description.dimensions) { bytes in
            bytes.bindMemory(to: Int64.self).prefix(description.rank).map { $0 < 0 ? nil : Int($0) }
        }
    }
}

extension TensorDescription.ElementType {
    init(number: Int32) {
        self =
            switch UInt32(bitPattern: number) {
            case ATELIER_ONNX_FLOAT.rawValue: .float32
            case ATELIER_ONNX_FLOAT16.rawValue: .float16
            case ATELIER_ONNX_INT32.rawValue: .int32
            case ATELIER_ONNX_INT64.rawValue: .int64
            default: .other(Int(number))
            }
    }
}

extension TensorDescription: CustomStringConvertible {
    /// "float32 n x 3 x 224 x 224" for instance, n where a length is open.
    package var description: String {
        let type =
            switch elementType {
            case .float32: "float32"
            case .float16: "float16"
            case .int32: "int32"
            case .int64: "int64"
            case .other(0): "no tensor"
            case .other(let number): "type \(number)"
            }
        return shape.isEmpty ? type : "\(type) \(shape.map { $0.map(String.init) ?? "n" }.joined(separator: " x "))"
    }
}
