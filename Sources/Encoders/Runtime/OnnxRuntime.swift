internal import COnnxRuntime

/// ONNX Runtime's shared library, opened while the program runs; nothing of it is needed to build.
///
/// The library stays in memory until the process ends; the environment that sessions share ends with the last of them.
/// `@unchecked Sendable`: the handle is set once, and the library locks for itself.
package final class OnnxRuntime: @unchecked Sendable {
    package let path: String
    /// The library's own version, "1.31.1" for instance.
    package let version: String
    let handle: OpaquePointer

    /// - Throws: `.runtimeUnusable`.
    package init(path: String) throws(EncoderError) {
        var opened: OpaquePointer?
        let failure = NativeMessage.ofFailure { message in atelier_onnx_open(path, &opened, message) }
        guard failure == nil, let opened else {
            throw .runtimeUnusable(path: path, message: failure ?? "no reason given")
        }
        self.path = path
        handle = opened
        version = String(cString: atelier_onnx_version(opened))
    }

    deinit { atelier_onnx_close(handle) }
}

/// The words that the C side leaves in a buffer when it fails.
enum NativeMessage {
    /// What `call` says, or nil where it succeeds.
    static func ofFailure(_ call: (UnsafeMutablePointer<CChar>) -> Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(ATELIER_ONNX_MESSAGE)) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress, call(base) != 0 else { return nil }
            return String(cString: base)
        }
    }
}
