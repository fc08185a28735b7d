import Encoders
import Foundation
import OnnxModelFixtures
import Testing

struct RuntimeTests {
    @Test func missingLibraryGivesTheCommandsThatBringIt() throws {
        let folder = try TemporaryFolder()
        let absent = folder.url.appendingPathComponent("libonnxruntime.so").path
        let error = #expect(throws: EncoderError.runtimeMissing(searched: [absent])) {
            try OnnxRuntime.find(path: absent, environment: [:], folders: [])
        }
        let words = try #require(error).description
        #expect(words.contains("python3 -m venv .onnxruntime"))
        #expect(words.contains(".onnxruntime/bin/pip install onnxruntime"))
        #expect(words.contains(absent))
    }

    @Test func theEnvironmentNamesTheLibraryAndTheJobComesFirst() throws {
        let environment = [OnnxRuntime.environmentKey: "/nowhere/environment"]
        #expect(throws: EncoderError.runtimeMissing(searched: ["/nowhere/environment"])) {
            try OnnxRuntime.find(environment: environment, folders: [])
        }
        #expect(throws: EncoderError.runtimeMissing(searched: ["/nowhere/job"])) {
            try OnnxRuntime.find(path: "/nowhere/job", environment: environment, folders: [])
        }
    }

    @Test func aPythonEnvironmentIsLookedThrough() throws {
        let folder = try TemporaryFolder()
        let inner = folder.url.appendingPathComponent(".onnxruntime/lib/python3.12/site-packages/onnxruntime/capi")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        let library = inner.appendingPathComponent("libonnxruntime.so.9.9.9")
        try Data("no library".utf8).write(to: library)
        try Data("no library".utf8).write(to: inner.appendingPathComponent("libonnxruntime_providers_shared.so"))
        let error = #expect(throws: EncoderError.self) {
            try OnnxRuntime.find(environment: [:], folders: [folder.url.path])
        }
        guard case .runtimeUnusable(let path, let message) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == library.path)
        #expect(!message.isEmpty)
    }

    @Test func anotherLibraryIsRefused() throws {
        // Any shared library that is always there and is no ONNX Runtime.
        let others = ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6"]
        let other = try #require(others.first { FileManager.default.fileExists(atPath: $0) })
        #expect(throws: EncoderError.runtimeUnusable(path: other, message: "not an ONNX Runtime library")) {
            try OnnxRuntime(path: other)
        }
    }

    @Test(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
    func aModelStatesItsTensors() throws {
        let runtime = try #require(Installed.runtime)
        #expect(runtime.version.split(separator: ".").count == 3)
        let folder = try TemporaryFolder()
        let path = try OnnxModelBytes.channelMeans(side: 5).write(in: folder.url)
        let session = try OnnxSession(modelPath: path, runtime: runtime)
        #expect(
            session.inputs == [TensorDescription(name: "pixels", elementType: .float32, shape: [nil, 3, 5, 5])])
        #expect(session.outputs == [TensorDescription(name: "features", elementType: .float32, shape: [nil, 3])])
        #expect(session.inputs[0].description == "float32 n x 3 x 5 x 5")
    }

    @Test(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
    func aRunComputesWhatTheModelSays() throws {
        let runtime = try #require(Installed.runtime)
        let folder = try TemporaryFolder()
        let path = try OnnxModelBytes.channelMeans(side: 2).write(in: folder.url)
        let session = try OnnxSession(modelPath: path, runtime: runtime)
        let values: [Float] = [1, 2, 3, 4, 0, 0, 0, 8, -1, 1, -1, 1]
        let input = InputTensor(name: "pixels", shape: [1, 3, 2, 2], elements: .float32(values))
        #expect(try session.run([input], output: "features") == OutputTensor(shape: [1, 3], values: [2.5, 2, 0]))
    }

    @Test(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
    func aWrongInputIsRefusedInTheLibrarysWords() throws {
        let runtime = try #require(Installed.runtime)
        let folder = try TemporaryFolder()
        let path = try OnnxModelBytes.channelMeans(side: 2).write(in: folder.url)
        let session = try OnnxSession(modelPath: path, runtime: runtime)
        let wrongShape = InputTensor(
            name: "pixels", shape: [1, 3, 3, 3], elements: .float32([Float](repeating: 0, count: 27)))
        let wrongType = InputTensor(
            name: "pixels", shape: [1, 3, 2, 2], elements: .int64([Int64](repeating: 0, count: 12)))
        for inputs in [[wrongShape], [wrongType], []] {
            let error = #expect(throws: EncoderError.self) { try session.run(inputs, output: "features") }
            guard case .runFailed(let model, let message)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(model == path)
            #expect(!message.isEmpty)
        }
    }

    @Test(
        .enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime), arguments: ["text", "cut", "empty", "absent"])
    func whatIsNoModelIsRefused(_ kind: String) throws {
        let runtime = try #require(Installed.runtime)
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("model.onnx")
        let whole = OnnxModelBytes.channelMeans().bytes
        switch kind {
        case "text": try Data("this is no model at all, but a few words".utf8).write(to: file)
        case "cut": try Data(whole.prefix(whole.count / 2)).write(to: file)
        case "empty": try Data().write(to: file)
        default: break
        }
        let error = #expect(throws: EncoderError.self) { try OnnxSession(modelPath: file.path, runtime: runtime) }
        guard case .modelUnreadable(let path, let message)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == file.path)
        #expect(!message.isEmpty)
    }
}
