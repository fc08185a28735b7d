internal import Foundation

extension JobFile {
    /// Reads a job file.
    ///
    /// - Parameters:
    ///   - path: absolute, or relative to the working directory; messages show it as it stands.
    ///   - environment: the variables that `${NAME}` finds.
    ///   - overrides: the arguments of `--set`, each `stage.key=value`, or `key=value` for a key of the top level.
    /// - Throws: everything that is wrong with the file and the overrides outside of the stages' own parameters, which
    ///   `parameters(for:as:)` reports.
    package static func load(
        path: String, environment: [String: String] = ProcessInfo.processInfo.environment, overrides: [String] = []
    ) throws(JobFileErrors) -> JobFile {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw JobFileErrors([JobProblem(.unreadable(path: path, reason: whyUnreadable(path)), at: nil)])
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw JobFileErrors([JobProblem(.notUTF8, at: firstInvalidPlace(in: bytes, path: path))])
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        return try parse(text, path: path, environment: environment, overrides: overrides)
    }

    private static func whyUnreadable(_ path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return "no such file" }
        if isFolder.boolValue { return "it is a folder" }
        return FileManager.default.isReadableFile(atPath: path) ? "it is no file" : "no permission to read it"
    }

    private static func firstInvalidPlace(in bytes: Data, path: String) -> SourceLocation {
        let repaired = String(decoding: bytes, as: UTF8.self)
        let source = SourceText(kind: .file(path: path), text: repaired)
        for (line, text) in source.lines.enumerated() {
            if let column = text.unicodeScalars.enumerated().first(where: { $0.element == "\u{FFFD}" })?.offset {
                return SourceLocation(source: source, line: line + 1, column: column + 1)
            }
        }
        return SourceLocation(source: source, line: 1, column: 1)
    }

    /// Reads a job file's text; `path` says where it stands, and so what relative paths mean.
    package static func parse(
        _ text: String, path: String, environment: [String: String] = [:], overrides: [String] = []
    ) throws(JobFileErrors) -> JobFile {
        var loading = JobFileLoading(path: path, text: text)
        return try loading.load(environment: environment, overrides: overrides)
    }
}

/// Reading of one job file: gathers problems as long as going on makes sense.
private struct JobFileLoading {
    let path: String
    let text: String
    let source: SourceText
    var problems: [JobProblem] = []

    private static let topKeys = ["version", "name", "base", "workspace", "variables", "stages", "hooks", "retention"]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        source = SourceText(kind: .file(path: path), text: text)
    }

    mutating func load(environment: [String: String], overrides: [String]) throws(JobFileErrors) -> JobFile {
        let start = SourceLocation(source: source, line: 1, column: 1)
        guard var root = try JobNode.parse(text, from: source), !root.isNull else {
            throw JobFileErrors([JobProblem(.empty, at: start)])
        }
        guard root.entries != nil else {
            throw JobFileErrors([JobProblem(.notAMapping(found: root.kindInWords), at: root.location)])
        }
        root = interpolate(root, environment: environment)
        root = try apply(overrides, to: root)
        for entry in root.entries ?? [] where !Self.topKeys.contains(entry.key) {
            let suggestion = NearestName.suggestion(for: entry.key, among: Self.topKeys)
            let isOverride = entry.keyLocation.source.kind == .override
            problems.append(
                suggestion == nil && isOverride
                    ? JobProblem(
                        .badOverride(reason: "unknown key '\(entry.key)'; write stage.key=value, as in train.epochs=5"),
                        at: entry.keyLocation)
                    : JobProblem(.unknownKey(entry.key, .file, suggestion: suggestion), at: entry.keyLocation))
        }
        checkVersion(root.entry("version"), start)

        let folder = URL(filePath: path).standardizedFileURL.deletingLastPathComponent()
        let base = text("base", of: root).map { JobFile.url(of: $0, from: folder) } ?? folder
        let stages = stageSections(root.entry("stages"))
        let fallbackName = URL(filePath: path).deletingPathExtension().lastPathComponent
        let job = JobFile(
            path: path, name: text("name", of: root) ?? fallbackName, base: base,
            workspace: JobFile.url(of: text("workspace", of: root) ?? ".atelier", from: base),
            hooks: hooks(root.entry("hooks")),
            retention: section(root.entry("retention"), scope: .section("retention"), as: JobRetention.self),
            sectionNames: stages.map(\.key), sections: parameters(of: stages), settings: settings(of: stages),
            stagesLocation: root.entry("stages")?.keyLocation ?? start)
        guard problems.isEmpty else { throw JobFileErrors(problems) }
        return job
    }

    private mutating func interpolate(_ root: JobNode, environment: [String: String]) -> JobNode {
        let fromEnvironment = Interpolation { environment[$0] }
        var variables: [String: String] = [:]
        if let entry = root.entry("variables"), !entry.value.isNull {
            guard let entries = entry.value.interpolated(fromEnvironment, into: &problems).entries else {
                problems.append(JobProblem(.notAMapping(found: entry.value.kindInWords), at: entry.value.location))
                return root
            }
            for variable in entries {
                if case .scalar(let text, _) = variable.value.content {
                    variables[variable.key] = text
                } else {
                    wrongType(variable, .section("variables"), "a text")
                }
            }
        }
        let interpolation = Interpolation { [variables] in environment[$0] ?? variables[$0] }
        var entries = root.entries ?? []
        for position in entries.indices where entries[position].key != "hooks" && entries[position].key != "variables" {
            entries[position].value = entries[position].value.interpolated(interpolation, into: &problems)
        }
        return JobNode(content: .mapping(entries), location: root.location)
    }

    private mutating func apply(_ overrides: [String], to root: JobNode) throws(JobFileErrors) -> JobNode {
        var root = root
        for argument in overrides {
            do {
                let override = try JobOverride(argument: argument)
                guard override.path[0] != "variables" else {
                    let reason = "variables are set in the environment, before the command"
                    problems.append(JobProblem(.badOverride(reason: reason), at: override.keyLocation))
                    continue
                }
                if override.path.count > 1, !Self.topKeys.contains(override.path[0]) {
                    let name = override.path[0]
                    guard JobFile.stageNames.contains(name) else {
                        let suggestion = NearestName.suggestion(for: name, among: JobFile.stageNames)
                        problems.append(
                            JobProblem(.unknownStage(name, suggestion: suggestion), at: override.keyLocation))
                        continue
                    }
                    root = try root.setting((["stages"] + override.path)[...], of: override)
                } else if override.path.count == 1, JobFile.stageNames.contains(override.path[0]) {
                    let reason = "'\(override.path[0])' is a stage; write \(override.path[0]).key=value"
                    problems.append(JobProblem(.badOverride(reason: reason), at: override.keyLocation))
                } else {
                    root = try root.setting(override.path[...], of: override)
                }
            } catch {
                problems += error.problems
            }
        }
        return root
    }

    private mutating func checkVersion(_ entry: JobNode.Entry?, _ start: SourceLocation) {
        guard let entry else {
            problems.append(JobProblem(.missingKey("version", .file), at: start))
            return
        }
        if entry.value.integer(as: Int.self) != 1 {
            problems.append(JobProblem(.unsupportedVersion(found: entry.value.kindInWords), at: entry.value.location))
        }
    }

    private mutating func text(_ key: String, of root: JobNode) -> String? {
        guard let entry = root.entry(key) else { return nil }
        guard let text = entry.value.text, !text.isEmpty else {
            if entry.value.isNull || entry.value.text == "" {
                problems.append(JobProblem(.missingValue(key: key, .file), at: entry.keyLocation))
            } else {
                wrongType(entry, .file, "a text")
            }
            return nil
        }
        return text
    }

    private mutating func stageSections(_ entry: JobNode.Entry?) -> [JobNode.Entry] {
        guard let entry, !entry.value.isNull else { return [] }
        guard let sections = entry.value.entries else {
            problems.append(JobProblem(.notAMapping(found: entry.value.kindInWords), at: entry.value.location))
            return []
        }
        return sections.filter { section in
            guard JobFile.stageNames.contains(section.key) else {
                let suggestion = NearestName.suggestion(for: section.key, among: JobFile.stageNames)
                problems.append(JobProblem(.unknownStage(section.key, suggestion: suggestion), at: section.keyLocation))
                return false
            }
            guard section.value.isNull || section.value.entries != nil else {
                problems.append(JobProblem(.notAMapping(found: section.value.kindInWords), at: section.value.location))
                return false
            }
            return true
        }
    }

    /// Each section without the keys that belong to every stage.
    private func parameters(of stages: [JobNode.Entry]) -> [String: JobNode] {
        var sections: [String: JobNode] = [:]
        for stage in stages {
            var node = stage.value
            if let entries = node.entries {
                node.content = .mapping(entries.filter { !StageSettings.reservedKeys.contains($0.key) })
            }
            node.location = stage.keyLocation
            sections[stage.key] = node
        }
        return sections
    }

    private mutating func settings(of stages: [JobNode.Entry]) -> [String: StageSettings] {
        var settings: [String: StageSettings] = [:]
        for stage in stages {
            let reserved = (stage.value.entries ?? []).filter { StageSettings.reservedKeys.contains($0.key) }
            guard !reserved.isEmpty else { continue }
            var entry = stage
            entry.value = JobNode(content: .mapping(reserved), location: stage.keyLocation)
            settings[stage.key] = section(entry, scope: .stage(stage.key), as: StageSettings.self)
        }
        return settings
    }

    private mutating func section<P: StageParameters>(
        _ entry: JobNode.Entry?, scope: JobProblem.Scope, as type: P.Type
    ) -> P {
        guard let entry else { return P() }
        let report = ParameterReport()
        let decoder = ParameterDecoder(
            node: entry.value, standard: nil, key: "", scope: scope, fallback: entry.keyLocation, report: report)
        let value = (try? decoder.decode(type)) ?? P()
        problems += report.problems
        return value
    }

    private mutating func hooks(_ entry: JobNode.Entry?) -> JobHooks {
        var hooks = JobHooks()
        guard let entry, !entry.value.isNull else { return hooks }
        guard let entries = entry.value.entries else {
            problems.append(JobProblem(.notAMapping(found: entry.value.kindInWords), at: entry.value.location))
            return hooks
        }
        for hook in entries {
            switch hook.key {
            case "before": hooks.before = commands(hook)
            case "after_publish": hooks.afterPublish = commands(hook)
            case "on_failure": hooks.onFailure = commands(hook)
            default:
                let names = ["before", "after_publish", "on_failure"]
                let suggestion = NearestName.suggestion(for: hook.key, among: names)
                problems.append(
                    JobProblem(.unknownKey(hook.key, .section("hooks"), suggestion: suggestion), at: hook.keyLocation))
            }
        }
        return hooks
    }

    /// One command, or a list of them.
    private mutating func commands(_ hook: JobNode.Entry) -> [String] {
        if hook.value.isNull { return [] }
        let nodes = hook.value.elements ?? [hook.value]
        let commands = nodes.compactMap(\.text)
        if commands.count != nodes.count { wrongType(hook, .section("hooks"), "a shell command or a list of them") }
        return commands
    }

    private mutating func wrongType(_ entry: JobNode.Entry, _ scope: JobProblem.Scope, _ expected: String) {
        problems.append(
            JobProblem(
                .wrongType(key: entry.key, scope, expected: expected, found: entry.value.kindInWords),
                at: entry.value.location))
    }
}
