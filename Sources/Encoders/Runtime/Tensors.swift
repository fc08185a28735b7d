internal import COnnxRuntime

/// One input to a run: elements in C order.
package struct InputTensor: Sendable {
    package enum Elements: Sendable {
        case float32([Float])
        case int32([Int32])
        case int64([Int64])
    }

    package let name: String
    package let shape: [Int]
    package let elements: Elements

    /// The elements must fill the shape.
    package init(name: String, shape: [Int], elements: Elements) {
        let count =
            switch elements {
            case .float32(let values): values.count
            case .int32(let values): values.count
            case .int64(let values): values.count
            }
        precondition(count == shape.reduce(1, *), "elements do not fill \(shape)")
        self.name = name
        self.shape = shape
        self.elements = elements
    }

    private var type: Int32 {
        switch elements {
        case .float32: Int32(ATELIER_ONNX_FLOAT.rawValue)
        case .int32: Int32(ATELIER_ONNX_INT32.rawValue)
        case .int64: Int32(ATELIER_ONNX_INT64.rawValue)
        }
    }

    private func withElementBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch elements {
        case .float32(let values): values.withUnsafeBytes(body)
        case .int32(let values): values.withUnsafeBytes(body)
        case .int64(let values): values.withUnsafeBytes(body)
        }
    }

    /// Calls `body` with the tensors as the C side takes them; nothing of them may be kept.
    static func withNative(
        _ tensors: [InputTensor], _ body: (UnsafePointer<atelier_onnx_tensor>?, Int) -> Int32
    ) -> Int32 {
        func descend(_ rest: ArraySlice<InputTensor>, _ ready: [atelier_onnx_tensor]) -> Int32 {
            guard let tensor = rest.first else {
                return ready.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
            }
            return tensor.name.withCString { name in
                tensor.withElementBytes { bytes in
                    tensor.shape.map(Int64.init).withUnsafeBufferPointer { dimensions in
                        let native = atelier_onnx_tensor(
                            name: name, type: tensor.type, elements: bytes.baseAddress, byte_count: bytes.count,
                            dimensions: dimensions.baseAddress, rank: dimensions.count)
                        return descend(rest.dropFirst(), ready + [native])
                    }
                }
            }
        }
        return descend(tensors[...], [])
    }
}

/// One output of a run: 32-bit floats in C order.
package struct OutputTensor: Sendable, Equatable {
    package let shape: [Int]
    package let values: [Float]

    package init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "values do not fill \(shape)")
        self.shape = shape
        self.values = values
    }

    init(_ output: atelier_onnx_output) {
        var output = output
        let shape = withUnsafeBytes(of: &output.dimensions) { bytes in
            bytes.bindMemory(to: Int64.self).prefix(output.rank).map { Int($0) }
        }
        let count = shape.reduce(1, *)
        self.init(shape: shape, values: Array(UnsafeBufferPointer(start: output.elements, count: count)))
    }
}
