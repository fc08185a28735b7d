internal import LinearAlgebra

extension CompletionModel {
    /// What the description of a model file says of its completion model.
    struct Description: Codable {
        var attributes: [String]
        /// Columns of what items are like.
        var contentColumns: Int
        var outfits: CompletionHead.Description
        /// Nil without one.
        var single: CompletionHead.Description?
    }

    var description: Description {
        Description(
            attributes: traits.attributeNames, contentColumns: content.columnCount, outfits: outfits.description,
            single: single?.description)
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
        put("own.counts", Tensor(counts.own.counts))
        put("own.greatest", Tensor(counts.own.greatest))
        put("own.together", Tensor(counts.own.ofFirst.values))
        put("neighbours.offsets", Tensor(resemblance.neighbours.offsets.map(Int32.init)))
        put("neighbours.items", Tensor(resemblance.neighbours.items))
        put("neighbours.distances", Tensor(resemblance.neighbours.distances))
        put("outfit.offsets", Tensor(resemblance.outfitOffsets.map(Int32.init)))
        put("outfit.items", Tensor(resemblance.outfitItems))
        put("content", Tensor(content.rows.values))
        var tables = [("meetings", counts.meetings), ("variant-meetings", counts.variantMeetings)]
        for (name, lift) in [("families", counts.families)] + counts.lifts.enumerated().map({ ("lift-\($0)", $1) }) {
            put("\(name).occurrences", Tensor(lift.occurrences))
            tables.append((name, lift.meetings))
        }
        for (name, table) in tables {
            put("\(name).offsets", Tensor(table.offsets.map(Int32.init)))
            put("\(name).partners", Tensor(table.partners))
            put("\(name).values", Tensor(table.values))
        }
        outfits.store(in: &file, as: "completion.of-outfits")
        single?.store(in: &file, as: "completion.of-single")
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
        guard
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
        func lift(_ name: String) throws -> GroupLift {
            GroupLift(occurrences: try numbers("\(name).occurrences"), meetings: try table(name))
        }
        guard
            let counts = CompanyCounts(
                outfits: try numbers("outfits"), meetings: meetings,
                variantOutfits: try numbers("variant-outfits"), variantMeetings: try table("variant-meetings"),
                families: try lift("families"),
                lifts: try traits.pairedGroups.indices.map { try lift("lift-\($0)") }, own: own, traits: traits)
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
        guard (0...65536).contains(description.contentColumns) else {
            throw ModelError.damagedDescription("completion")
        }
        content = ItemContent(
            rows: Matrix(
                rowCount: traits.itemCount, columnCount: description.contentColumns,
                values: try numbers("content", count: traits.itemCount * description.contentColumns)))
        self.traits = traits
        self.counts = counts
        self.resemblance = resemblance
        outfits = try CompletionHead(
            file: file, as: "completion.of-outfits", description: description.outfits, traits: traits,
            content: content)
        single = try description.single.map {
            try CompletionHead(
                file: file, as: "completion.of-single", description: $0, traits: traits, content: content)
        }
    }
}
