/// A model's text inputs: the numbers of the tokens, and what goes with them where the model asks for it.
struct TextInputs: Sendable {
    private enum Role: String, CaseIterable {
        case ids = "input_ids"
        case mask = "attention_mask"
        case types = "token_type_ids"
        case positions = "position_ids"
    }

    private struct Input {
        let name: String
        let role: Role
        let isWide: Bool
    }

    /// The length of every row, where the model fixes it.
    let fixedTokenCount: Int?
    /// Rows a run: 1, or what the model fixes.
    let batchSize: Int
    private let inputs: [Input]

    init(session: OnnxSession) throws(EncoderError) {
        let model = session.modelPath
        var inputs: [Input] = []
        for tensor in session.inputs {
            // The one input of a model that has no other holds the numbers, whatever its name.
            guard let role = Role(rawValue: tensor.name) ?? (session.inputs.count == 1 ? .ids : nil) else {
                throw .tensorUnsuitable(
                    model: model, tensor: tensor.name,
                    expected: "one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))", found: "another input")
            }
            guard tensor.shape.count == 2, tensor.elementType == .int64 || tensor.elementType == .int32 else {
                throw .tensorUnsuitable(
                    model: model, tensor: tensor.name, expected: "int64 or int32 n x tokens", found: tensor.description)
            }
            inputs.append(Input(name: tensor.name, role: role, isWide: tensor.elementType == .int64))
        }
        guard inputs.contains(where: { $0.role == .ids }) else {
            throw .tensorNotFound(model: model, wanted: Role.ids.rawValue, available: session.inputs.map(\.name))
        }
        self.inputs = inputs
        fixedTokenCount = session.inputs.compactMap { $0.shape[1] }.first
        batchSize = session.inputs.compactMap { $0.shape[0] }.first ?? 1
    }

    /// One text's tensors; where the model fixes a batch, the text stands in each of its rows.
    func tensors(_ ids: [Int], paddingID: Int) -> [InputTensor] {
        let length = fixedTokenCount ?? ids.count
        let padding = length - ids.count
        return inputs.map { input in
            let row: [Int] =
                switch input.role {
                case .ids: ids + [Int](repeating: paddingID, count: padding)
                case .mask: [Int](repeating: 1, count: ids.count) + [Int](repeating: 0, count: padding)
                case .types: [Int](repeating: 0, count: length)
                case .positions: Array(0..<length)
                }
            let values = (0..<batchSize).flatMap { _ in row }
            return InputTensor(
                name: input.name, shape: [batchSize, length],
                elements: input.isWide
                    ? .int64(values.map(Int64.init)) : .int32(values.map { Int32(truncatingIfNeeded: $0) }))
        }
    }
}
