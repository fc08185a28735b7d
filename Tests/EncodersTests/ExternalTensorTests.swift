import Encoders
import Foundation
import OnnxModelFixtures
import Testing

/// Models that keep weights in files beside them.
struct ExternalTensorTests {
    private typealias Onnx = OnnxModelBytes

    private static func first(_ bytes: [UInt8]) throws(ExternalTensors.Malformed) -> ExternalTensors.Found? {
        try ExternalTensors.first(in: Data(bytes))
    }

    private static let tensor = Onnx.number(1, 4) + Onnx.text(8, "weights") + Onnx.elsewhere("model.data")

    /// A way from the model to a tensor, by the fields' numbers.
    @Test(arguments: [
        ("initializer", [7, 5]),
        ("sparse initializer's values", [7, 15, 1]),
        ("sparse initializer's indices", [7, 15, 2]),
        ("attribute of a node", [7, 1, 5, 5]),
        ("list in an attribute", [7, 1, 5, 10]),
        ("sparse tensor in an attribute", [7, 1, 5, 22, 1]),
        ("list of sparse tensors in an attribute", [7, 1, 5, 23, 2]),
        ("branch of a condition", [7, 1, 5, 6, 5]),
        ("node of a branch among several", [7, 1, 5, 11, 1, 5, 5]),
        ("node of a function", [25, 7, 5, 5]),
        ("default of a function's attribute", [25, 11, 5]),
        ("training's initialisation", [20, 1, 5]),
        ("training's algorithm", [20, 2, 1, 5, 5]),
    ])
    func aTensorElsewhereIsFoundWhereverItStands(_ place: String, fields: [Int]) throws {
        let body = fields.reversed().reduce(Self.tensor) { Onnx.message($1, $0) }
        let before = Onnx.number(1, 8) + Onnx.message(7, Onnx.text(2, "graph"))
        let found = try #require(try Self.first(before + body), "\(place)")
        #expect(found.tensor == "weights" && found.file == "model.data")
        // In the model itself: 0, or nothing said.
        let within = Onnx.text(8, "weights") + Onnx.message(9, [0, 0, 0, 0]) + Onnx.number(14, 0)
        #expect(try Self.first(before + fields.reversed().reduce(within) { Onnx.message($1, $0) }) == nil)
    }

    @Test func whatIsNoModelIsMalformedAtEveryLength() throws {
        var model = Onnx.channelMeans()
        #expect(try Self.first(model.bytes) == nil)
        model = Onnx(
            inputs: [Onnx.Tensor(name: "pixels", shape: [nil, 3, 4, 4])],
            outputs: [Onnx.Tensor(name: "features", shape: [nil, 3, 4, 4])],
            nodes: [Onnx.Node(kind: "Mul", inputs: ["pixels", "factor"], outputs: ["features"])],
            constants: [("factor", [1], [2])])
        model.externalFile = "factor.bin"
        let whole = model.bytes
        let found = try #require(try Self.first(whole))
        #expect(found.tensor == "factor" && found.file == "factor.bin")
        // Cut within the graph the length of a field is wrong; cut within its first bytes there is no field of weights.
        for count in 3..<whole.count - 8 {
            #expect(throws: ExternalTensors.Malformed.self, "\(count) bytes") {
                try Self.first(Array(whole.prefix(count)))
            }
        }
        #expect(throws: ExternalTensors.Malformed.self) { try Self.first(Array("....ORTM".utf8)) }
        #expect(throws: ExternalTensors.Malformed.self) { try Self.first([UInt8](repeating: 0xFF, count: 40)) }
        #expect(throws: ExternalTensors.Malformed.self) { try Self.first([0x3B, 0x3C]) }
        let deep = (0..<200).reduce(Self.tensor) { body, _ in Onnx.message(1, Onnx.message(5, Onnx.message(6, body))) }
        #expect(throws: ExternalTensors.Malformed.self) { try Self.first(Onnx.message(7, deep)) }
    }

    @Test(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
    func aModelInPartsIsRefusedWithTheCommandThatJoinsIt() throws {
        let runtime = try #require(Installed.runtime)
        let folder = try TemporaryFolder()
        var model = Onnx(
            inputs: [Onnx.Tensor(name: "pixels", shape: [1, 1])],
            outputs: [Onnx.Tensor(name: "features", shape: [1, 1])],
            nodes: [Onnx.Node(kind: "Mul", inputs: ["pixels", "factor"], outputs: ["features"])],
            constants: [("factor", [1], [2])])
        let whole = try model.write(in: folder.url, name: "whole.onnx")
        let session = try OnnxSession(modelPath: whole, runtime: runtime)
        let input = InputTensor(name: "pixels", shape: [1, 1], elements: .float32([21]))
        #expect(try session.run([input], output: "features").values == [42])

        let factor: Float = 2
        try Data(withUnsafeBytes(of: factor) { Array($0) }).write(to: folder.url.appendingPathComponent("factor.bin"))
        model.externalFile = "factor.bin"
        let path = try model.write(in: folder.url)
        let error = #expect(throws: EncoderError.self) { try OnnxSession(modelPath: path, runtime: runtime) }
        #expect(error == .modelInParts(path: path, tensor: "factor", file: "factor.bin"))
        #expect(error?.description.contains("onnx.save(onnx.load('\(path)'), 'whole.onnx')") == true)
    }

    /// What is run is what was read, and so what a digest was taken of: not what lies at the path by then.
    @Test(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
    func theBytesThatWereReadAreRun() throws {
        let runtime = try #require(Installed.runtime)
        let folder = try TemporaryFolder()
        let path = try OnnxModelBytes.channelMeans(side: 2).write(in: folder.url)
        let files = EncoderFiles(reading: [path])
        #expect(files.bytes(of: path) == Data(OnnxModelBytes.channelMeans(side: 2).bytes))
        _ = try OnnxModelBytes.channelMeans(side: 3).write(in: folder.url)
        let session = try OnnxSession(modelPath: path, runtime: runtime, files: files)
        #expect(session.inputs.first?.shape == [nil, 3, 2, 2])
        #expect(files.bytes(of: "elsewhere") == nil)
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: EncoderError.modelUnreadable(path: path, message: "cannot be read")) {
            try OnnxSession(modelPath: path, runtime: runtime)
        }
    }
}
