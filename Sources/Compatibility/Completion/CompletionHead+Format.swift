internal import LinearAlgebra

extension CompletionHead {
    /// What the description of a model file says of one.
    struct Description: Codable {
        var hidden: Int
        var pairUnits: Int
        var networks: Int
    }

    var description: Description {
        Description(
            hidden: networks.first?.shape.hidden ?? 1, pairUnits: networks.first?.shape.pairUnits ?? 1,
            networks: networks.count)
    }

    func store(in file: inout SafeTensors, as name: String) {
        func put(_ part: String, _ tensor: Tensor) { file.tensors["\(name).\(part)"] = tensor }
        put("blend", Tensor([Float(blend.networks), Float(blend.pairs)]))
        for (prefix, scale) in [("", scales.whole), ("pair-", scales.pairs)] {
            put(prefix + "mean", Tensor(scale.mean))
            put(prefix + "scale", Tensor(scale.scale))
        }
        for (number, network) in networks.enumerated() { put("network-\(number)", Tensor(network.parameters)) }
    }

    init(
        file: SafeTensors, as name: String, description: Description, traits: ItemTraits, content: ItemContent
    ) throws {
        func numbers(_ part: String, count: Int) throws -> [Float] {
            let values = try file.values("\(name).\(part)", as: Float.self, count: count)
            guard values.allSatisfy(\.isFinite) else { throw ModelError.damagedDescription("\(name).\(part)") }
            return values
        }
        guard (1...16384).contains(description.hidden), (1...16384).contains(description.pairUnits),
            (1...1024).contains(description.networks)
        else { throw ModelError.damagedDescription(name) }
        let shape = CompletionNetwork.Shape(
            inputs: CompletionFeatures.names(of: traits).count,
            pairInputs: CompletionFeatures.pairNames(of: traits).count, contentInputs: content.columnCount,
            pairUnits: description.pairUnits, hidden: description.hidden)
        func scale(_ prefix: String, count: Int) throws -> FeatureScale {
            FeatureScale(
                mean: try numbers(prefix + "mean", count: count), scale: try numbers(prefix + "scale", count: count))
        }
        scales = CompletionScales(
            whole: try scale("", count: shape.inputs), pairs: try scale("pair-", count: shape.pairInputs))
        networks = try (0..<description.networks).map {
            CompletionNetwork(shape: shape, parameters: try numbers("network-\($0)", count: shape.parameterCount))
        }
        let weights = try numbers("blend", count: 2)
        guard weights.allSatisfy({ $0 >= 0 }) else { throw ModelError.damagedDescription("\(name).blend") }
        blend = CompletionBlend(networks: Double(weights[0]), pairs: Double(weights[1]))
    }
}
