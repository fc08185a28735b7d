internal import COnnxRuntime
internal import Foundation

/// A loaded model, run on the caller's thread; any number of threads may run it at once.
///
/// Arithmetic is on one thread a run, so that a result depends on its inputs alone. The memory of a run is the library's
/// arena, which is kept and grows to the largest run times the number of threads at once.
/// `@unchecked Sendable`: the handle is set once, and the library locks for itself.
package final class OnnxSession: @unchecked Sendable {
    package let modelPath: String
    package let inputs: [TensorDescription]
    package let outputs: [TensorDescription]
    private let runtime: OnnxRuntime
    private let handle: OpaquePointer

    /// - Parameters:
    ///   - shapesVary: whether runs differ in shape (texts of many lengths); no plan of memory is then kept for each.
    ///   - files: the model's bytes; nil reads them.
    /// - Throws: `.modelUnreadable`; `.modelInParts` where weights lie in other files.
    package init(
        modelPath: String, runtime: OnnxRuntime, shapesVary: Bool = false, files: EncoderFiles? = nil
    ) throws(EncoderError) {
        let files = files ?? EncoderFiles(reading: [modelPath])
        guard let model = files.bytes(of: modelPath) else {
            throw .modelUnreadable(path: modelPath, message: "cannot be read")
        }
        guard !model.isEmpty else { throw .modelUnreadable(path: modelPath, message: "an empty file") }
        let opened = try Self.opened(model, modelPath, runtime, shapesVary: shapesVary)
        self.modelPath = modelPath
        self.runtime = runtime
        handle = opened
        do throws(EncoderError) {
            inputs = try Self.descriptions(of: opened, areOutputs: false, modelPath: modelPath)
            outputs = try Self.descriptions(of: opened, areOutputs: true, modelPath: modelPath)
        } catch {
            atelier_onnx_session_close(opened)
            throw error
        }
    }

    deinit { atelier_onnx_session_close(handle) }

    /// A session over these bytes and nothing else.
    private static func opened(
        _ model: Data, _ path: String, _ runtime: OnnxRuntime, shapesVary: Bool
    ) throws(EncoderError) -> OpaquePointer {
        // The library would look for other files in the working folder.
        let parts = Result { () throws(ExternalTensors.Malformed) in try ExternalTensors.first(in: model) }
        if case .success(let part?) = parts {
            throw .modelInParts(path: path, tensor: part.tensor, file: part.file)
        }
        var opened: OpaquePointer?
        let failure = NativeMessage.ofFailure { message in
            model.withUnsafeBytes { bytes in
                atelier_onnx_session_open(
                    runtime.handle, bytes.baseAddress, bytes.count, shapesVary ? 1 : 0, &opened, message)
            }
        }
        guard failure == nil, let opened else {
            throw .modelUnreadable(path: path, message: failure ?? "no reason given")
        }
        // What is not understood here may hold anything, even where the library takes it.
        if case .failure = parts {
            atelier_onnx_session_close(opened)
            throw .modelUnreadable(path: path, message: "not of ONNX's own format")
        }
        return opened
    }

    private static func descriptions(
        of handle: OpaquePointer, areOutputs: Bool, modelPath: String
    ) throws(EncoderError) -> [TensorDescription] {
        let side: Int32 = areOutputs ? 1 : 0
        var count = 0
        if let failure = NativeMessage.ofFailure({ atelier_onnx_count(handle, side, &count, $0) }) {
            throw .modelUnreadable(path: modelPath, message: failure)
        }
        var descriptions: [TensorDescription] = []
        for index in 0..<count {
            var description = atelier_onnx_description()
            if let failure = NativeMessage.ofFailure({ atelier_onnx_describe(handle, side, index, &description, $0) }) {
                throw .modelUnreadable(path: modelPath, message: failure)
            }
            descriptions.append(TensorDescription(description))
        }
        return descriptions
    }

    /// Runs the model for one of its outputs.
    ///
    /// - Throws: `.runFailed` with the library's words: a missing input, a shape or an element type that is not the model's.
    package func run(_ inputs: [InputTensor], output name: String) throws(EncoderError) -> OutputTensor {
        var result: OutputTensor?
        let failure = NativeMessage.ofFailure { message in
            InputTensor.withNative(inputs) { tensors, count in
                var output = atelier_onnx_output()
                let status = atelier_onnx_run(handle, tensors, count, name, &output, message)
                if status == 0 {
                    result = OutputTensor(output)
                    atelier_onnx_release_output(handle, &output)
                }
                return status
            }
        }
        guard let result else { throw .runFailed(model: modelPath, message: failure ?? "no reason given") }
        return result
    }

    /// The named input or output; the only one where none is named.
    package static func tensor(
        named name: String?, among tensors: [TensorDescription], of modelPath: String
    ) throws(EncoderError) -> TensorDescription {
        let found = name.map { name in tensors.first { $0.name == name } } ?? (tensors.count == 1 ? tensors[0] : nil)
        guard let found else {
            throw .tensorNotFound(model: modelPath, wanted: name, available: tensors.map(\.name))
        }
        return found
    }
}
