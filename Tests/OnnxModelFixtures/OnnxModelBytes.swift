package import Foundation

/// Writes tiny ONNX models by hand: the few messages of its protocol-buffer format that a test needs.
package struct OnnxModelBytes {
    package struct Tensor {
        var name: String
        /// 1 for 32-bit floats, 7 for 64-bit integers.
        var type: Int
        /// Nil where the length is open.
        var shape: [Int?]

        package init(name: String, type: Int = 1, shape: [Int?]) {
            (self.name, self.type, self.shape) = (name, type, shape)
        }
    }

    package struct Node {
        var kind: String
        var inputs: [String]
        var outputs: [String]
        /// Integer attributes.
        var attributes: [(String, Int)]

        package init(kind: String, inputs: [String], outputs: [String], attributes: [(String, Int)] = []) {
            (self.kind, self.inputs, self.outputs, self.attributes) = (kind, inputs, outputs, attributes)
        }
    }

    var inputs: [Tensor]
    var outputs: [Tensor]
    var nodes: [Node]
    /// Where the constants' values are, instead of in the model.
    package var externalFile: String?
    /// Constants of 32-bit floats.
    var constants: [(name: String, shape: [Int], values: [Float])]

    package init(
        inputs: [Tensor], outputs: [Tensor], nodes: [Node],
        constants: [(name: String, shape: [Int], values: [Float])] = []
    ) {
        (self.inputs, self.outputs, self.nodes, self.constants) = (inputs, outputs, nodes, constants)
    }

    /// The whole file.
    package var bytes: [UInt8] {
        var graph: [UInt8] = []
        for node in nodes {
            var body: [UInt8] = []
            for input in node.inputs { body += Self.text(1, input) }
            for output in node.outputs { body += Self.text(2, output) }
            body += Self.text(4, node.kind)
            for (name, value) in node.attributes {
                body += Self.message(5, Self.text(1, name) + Self.number(3, value) + Self.number(20, 2))
            }
            graph += Self.message(1, body)
        }
        graph += Self.text(2, "tiny")
        for constant in constants {
            var body: [UInt8] = []
            for length in constant.shape { body += Self.number(1, length) }
            body += Self.number(2, 1) + Self.text(8, constant.name)
            body += externalFile.map(Self.elsewhere) ?? Self.message(9, constant.values.withUnsafeBytes { Array($0) })
            graph += Self.message(5, body)
        }
        for input in inputs { graph += Self.message(11, Self.described(input)) }
        for output in outputs { graph += Self.message(12, Self.described(output)) }
        return Self.number(1, 8) + Self.message(7, graph) + Self.message(8, Self.text(1, "") + Self.number(2, 13))
    }

    /// Writes the model into a new file of the folder.
    package func write(in folder: URL, name: String = "model.onnx") throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// The fields of a tensor that say that its values are in another file.
    package static func elsewhere(_ file: String) -> [UInt8] {
        message(13, text(1, "location") + text(2, file)) + message(13, text(1, "offset") + text(2, "0")) + number(14, 1)
    }

    private static func described(_ tensor: Tensor) -> [UInt8] {
        var shape: [UInt8] = []
        for length in tensor.shape { shape += message(1, length.map { number(1, $0) } ?? text(2, "n")) }
        let type = message(1, number(1, tensor.type) + message(2, shape))
        return text(1, tensor.name) + message(2, type)
    }

    private static func variable(_ value: Int) -> [UInt8] {
        var (rest, bytes) = (UInt64(value), [UInt8]())
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    package static func number(_ field: Int, _ value: Int) -> [UInt8] { variable(field << 3) + variable(value) }

    package static func message(_ field: Int, _ body: [UInt8]) -> [UInt8] {
        variable(field << 3 | 2) + variable(body.count) + body
    }

    package static func text(_ field: Int, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }
}

extension OnnxModelBytes {
    /// The mean of each channel: n x 3 x side x side to n x 3.
    package static func channelMeans(side: Int? = 4, batch: Int? = nil, channels: Int = 3) -> OnnxModelBytes {
        OnnxModelBytes(
            inputs: [Tensor(name: "pixels", shape: [batch, channels, side, side])],
            outputs: [Tensor(name: "features", shape: [batch, channels])],
            nodes: [
                Node(kind: "GlobalAveragePool", inputs: ["pixels"], outputs: ["pooled"]),
                Node(kind: "Flatten", inputs: ["pooled"], outputs: ["features"], attributes: [("axis", 1)]),
            ])
    }

    /// The pixels themselves, of any layout.
    package static func identity(shape: [Int?]) -> OnnxModelBytes {
        OnnxModelBytes(
            inputs: [Tensor(name: "pixels", shape: shape)], outputs: [Tensor(name: "same", shape: shape)],
            nodes: [Node(kind: "Identity", inputs: ["pixels"], outputs: ["same"])])
    }
}
