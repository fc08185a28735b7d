/// Plans, explains and runs the stages of a graph in a workspace.
///
/// `plan` and `explain` write nothing and need no lock. `run` blocks the calling thread, which becomes the coordinator: it
/// alone owns the plan and decides; workers on Dispatch hand their results back to it.
package final class Executor {
    let workspace: Workspace
    let graph: StageGraph
    let options: RunOptions
    let observers: [any RunObserver]
    let cancellation: CancellationFlag
    let faults: FaultInjection

    package init(
        workspace: Workspace, graph: StageGraph, options: RunOptions, observers: [any RunObserver] = [],
        cancellation: CancellationFlag = CancellationFlag(), faults: FaultInjection = .none
    ) {
        self.workspace = workspace
        self.graph = graph
        self.options = options
        self.observers = observers
        self.cancellation = cancellation
        self.faults = faults
    }

    /// What a run would do now.
    /// - Throws: `StageGraphError.unknownStage`, `LedgerError`, `FileSystemError`.
    package func plan() throws -> Plan { try reading { planner, _ in try planner.plan() } }

    /// Why one stage would run: the plan's reasons for it, beside its last runs.
    /// - Throws: as `plan`.
    package func explain(_ stage: StageName) throws -> StageExplanation {
        guard graph.stage(named: stage) != nil else {
            throw StageGraphError.unknownStage(stage, known: graph.names)
        }
        let holder = RunLock.holderAtWork(of: workspace)
        return try reading { planner, ledger in
            let entry = try planner.plan().entries.first { $0.stage == stage }
            return StageExplanation(
                stage: stage, state: entry?.state ?? .notSelected, fingerprint: entry?.fingerprint,
                lastSuccess: try ledger.currentState(of: stage),
                lastAttempt: try ledger.lastAttempt(at: stage)?.settled(by: holder))
        }
    }

    private func reading<Value>(_ body: (Planner, Ledger) throws -> Value) throws -> Value {
        let ledger = try Ledger.openForReading(in: workspace) ?? Ledger.empty()
        return try body(try planner(ledger), ledger)
    }

    private func planner(_ ledger: Ledger) throws -> Planner {
        let store = ArtifactStore(workspace: workspace, cache: FileDigestCache(source: ledger), faults: faults)
        return try planner(ledger, store)
    }

    private func planner(_ ledger: Ledger, _ store: ArtifactStore) throws -> Planner {
        try checkForced()
        let observers = observers
        return Planner(
            graph: graph, selected: try graph.stages(in: options.selection), forced: options.forced, ledger: ledger,
            store: store, cancellation: cancellation
        ) { event in
            for observer in observers { observer.observe(event) }
        }
    }

    private func checkForced() throws {
        for name in options.forced.sorted() where graph.stage(named: name) == nil {
            throw StageGraphError.unknownStage(name, known: graph.names)
        }
    }

    /// Runs what has to run.
    ///
    /// A failing stage is a result, not an error: see `RunResult.failures`.
    /// - Parameter lock: the workspace's, where the caller holds it already; else it is taken here.
    /// - Throws: `RunLockError` where another process holds the workspace; `StageGraphError.unknownStage`;
    ///   `LedgerError`, `FileSystemError`, `BuildError.damagedRegister` where the workspace itself cannot be used.
    package func run(holding lock: RunLock? = nil) throws -> RunResult {
        try checkForced()
        _ = try graph.stages(in: options.selection)
        return try withExtendedLifetime(try lock ?? RunLock(workspace)) {
            try workspace.prepare()
            workspace.keepReserve()
            // Hours of stages would end at a register that publishing cannot read.
            _ = try BuildStore(workspace: workspace).register()
            for name in try FileSystem.names(in: workspace.stagingFolder.filePath) {
                try FileSystem.remove(workspace.stagingFolder.filePath + "/" + name)
            }
            let (ledger, rebuilt) = try Ledger.openOrRebuild(in: workspace)
            if let rebuilt { tell(.ledgerRebuilt(movedTo: rebuilt.movedTo, cause: rebuilt.cause)) }
            do {
                return try coordinate(ledger)
            } catch LedgerError.damaged(_, let cause) where ledger.commitCount == 0 {
                // Damage that came to light while planning: nothing has run yet.
                try ledger.close()
                let moved = try Ledger.moveAside(in: workspace)
                tell(.ledgerRebuilt(movedTo: moved, cause: cause))
                return try coordinate(try Ledger.open(in: workspace))
            }
        }
    }

    private func coordinate(_ ledger: Ledger) throws -> RunResult {
        let store = ArtifactStore(workspace: workspace, cache: FileDigestCache(source: ledger), faults: faults)
        let coordinator = Coordinator(
            executor: self, ledger: ledger, store: store, planner: try planner(ledger, store))
        let result = try coordinator.execute()
        try ledger.close()
        return result
    }

    func tell(_ event: RunEvent) {
        for observer in observers { observer.observe(event) }
    }
}
