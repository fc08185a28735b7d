import Encoders
import Foundation
import Testing

/// What a machine may have and need not: the library and the converted models.
enum Installed {
    /// The library, where it is found as the program would find it; folders are the project's own and the working one.
    static let runtime: OnnxRuntime? = try? OnnxRuntime.find(
        folders: [FileManager.default.currentDirectoryPath, projectFolder])

    static let isRuntimeHere = runtime != nil

    /// Said by tests that are skipped.
    static let withoutRuntime: Comment =
        "no ONNX Runtime: set ATELIER_ONNXRUNTIME, or python3 -m venv .onnxruntime && .onnxruntime/bin/pip install onnxruntime"

    static let withoutModels: Comment =
        "no converted models: run jobs/encoders/efficientnet-lite0.sh and minilm.sh, or set ATELIER_ENCODERS"

    /// A file that the scripts below jobs/encoders write.
    static func model(_ name: String) -> String? {
        let folder =
            ProcessInfo.processInfo.environment["ATELIER_ENCODERS"]
            ?? (projectFolder as NSString).appendingPathComponent("encoders")
        let path = (folder as NSString).appendingPathComponent(name)
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    private static let projectFolder = (#filePath as NSString)
        .deletingLastPathComponent.appending("/../..")
}

/// A folder that is removed with its owner.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("encoders-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
