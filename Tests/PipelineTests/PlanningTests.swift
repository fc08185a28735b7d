import Foundation
import Pipeline
import Testing

private func signature(
    version: Int = 1, parameters: [String: String] = ["a": "1"], inputs: [InputDigest] = [],
    external: [InputDigest] = []
) -> StageSignature {
    StageSignature(stage: "stage", version: version, parameters: parameters, inputs: inputs, externalInputs: external)
}

private func digests(_ pairs: KeyValuePairs<String, String>) -> [InputDigest] {
    pairs.map { InputDigest(name: $0.key, digest: $0.value) }
}

@Test func theFingerprintIsTheDigestOfItsFieldsWithTheirLengths() throws {
    // printf '21:atelier-fingerprint-15:stage1:11:11:a1:11:04:beef' | sha256sum
    let external = digests(["any label": "beef"])
    let expected = ContentDigest.sha256(of: "21:atelier-fingerprint-15:stage1:11:11:a1:11:04:beef".utf8)
    #expect(signature(external: external).fingerprint == expected)
    #expect(signature(external: digests(["other label": "beef"])).fingerprint == expected)
}

@Test func fieldsThatRunTogetherHaveOtherFingerprints() {
    let variants = [
        signature(parameters: ["a": "1", "b": "2"]), signature(parameters: ["a": "1b2"]),
        signature(parameters: ["ab": "12"]), signature(version: 2), signature(inputs: digests(["a": "1"])),
        signature(parameters: [:], inputs: digests(["a": "1"])), signature(external: digests(["x": "a", "y": "1"])),
        signature(external: digests(["y": "1", "x": "a"])),
    ]
    #expect(Set(variants.map(\.fingerprint)).count == variants.count)
}

@Test func everyDifferenceIsNamedWithItsOldAndNewValue() {
    let old = signature(
        parameters: ["gone": "1", "kept": "2", "moved": "3"], inputs: digests(["catalog": "c1", "left": "l"]),
        external: digests(["base.tar": "b1"]))
    let new = signature(
        version: 4, parameters: ["kept": "2", "moved": "5", "new": "6"],
        inputs: digests(["catalog": "c2", "right": "r"]), external: digests(["base.tar": "b1", "more.tar": "m"]))
    #expect(
        new.differences(from: old) == [
            .versionChanged(old: 1, new: 4), .parameterRemoved(key: "gone", old: "1"),
            .parameterChanged(key: "moved", old: "3", new: "5"), .parameterAdded(key: "new", new: "6"),
            .inputChanged(name: "catalog", old: "c1", new: "c2"), .inputRemoved(name: "left", old: "l"),
            .inputAdded(name: "right", new: "r"), .inputAdded(name: "more.tar", new: "m"),
        ])
    #expect(old.differences(from: old) == [])
}

@Test func anotherOrderOfExternalInputsIsADifferenceAndAnotherLabelIsNone() {
    let old = signature(external: digests(["a": "1", "b": "2"]))
    #expect(signature(external: digests(["b": "2", "a": "1"])).differences(from: old) == [.inputOrderChanged])
    #expect(signature(external: digests(["c": "1", "b": "2"])).differences(from: old) == [])
}

@Test func aStageThatNeverRanRuns() {
    #expect(StageState.decide(StageObservation(signature: signature())) == .run([.neverRan]))
}

@Test func aMatchIsUpToDateUnlessSomethingIsWrongWithItsOutputs() {
    var observation = StageObservation(signature: signature())
    observation.hasMatch = true
    #expect(StageState.decide(observation) == .upToDate)
    observation.outputProblems = [.outputDamaged(artifact: "a", file: "f")]
    observation.effect = .effectPending(message: "export is gone")
    observation.isForced = true
    #expect(
        StageState.decide(observation)
            == .run([
                .forced, .outputDamaged(artifact: "a", file: "f"), .effectPending(message: "export is gone"),
            ]))
}

@Test func onlyUpstreamReasonsMeanMayRun() {
    var observation = StageObservation(signature: signature())
    observation.baseline = signature(inputs: digests(["a": "1"]))
    observation.pendingUpstream = ["ingest"]
    observation.pendingInputs = ["a"]
    #expect(StageState.decide(observation) == .mayRun([.upstreamWouldRun("ingest")]))
    observation.baseline = signature(version: 3, inputs: digests(["a": "1"]))
    #expect(
        StageState.decide(observation) == .run([.versionChanged(old: 3, new: 1), .upstreamWouldRun("ingest")]))
}

@Test func reasonsAndPlansSurviveJSON() throws {
    let reasons: [RunReason] = [
        .neverRan, .parameterChanged(key: "k", old: "1", new: "2"), .parameterAdded(key: "k", new: "2"),
        .parameterRemoved(key: "k", old: "1"), .versionChanged(old: 1, new: 2),
        .inputChanged(name: "n", old: "a", new: "b"), .inputAdded(name: "n", new: "b"),
        .inputRemoved(name: "n", old: "a"), .inputOrderChanged, .outputMissing(artifact: "a", file: nil),
        .outputMissing(artifact: "a", file: "f"), .outputDamaged(artifact: "a", file: "f"), .forced,
        .lastFailed(message: "m"), .lastRefused(message: "m"), .interrupted, .effectPending(message: "m"),
        .fingerprintRuleChanged, .upstreamWouldRun("s"),
    ]
    let plan = Plan(entries: [
        .init(stage: "a", state: .run(reasons), fingerprint: "f"),
        .init(stage: "b", state: .upToDate, fingerprint: nil),
        .init(stage: "c", state: .mayRun([.upstreamWouldRun("a")]), fingerprint: nil),
        .init(stage: "d", state: .notSelected, fingerprint: nil),
        .init(stage: "e", state: .blocked(message: "m"), fingerprint: nil),
    ])
    let text = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(Plan.self, from: text) == plan)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let reason = try encoder.encode(RunReason.parameterChanged(key: "epochs", old: "5", new: "6"))
    #expect(
        String(decoding: reason, as: UTF8.self)
            == #"{"name":"epochs","new":"6","old":"5","reason":"parameter_changed"}"#)
}

private func stage(_ name: StageName, _ inputs: [ArtifactName], _ outputs: [ArtifactName]) -> PlainStage {
    PlainStage(name: name, inputs: inputs, outputs: outputs) { _ in }
}

@Test func theGraphIsDerivedAndOrderedByWhatFlows() throws {
    let graph = try StageGraph(stages: [
        stage("d", ["b", "c"], ["d"]), stage("b", ["a"], ["b"]), stage("a", [], ["a"]), stage("c", ["a"], ["c"]),
    ])
    #expect(graph.names == ["a", "b", "c", "d"])
    #expect(graph.upstream(of: "d") == ["b", "c"])
    #expect(graph.dependents(of: "a") == ["b", "c"])
    #expect(graph.allUpstream(of: "d") == ["a", "b", "c"])
    #expect(graph.producer(of: "c") == "c")
    #expect(try graph.stages(in: StageSelection(from: ["b"], until: ["b"])) == ["b"])
    let none = StageSelection(from: ["d"], until: ["b"])
    #expect(throws: StageGraphError.nothingSelected(none)) { try graph.stages(in: none) }
    #expect(try StageGraph(stages: []).stages(in: StageSelection()).isEmpty)
}

@Test func whatIsNoGraphIsRefusedByName() {
    #expect(throws: StageGraphError.duplicateStage("a")) {
        try StageGraph(stages: [stage("a", [], ["x"]), stage("a", [], ["y"])])
    }
    #expect(throws: StageGraphError.duplicateOutput(artifact: "x", stages: ["a", "b"])) {
        try StageGraph(stages: [stage("a", [], ["x"]), stage("b", [], ["x"])])
    }
    #expect(throws: StageGraphError.missingProducer(artifact: "y", stage: "a")) {
        try StageGraph(stages: [stage("a", ["y"], ["x"])])
    }
    #expect(throws: StageGraphError.cycle(["b", "d", "c"])) {
        try StageGraph(stages: [
            stage("a", ["b"], ["a"]), stage("b", ["d"], ["b"]), stage("c", ["b"], ["c"]), stage("d", ["c"], ["d"]),
        ])
    }
}
