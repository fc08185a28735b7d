internal import Foundation

/// Digests of external inputs that nothing is remembered of: read on other threads, so that no stage waits for it that
/// does not have to, and told as it goes.
extension Coordinator {
    /// - Returns: false where all is known, so that the stage can be decided on.
    func beginReading(_ stage: any Stage, _ position: Int) throws -> Bool {
        guard let reader = try planner.unreadInputs(of: stage) else { return false }
        reading.insert(position)
        let (name, mailbox, observers) = (stage.name, mailbox, executor.observers)
        workers.async {
            let result = Result {
                try reader.digests { done, total in
                    for observer in observers { observer.observe(.readingInputs(name, done: done, total: total)) }
                }
            }
            mailbox.post(.inputs(position: position, result))
        }
        return true
    }

    func handle(_ result: Result<[KnownInput], any Error>, ofInputsOf position: Int) throws {
        reading.remove(position)
        let name = graph.stages[position].name
        executor.tell(.inputsRead(name))
        switch result {
        case .success(let inputs): planner.know(.success(inputs), of: name)
        case .failure(let error as ExternalInputError): planner.know(.failure(error), of: name)
        // The flag ends the loop.
        case .failure(is CancellationRequest): executor.cancellation.cancel()
        case .failure(let error): throw error
        }
    }
}
