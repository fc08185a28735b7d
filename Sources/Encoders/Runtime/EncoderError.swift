/// Why a neural encoder cannot be used, or what came out of it cannot.
package enum EncoderError: Error, Equatable, Sendable {
    /// ONNX Runtime's shared library was found in none of these places.
    case runtimeMissing(searched: [String])
    /// A file was found, but it is no ONNX Runtime, or one that this machine cannot load; the loader's own words.
    case runtimeUnusable(path: String, message: String)
    /// The model file is absent, damaged, or not ONNX; the library's own words.
    case modelUnreadable(path: String, message: String)
    /// The model keeps a tensor in another file, which no key would cover; `file` as the model states it.
    case modelInParts(path: String, tensor: String, file: String)
    /// The model has no input (or output) of that name, or several and none was named.
    case tensorNotFound(model: String, wanted: String?, available: [String])
    /// An input or output is not what the encoder needs.
    case tensorUnsuitable(model: String, tensor: String, expected: String, found: String)
    /// The job says one thing and the model another: a size, a batch, a layout.
    case settingDisagrees(model: String, setting: String, stated: String, found: String)
    /// The model leaves open what the job must then say.
    case settingMissing(model: String, setting: String, reason: String)
    /// The library refused to run the model; its own words.
    case runFailed(model: String, message: String)
    /// A vector with a value that is not finite, or with nothing but zeros; `index` counts the inputs of the call.
    case unusableVector(model: String, index: Int, isFinite: Bool)
    /// A vocabulary file is absent or malformed.
    case vocabularyUnreadable(path: String, reason: String)
    /// A vocabulary belongs to another model: a token is missing, or its numbers reach past the model's.
    case vocabularyUnfit(path: String, reason: String)
    /// The encoder no longer gives the vectors that were recorded of it: the model file was swapped or damaged.
    case probeDisagrees(model: String, relativeDifference: Double)
}

extension EncoderError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .runtimeMissing(let searched):
            """
            no ONNX Runtime in \(searched.joined(separator: ", ")); these two commands bring it: \
            python3 -m venv .onnxruntime && .onnxruntime/bin/pip install onnxruntime
            """
        case .runtimeUnusable(let path, let message): "\(path): cannot be used as ONNX Runtime: \(message)"
        case .modelUnreadable(let path, let message): "\(path): not a readable ONNX model: \(message)"
        case .modelInParts(let path, let tensor, let file):
            """
            \(path): keeps '\(tensor)' in another file ('\(file)'); save the model as one file: \
            python3 -c "import onnx; onnx.save(onnx.load('\(path)'), 'whole.onnx')"
            """
        case .tensorNotFound(let model, let wanted?, let available):
            "\(model): no tensor '\(wanted)'; the model has \(Self.list(available))"
        case .tensorNotFound(let model, nil, let available):
            "\(model): which tensor is meant must be said; the model has \(Self.list(available))"
        case .tensorUnsuitable(let model, let tensor, let expected, let found):
            "\(model): tensor '\(tensor)' must be \(expected), and is \(found)"
        case .settingDisagrees(let model, let setting, let stated, let found):
            "\(model): '\(setting)' says \(stated), and the model has \(found)"
        case .settingMissing(let model, let setting, let reason): "\(model): '\(setting)' must be said: \(reason)"
        case .runFailed(let model, let message): "\(model): \(message)"
        case .unusableVector(let model, let index, let isFinite):
            "\(model): input \(index) gave a vector \(isFinite ? "of zeros" : "that is not finite")"
        case .vocabularyUnreadable(let path, let reason): "\(path): \(reason)"
        case .vocabularyUnfit(let path, let reason): "\(path): does not fit the model: \(reason)"
        case .probeDisagrees(let model, let difference):
            "\(model): no longer gives the recorded vectors (relative difference \(difference)); swapped or damaged?"
        }
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
    }
}
