private import Foundation
internal import LinearAlgebra

/// Draws the examples of a batch: the rest of an outfit or one item of it as anchors, its positive, and negatives from each
/// source.
struct ExampleSampler: Sendable {
    let configuration: TrainingConfiguration
    let training: [Outfit]
    let negatives: NegativeSampler
    private let places: TrainingSlots
    private let sources: [NegativeSource]
    /// log(n Q) of each item, where Q is its share of all positives.
    private let logPopularity: [Float]

    init(configuration: TrainingConfiguration, data: TrainingData) {
        self.configuration = configuration
        training = data.training
        negatives = NegativeSampler(data: data)
        // Drawn and counted as what they come down to: a report must not tell of contexts or colours that nobody knows.
        sources = configuration.negatives.slots.map(negatives.known)
        places = TrainingSlots(data.training)
        var counts = [Int](repeating: 0, count: data.features.itemCount)
        for slot in places.slots { counts[training[Int(slot.outfit)].items[Int(slot.place)]] += 1 }
        let share = Float(data.features.itemCount) / Float(max(1, places.slots.count))
        logPopularity = counts.map { log(max(Float($0), 0.5) * share) }
    }

    /// Of an example: the positive and its negatives.
    var candidateCount: Int { 1 + sources.count }

    /// Every place of every outfit of two or more items, as outfit and place.
    var slots: [(outfit: Int32, place: Int32)] { places.slots }

    /// The order of the slots in an epoch.
    func order(ofEpoch epoch: Int) -> [Int32] {
        var random = RandomStream(seed: configuration.seed, stream: 0x1_0000_0000 | UInt64(epoch))
        return places.order(byOutfit: configuration.wholeOutfits, random: &random)
    }

    /// Fills `batch` with the examples of the given slots and seals it.
    func fill(
        _ batch: inout TrainingBatch, slots chosen: ArraySlice<Int32>, categoryOfItem: [Int32], categoryCount: Int,
        random: inout RandomStream, tally: inout NegativeTally
    ) {
        batch.removeAll()
        let pool = negatives.pool(of: configuration.negatives.pool, random: &random)
        let positives = chosen.map { slot -> Int32 in
            let (outfit, place) = slots[Int(slot)]
            return Int32(training[Int(outfit)].items[Int(place)])
        }
        var candidates = [Int32](repeating: -1, count: candidateCount)
        var corrections = [Float](repeating: 0, count: candidateCount)
        for (number, slot) in chosen.enumerated() {
            let (outfitNumber, place) = slots[Int(slot)]
            let outfit = training[Int(outfitNumber)].items
            let anchors = TrainingSlots.anchors(
                of: outfit, place: Int(place), singleFraction: configuration.singleAnchorFraction, random: &random)
            candidates[0] = positives[number]
            for (index, wanted) in sources.enumerated() {
                let found = drawNegative(
                    wanted, positive: positives[number], anchors: anchors, outfit: outfit, positives: positives,
                    pool: pool, random: &random)
                candidates[index + 1] = found?.item ?? -1
                corrections[index + 1] = 0
                if let found {
                    tally.counts[Int(found.source.rawValue)] += 1
                    if found.source == .inBatch { corrections[index + 1] = -logPopularity[Int(found.item)] }
                } else {
                    tally.missing += 1
                }
            }
            batch.append(anchors: anchors, candidates: candidates, corrections: corrections)
        }
        batch.seal(categoryOfItem: categoryOfItem, categoryCount: categoryCount)
    }

    private func drawNegative(
        _ wanted: NegativeSource, positive: Int32, anchors: [Int32], outfit: [Int], positives: [Int32],
        pool: NegativePool?, random: inout RandomStream
    ) -> (item: Int32, source: NegativeSource)? {
        let easy = configuration.negatives.easyToHard
        if easy > 0, negatives.hasMined, random.uniform() < Float(1 / (1 + easy)) {
            let anchor = anchors[random.index(below: anchors.count)]
            if let found = negatives.mined(
                anchor: anchor, positive: positive, anchors: anchors, outfit: outfit, random: &random)
            {
                return found
            }
        }
        if wanted == .inBatch {
            for _ in 0..<NegativeSampler.tryCount {
                let item = positives[random.index(below: positives.count)]
                if negatives.isAllowed(item, anchors: anchors, outfit: outfit) { return (item, .inBatch) }
            }
            return nil
        }
        return negatives.draw(
            wanted, positive: positive, anchors: anchors, outfit: outfit, pool: pool, random: &random
        ).map { ($0, wanted) }
    }
}

/// How many negatives came from each source.
struct NegativeTally: Sendable, Equatable, Codable {
    /// By raw value of the source.
    var counts = [Int](repeating: 0, count: NegativeSource.allCases.count)
    var missing = 0

    mutating func add(_ other: NegativeTally) {
        for source in counts.indices { counts[source] += other.counts[source] }
        missing += other.missing
    }

    var byName: [String: Int] {
        var named: [String: Int] = [:]
        for source in NegativeSource.allCases where counts[Int(source.rawValue)] > 0 {
            named[source.name] = counts[Int(source.rawValue)]
        }
        return named
    }
}
