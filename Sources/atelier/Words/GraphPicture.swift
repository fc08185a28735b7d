package import Pipeline

/// The graph of a job in the forms that people and tools read.
package struct GraphPicture: Encodable, Sendable {
    package struct Node: Encodable, Sendable {
        package let stage: String
        package let pool: String
        /// Stages that it reads from.
        package let reads: [String]
        package let inputs: [String]
        package let outputs: [String]
        /// Files outside the workspace.
        package let files: [String]
    }

    package let stages: [Node]

    package init(_ graph: StageGraph) {
        stages = graph.stages.map { stage in
            Node(
                stage: stage.name.rawValue, pool: stage.pool.rawValue,
                reads: graph.upstream(of: stage.name).map(\.rawValue), inputs: stage.inputs.map(\.rawValue),
                outputs: stage.outputs.map(\.rawValue), files: stage.externalInputs.map(\.label))
        }
    }

    /// - Parameter width: of the terminal; nil where there is none.
    package func text(width: Int? = nil) -> [String] {
        var table = TextTable(.text("STAGE"), .text("POOL"), .text("WRITES"), .prose("READS FROM"))
        for node in stages {
            let sources = node.reads + node.files
            table.add(node.stage, node.pool, node.outputs.joined(separator: ", "), sources.joined(separator: ", "))
        }
        return table.lines(width: width)
    }

    package var dot: String {
        var lines = ["digraph job {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
        for node in stages { lines.append("  \(quoted(node.stage));") }
        for (from, to, artifacts) in edges {
            lines.append("  \(quoted(from)) -> \(quoted(to)) [label=\(quoted(artifacts.joined(separator: ", ")))];")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    package var mermaid: String {
        var lines = ["flowchart LR"]
        for node in stages { lines.append("  \(node.stage)[\(node.stage)]") }
        for (from, to, artifacts) in edges {
            lines.append("  \(from) -- \(artifacts.joined(separator: ", ")) --> \(to)")
        }
        return lines.joined(separator: "\n")
    }

    private var edges: [(from: String, to: String, artifacts: [String])] {
        stages.flatMap { node in
            node.reads.map { source in
                let written = stages.first { $0.stage == source }?.outputs ?? []
                return (source, node.stage, node.inputs.filter(written.contains))
            }
        }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
