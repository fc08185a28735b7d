internal import Foundation

/// Computes the digests of a stage's external inputs, several files at a time.
struct ExternalInputReader: Sendable {
    let inputs: [ExternalInput]
    let cache: FileDigestCache
    let cancellation: CancellationFlag

    /// - Parameter tell: bytes read and to be read; at most about twenty times a second, from any thread. Files whose digest
    ///   is remembered are neither read nor counted.
    /// - Returns: each input with its digest, in their order.
    /// - Throws: `ExternalInputError` for the first that cannot be read, `CancellationRequest`.
    func digests(tell: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) throws -> [KnownInput] {
        let sizes = inputs.map { (try? cache.unreadByteCount(of: $0.url.filePath)) ?? 0 }
        let meter = ProgressMeter { done, total, _ in tell(done, total ?? done) }
        if sizes.contains(where: { $0 > 0 }) { meter.expect(total: sizes.reduce(0, +), unit: "bytes") }
        let numbered = inputs.enumerated().map { (number: $0, input: $1) }
        return try parallelMap(numbered, width: min(4, ProcessInfo.processInfo.activeProcessorCount)) { entry in
            let progress = meter.shard(entry.number, weight: sizes[entry.number])
            do {
                let status = try ExternalInputStatus(of: entry.input)
                let digest = try cache.digest(
                    of: entry.input.url.filePath, cancellation: cancellation,
                    progress: { progress.update(done: $0, total: nil, unit: "bytes") })
                return KnownInput(
                    input: entry.input, digest: InputDigest(entry.input, digest: digest), status: status)
            } catch let error as CancellationRequest {
                throw error
            } catch ArtifactError.changedWhileRead {
                throw ExternalInputError(
                    label: entry.input.label,
                    cause: SimpleFailure(message: "changed while it was read; run again once it is whole"))
            } catch {
                throw ExternalInputError(label: entry.input.label, cause: error)
            }
        }
    }
}
