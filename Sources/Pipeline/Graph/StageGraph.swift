/// What makes a list of stages no graph.
package enum StageGraphError: Error, Hashable, Sendable {
    case duplicateStage(StageName)
    /// Two stages write one artifact.
    case duplicateOutput(artifact: ArtifactName, stages: [StageName])
    /// A stage reads what no stage writes.
    case missingProducer(artifact: ArtifactName, stage: StageName)
    /// Each stage reads what the next one writes, and the last what the first writes.
    case cycle([StageName])
    /// A selection names what is not there.
    case unknownStage(StageName, known: [StageName])
    /// A selection leaves no stage.
    case nothingSelected(StageSelection)
}

/// The stages of a job and what flows between them, derived from their inputs and outputs.
package struct StageGraph: Sendable {
    /// Each stage after those that it reads from; otherwise in the order given.
    package let stages: [any Stage]
    private let producers: [ArtifactName: StageName]
    private let positions: [StageName: Int]

    package init(stages: [any Stage]) throws(StageGraphError) {
        var positions: [StageName: Int] = [:]
        var producers: [ArtifactName: StageName] = [:]
        for (position, stage) in stages.enumerated() {
            if positions.updateValue(position, forKey: stage.name) != nil { throw .duplicateStage(stage.name) }
            for output in stage.outputs {
                if let other = producers.updateValue(stage.name, forKey: output) {
                    throw .duplicateOutput(artifact: output, stages: [other, stage.name])
                }
            }
        }
        for stage in stages {
            for input in stage.inputs where producers[input] == nil {
                throw .missingProducer(artifact: input, stage: stage.name)
            }
        }
        var placed: Set<StageName> = []
        var order: [any Stage] = []
        var remaining = stages
        while !remaining.isEmpty {
            let next = remaining.firstIndex { stage in
                stage.inputs.allSatisfy { input in producers[input].map(placed.contains) ?? true }
            }
            guard let next else { throw .cycle(Self.cycle(in: remaining, producers: producers)) }
            let stage = remaining.remove(at: next)
            placed.insert(stage.name)
            order.append(stage)
        }
        self.stages = order
        self.producers = producers
        self.positions = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.name, $0) })
    }

    package var names: [StageName] { stages.map(\.name) }

    package func stage(named name: StageName) -> (any Stage)? { positions[name].map { stages[$0] } }

    /// The stage that writes an artifact.
    package func producer(of artifact: ArtifactName) -> StageName? { producers[artifact] }

    /// The stages that a stage reads from, in order, each once.
    package func upstream(of name: StageName) -> [StageName] {
        guard let stage = stage(named: name) else { return [] }
        let direct = Set(stage.inputs.compactMap { producers[$0] })
        return names.filter(direct.contains)
    }

    /// The stages that read from a stage, in order.
    package func dependents(of name: StageName) -> [StageName] {
        guard let outputs = stage(named: name)?.outputs else { return [] }
        return stages.filter { stage in stage.inputs.contains { outputs.contains($0) } }.map(\.name)
    }

    /// All stages that a stage depends on, over any number of steps.
    package func allUpstream(of name: StageName) -> Set<StageName> { closure(from: name, step: upstream) }

    /// All stages that depend on a stage, over any number of steps.
    package func allDependents(of name: StageName) -> Set<StageName> { closure(from: name, step: dependents) }

    /// The stages that a selection allows to run.
    package func stages(in selection: StageSelection) throws(StageGraphError) -> Set<StageName> {
        for name in selection.only + selection.from + selection.until where positions[name] == nil {
            throw .unknownStage(name, known: names)
        }
        var selected = Set(names)
        if !selection.only.isEmpty { selected.formIntersection(selection.only) }
        if !selection.from.isEmpty {
            selected.formIntersection(selection.from.flatMap { allDependents(of: $0).union([$0]) })
        }
        if !selection.until.isEmpty {
            selected.formIntersection(selection.until.flatMap { allUpstream(of: $0).union([$0]) })
        }
        guard !selected.isEmpty || selection.isAll else { throw .nothingSelected(selection) }
        return selected
    }

    private func closure(from name: StageName, step: (StageName) -> [StageName]) -> Set<StageName> {
        var found: Set<StageName> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            for other in step(next) where found.insert(other).inserted { waiting.append(other) }
        }
        return found
    }

    private static func cycle(in stages: [any Stage], producers: [ArtifactName: StageName]) -> [StageName] {
        let left = Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0) })
        guard var current = stages.first else { return [] }
        var path: [StageName] = []
        while true {
            if let start = path.firstIndex(of: current.name) { return Array(path[start...]) }
            path.append(current.name)
            let next = current.inputs.lazy.compactMap { producers[$0] }.compactMap { left[$0] }.first
            guard let next else { return path }
            current = next
        }
    }
}

/// Which stages a run may execute; the others are taken as they are.
package struct StageSelection: Codable, Hashable, Sendable {
    /// These alone.
    package var only: [StageName]
    /// These and what depends on them.
    package var from: [StageName]
    /// These and what they depend on.
    package var until: [StageName]

    package static let all = StageSelection()

    package init(only: [StageName] = [], from: [StageName] = [], until: [StageName] = []) {
        self.only = only
        self.from = from
        self.until = until
    }

    package var isAll: Bool { only.isEmpty && from.isEmpty && until.isEmpty }
}
