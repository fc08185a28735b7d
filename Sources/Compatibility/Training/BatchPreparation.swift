internal import Dispatch
internal import LinearAlgebra

/// A batch that is ready to be computed.
///
/// `@unchecked Sendable`: it is filled by one thread and read by another only after that has ended.
final class PreparedBatch: @unchecked Sendable {
    var batch: TrainingBatch
    /// What drawing this batch came upon.
    var tally = NegativeTally()
    var dropoutSeed: UInt64 = 0

    init(batch: TrainingBatch) {
        self.batch = batch
    }
}

/// Draws the examples of the next batch while the current one is computed.
///
/// Drawing is serial, and the random numbers of a batch follow from its epoch and its number alone: drawn ahead or when it is
/// its turn, on however many threads, a batch is the same.
final class BatchPreparation {
    /// Which batch: its epoch, its number, and the slots that its examples come from.
    struct Place {
        var epoch: Int
        var number: Int
        var slots: ArraySlice<Int32>
    }

    private let sampler: ExampleSampler
    private let categoryOfItem: [Int32]
    private let categoryCount: Int
    private let isAhead: Bool
    private let queue = DispatchQueue(label: "atelier.training.batches")
    private var spare: [PreparedBatch]
    private var pending: (place: Place, group: DispatchGroup, batch: PreparedBatch)?

    /// - Parameter isAhead: whether a thread beside the caller's may draw.
    init(sampler: ExampleSampler, categoryOfItem: [Int32], categoryCount: Int, isAhead: Bool) {
        self.sampler = sampler
        self.categoryOfItem = categoryOfItem
        self.categoryCount = categoryCount
        self.isAhead = isAhead
        spare = (0..<2).map { _ in
            PreparedBatch(
                batch: TrainingBatch(candidateCount: sampler.candidateCount, itemCount: categoryOfItem.count))
        }
    }

    /// The batch of a place; give it back with `recycle`.
    func take(_ place: Place) -> PreparedBatch {
        if let (ready, group, batch) = pending {
            group.wait()
            pending = nil
            if ready.epoch == place.epoch, ready.number == place.number { return batch }
            spare.append(batch)
        }
        let batch = spare.removeLast()
        Self.fill(batch, place, sampler, categoryOfItem, categoryCount)
        return batch
    }

    /// Starts on the batch that is taken next.
    func prepare(_ place: Place) {
        guard isAhead, pending == nil, let batch = spare.popLast() else { return }
        let group = DispatchGroup()
        pending = (place, group, batch)
        queue.async(group: group) { [sampler, categoryOfItem, categoryCount] in
            Self.fill(batch, place, sampler, categoryOfItem, categoryCount)
        }
    }

    func recycle(_ batch: PreparedBatch) { spare.append(batch) }

    private static func fill(
        _ prepared: PreparedBatch, _ place: Place, _ sampler: ExampleSampler, _ categoryOfItem: [Int32],
        _ categoryCount: Int
    ) {
        var random = RandomStream(
            seed: sampler.configuration.seed ^ 0x5DEE_CE66_D1CE_4E5B,
            stream: UInt64(place.epoch) << 32 | UInt64(place.number))
        prepared.tally = NegativeTally()
        sampler.fill(
            &prepared.batch, slots: place.slots, categoryOfItem: categoryOfItem, categoryCount: categoryCount,
            random: &random, tally: &prepared.tally)
        prepared.dropoutSeed = random.next()
    }
}
