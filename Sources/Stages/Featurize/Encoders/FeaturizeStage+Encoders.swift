internal import Compatibility
internal import Encoders
internal import Features
internal import Foundation
internal import Logging
internal import Media
internal import Pipeline

/// The shards and blocks of neural encoders.
extension FeaturizeStage {
    /// What a new shard encodes: pictures by their digest, or texts by the words that they are made of.
    private enum Input {
        case picture(String)
        case text(TextToEncode)
    }

    /// One text of a shard, with the template that makes it: encoders of one model share a family of shards, and each asks
    /// for texts of its own.
    private struct TextToEncode: Codable {
        let words: ItemWords
        let template: TextTemplate
    }

    // MARK: Planning

    /// Finished shards that cover what the catalogue needs, then new ones for the rest. Where there is a rest the encoder
    /// is loaded, so that a missing library or an unfit model ends the stage before any work is done.
    func plan(
        _ encoder: EncoderBlock, of catalog: OutfitCatalog, descriptions: [String: String], _ context: StageContext
    ) throws -> [Shard] {
        let family = try encoder.family(context)
        var inputs: [String: Input] = [:]
        switch encoder.kind {
        case .pictures:
            for digest in catalog.items.compactMap(\.pictureDigest) { inputs[digest] = .picture(digest) }
        case .texts(_, let template):
            for item in catalog.items {
                let words = words(of: item, template, description: { descriptions[$0] })
                let text = template.text(of: words)
                if text.isEmpty && words.picture == nil { continue }
                // What a picture is described as depends on how it is measured, too.
                let key =
                    words.picture.map { ContentDigest.sha256(ofFields: [shardFamily, text, $0]) }
                    ?? Self.digest(of: text)
                inputs[key] = .text(TextToEncode(words: words, template: template))
            }
        }
        var uncovered = Set(inputs.keys)
        var plan: [Shard] = []
        for completed in try finishedShards(family, context) {
            let shard = EncodedShard(completed.folder)
            let covered = try shard.digests() + shard.refused().map(\.digest)
            guard covered.contains(where: uncovered.contains) else { continue }
            uncovered.subtract(covered)
            plan.append(completed.shard)
        }
        context.logger.info(
            "planned",
            metadata: ["encoder": "\(encoder.name)", "inputs": "\(inputs.count)", "to_encode": "\(uncovered.count)"])
        if !uncovered.isEmpty { _ = try loaded(encoder, context) }
        let remaining = uncovered.sorted()
        for start in stride(from: 0, to: remaining.count, by: settings.shardSize) {
            let keys = remaining[start..<min(remaining.count, start + settings.shardSize)]
            let fingerprint = ContentDigest.sha256(ofFields: [family] + encoder.kind.texts + keys)
            try write(keys.compactMap { inputs[$0] }, to: shardLists(context).appendingPathComponent(fingerprint))
            plan.append(
                Shard(
                    key: "\(encoder.name)-\(fingerprint.prefix(8))", fingerprint: fingerprint, weight: keys.count,
                    family: family))
        }
        return plan
    }

    private func write(_ inputs: [Input], to list: URL) throws {
        var lines = Data()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for input in inputs {
            switch input {
            case .picture(let digest): lines += Data(digest.utf8)
            case .text(let text): lines += try encoder.encode(text)
            }
            lines.append(0x0A)
        }
        try lines.write(to: list)
    }

    private func words(
        of item: CatalogItem, _ template: TextTemplate, description: (_ picture: String) -> String?
    ) -> ItemWords {
        var words = ItemWords(item, attributes: settings.text.selection)
        guard template.usesDescription, let picture = item.pictureDigest else { return words }
        if let text = description(picture) { words.description = text } else { words.picture = picture }
        return words
    }

    private static func digest(of text: String) -> String { ContentDigest.sha256(of: text.utf8) }

    private func loaded(_ encoder: EncoderBlock, _ context: StageContext) throws -> EncoderBlock.Loaded {
        try encoder.encoder(context) {
            try runtime {
                let path = settings.onnxruntime.isEmpty ? nil : JobFile.url(of: settings.onnxruntime, from: base).path
                let runtime = try OnnxRuntime.find(
                    path: path, folders: [base.path, FileManager.default.currentDirectoryPath])
                context.logger.info(
                    "ONNX Runtime", metadata: ["version": "\(runtime.version)", "path": "\(runtime.path)"])
                return runtime
            }
        }
    }

    // MARK: Encoding

    func encode(_ shard: Shard, _ encoder: EncoderBlock, _ context: ShardContext) throws {
        let list = try Data(contentsOf: shardLists(context.stage).appendingPathComponent(shard.fingerprint))
        let lines = list.split(separator: 0x0A)
        var shardRows = EncodedRows()
        switch try loaded(encoder, context.stage) {
        case .pictures(let network, let probe):
            let digests = lines.map { String(decoding: $0, as: UTF8.self) }
            try encode(digests, network, into: &shardRows, weight: shard.weight, context)
            try shardRows.write(to: context.folder, dimension: network.dimension, probe: probe)
        case .texts(let network, let probe):
            let decoder = JSONDecoder()
            let texts = try lines.map { try decoder.decode(TextToEncode.self, from: Data($0)) }
            try encode(texts, network, into: &shardRows, weight: shard.weight, context)
            try shardRows.write(to: context.folder, dimension: network.dimension, probe: probe)
        }
    }

    private func encode(
        _ digests: [String], _ network: NeuralImageEncoder, into rows: inout EncodedRows, weight: Int,
        _ context: ShardContext
    ) throws {
        let store = try store(context.stage)
        let decoder = ImageDecoder(limits: ImageLimits(pixelCount: settings.maximumPixels))
        var batch: [(digest: String, input: PixelBuffer)] = []
        for (index, digest) in digests.enumerated() {
            try context.stage.cancellation.check()
            do {
                batch.append((digest, try network.decode(store.bytes(of: digest), decoder: decoder)))
            } catch ImageError.outOfMemory {
                throw FeaturizeError.outOfMemory(picture: digest)
            } catch let error as ImageError {
                rows.refused.append(PictureShard.Refused(digest: digest, reason: "\(error)"))
            }
            if batch.count == network.batchSize || index == digests.count - 1 {
                try rows.append(&batch) { inputs throws(EncoderError) in try network.vectors(of: inputs) }
                context.stage.progress.update(done: index + 1, total: weight, unit: unit)
            }
        }
    }

    private func encode(
        _ texts: [TextToEncode], _ network: NeuralTextEncoder, into rows: inout EncodedRows, weight: Int,
        _ context: ShardContext
    ) throws {
        let measure = try measuring(context.stage)
        var done: Set<String> = []
        for (index, input) in texts.enumerated() {
            try context.stage.cancellation.check()
            var words = input.words
            if let picture = words.picture {
                words.description = try seen[picture] ?? description(measure(picture))
            }
            let text = input.template.text(of: words)
            let digest = Self.digest(of: text)
            // Two pictures may be described alike; a text of nothing is none.
            guard !text.isEmpty, done.insert(digest).inserted else { continue }
            var batch = [(digest: digest, input: text)]
            try rows.append(&batch) { inputs throws(EncoderError) in try network.vectors(of: inputs) }
            context.stage.progress.update(done: index + 1, total: weight, unit: unit)
        }
    }

    private func description(_ measured: Result<PictureFeatures, PictureRefusal>) -> String {
        switch measured {
        case .success(let features): features.description.text
        case .failure: ""
        }
    }

    // MARK: Blocks

    func gather(
        _ encoder: EncoderBlock, catalog: OutfitCatalog, descriptions: [VisualDescription?], shards: [CompletedShard],
        _ context: StageContext
    ) throws -> EncodedBlock {
        try context.cancellation.check()
        let family = try encoder.family(context)
        let keys: [String?]
        switch encoder.kind {
        case .pictures: keys = catalog.items.map(\.pictureDigest)
        case .texts(_, let template):
            keys = zip(catalog.items, descriptions).map { item, description in
                let text = template.text(of: words(of: item, template) { _ in description?.text ?? "" })
                return text.isEmpty ? nil : Self.digest(of: text)
            }
        }
        return try EncodedBlock(
            name: encoder.name, keys: keys, catalog: catalog,
            shards: shards.filter { $0.shard.family == family }.map { EncodedShard($0.folder) })
    }

    /// - Throws: `.tooFewVectors` where more inputs than allowed gave none.
    func requireVectors(_ encoded: EncodedBlock) throws(FeaturizeError) {
        let share = Double(encoded.quarantine.count) / Double(max(1, encoded.inputCount))
        guard share > settings.quarantineFractionLimit else { return }
        throw .tooFewVectors(
            encoder: encoded.block.name, refused: encoded.quarantine.count, of: encoded.inputCount,
            limit: settings.quarantineFractionLimit, example: encoded.quarantine.first?.example ?? "")
    }
}
