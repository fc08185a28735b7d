internal import LinearAlgebra

extension CompletionModel {
    /// What the description of a model file says of its completion model.
    struct Description: Codable {
        var attributes: [String]
        var hidden: Int
        var pairUnits: Int
        var networks: Int
    }

    var description: Description {
        Description(
            attributes: traits.attributeNames, hidden: networks.first?.shape.hidden ?? 1,
            pairUnits: networks.first?.shape.pairUnits ?? 1, networks: networks.count)
    }

    func store(in file: inout SafeTensors) {
        func put(_ name: String, _ tensor: Tensor) { file.tensors["completion." + name] = tensor }
        put("categories", Tensor(traits.categories))
        put("families", Tensor(traits.families))
        put("leaves", Tensor(traits.leaves))
        put("variants", Tensor(traits.variants))
        for (number, column) in traits.attributes.enumerated() { put("attribute-\(number)", Tensor(column)) }
        put("outfits", Tensor(counts.outfits))
        put("variant-outfits", Tensor(counts.variantOutfits))
        put("family-outfits", Tensor(counts.familyOutfits))
        put("family-lift", Tensor(counts.familyLift))
        put("own.counts", Tensor(counts.own.counts))
        put("own.greatest", Tensor(counts.own.greatest))
        put("own.together", Tensor(counts.own.ofFirst.values))
        put("neighbours.offsets", Tensor(resemblance.neighbours.offsets.map(Int32.init)))
        put("neighbours.items", Tensor(resemblance.neighbours.items))
        put("neighbours.distances", Tensor(resemblance.neighbours.distances))
        put("outfit.offsets", Tensor(resemblance.outfitOffsets.map(Int32.init)))
        put("outfit.items", Tensor(resemblance.outfitItems))
        var tables = [("meetings", counts.meetings), ("variant-meetings", counts.variantMeetings)]
        for (number, lift) in counts.lifts.enumerated() {
            put("lift-\(number).occurrences", Tensor(lift.occurrences))
            tables.append(("lift-\(number)", lift.meetings))
        }
        for (name, table) in tables {
            put("\(name).offsets", Tensor(table.offsets.map(Int32.init)))
            put("\(name).partners", Tensor(table.partners))
            put("\(name).values", Tensor(table.values))
        }
        put("blend", Tensor([Float(blend.networks), Float(blend.pairs)]))
        for (name, scale) in [("", scale), ("pair-", pairScale)] {
            put(name + "mean", Tensor(scale.mean))
            put(name + "scale", Tensor(scale.scale))
        }
        for (number, network) in networks.enumerated() { put("network-\(number)", Tensor(network.parameters)) }
    }

    /// The model of a file whose description names one.
    init(file: SafeTensors, description: Description) throws {
        func integers(_ name: String) throws -> [Int32] { try file.values("completion." + name, as: Int32.self) }
        func numbers(_ name: String, count: Int? = nil) throws -> [Float] {
            let values = try file.values("completion." + name, as: Float.self, count: count)
            guard values.allSatisfy(\.isFinite) else { throw ModelError.damagedDescription("completion \(name)") }
            return values
        }
        func table(_ name: String) throws -> PairTable {
            let table = PairTable(
                offsets: try integers("\(name).offsets").map(Int.init), partners: try integers("\(name).partners"),
                values: try numbers("\(name).values"))
            guard let table else { throw ModelError.damagedDescription("completion \(name)") }
            return table
        }
        guard (1...16384).contains(description.hidden), (1...16384).contains(description.pairUnits),
            (1...1024).contains(description.networks),
            let traits = ItemTraits(
                categories: try integers("categories"), families: try integers("families"),
                leaves: try integers("leaves"), variants: try integers("variants"),
                attributes: try description.attributes.indices.map { try integers("attribute-\($0)") },
                attributeNames: description.attributes)
        else { throw ModelError.damagedDescription("completion") }
        let meetings = try table("meetings")
        let own = OwnOutfits(
            counts: try numbers("own.counts"), greatest: try numbers("own.greatest"),
            together: try numbers("own.together", count: meetings.values.count), meetings: meetings)
        let lifts = try traits.pairedGroups.indices.map { number in
            GroupLift(
                occurrences: try numbers("lift-\(number).occurrences"), meetings: try table("lift-\(number)"))
        }
        guard
            let counts = CompanyCounts(
                outfits: try numbers("outfits"), meetings: meetings,
                variantOutfits: try numbers("variant-outfits"), variantMeetings: try table("variant-meetings"),
                familyOutfits: try numbers("family-outfits"),
                familyLift: try file.matrix("completion.family-lift"), lifts: lifts, own: own, traits: traits)
        else { throw ModelError.damagedDescription("completion") }
        guard
            let neighbours = ItemNeighbours(
                offsets: try integers("neighbours.offsets").map(Int.init), items: try integers("neighbours.items"),
                distances: try numbers("neighbours.distances")),
            neighbours.itemCount == traits.itemCount,
            let resemblance = OutfitResemblance(
                outfitOffsets: try integers("outfit.offsets").map(Int.init), outfitItems: try integers("outfit.items"),
                neighbours: neighbours)
        else { throw ModelError.damagedDescription("completion outfits") }
        self.traits = traits
        self.counts = counts
        self.resemblance = resemblance
        let (inputs, pairInputs) = (
            CompletionFeatures.names(of: traits).count, CompletionFeatures.pairNames(of: traits).count
        )
        scale = FeatureScale(mean: try numbers("mean", count: inputs), scale: try numbers("scale", count: inputs))
        pairScale = FeatureScale(
            mean: try numbers("pair-mean", count: pairInputs), scale: try numbers("pair-scale", count: pairInputs))
        let shape = CompletionNetwork.Shape(
            inputs: inputs, pairInputs: pairInputs, pairUnits: description.pairUnits, hidden: description.hidden)
        let weights = try numbers("blend", count: 2)
        guard weights.allSatisfy({ $0 >= 0 }) else { throw ModelError.damagedDescription("completion blend") }
        blend = CompletionBlend(networks: Double(weights[0]), pairs: Double(weights[1]))
        networks = try (0..<description.networks).map {
            CompletionNetwork(
                shape: shape, parameters: try numbers("network-\($0)", count: shape.parameterCount))
        }
    }
}
