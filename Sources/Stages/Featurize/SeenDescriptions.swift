internal import Foundation

/// The words for pictures that this run has measured: text shards read them instead of measuring again.
///
/// `@unchecked Sendable`: `lock` guards `texts`.
final class SeenDescriptions: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String: String] = [:]

    subscript(digest: String) -> String? {
        get {
            lock.lock()
            defer { lock.unlock() }
            return texts[digest]
        }
        set {
            lock.lock()
            defer { lock.unlock() }
            texts[digest] = newValue
        }
    }

    func release() {
        lock.lock()
        texts = [:]
        lock.unlock()
    }
}

/// Why a picture was not measured.
struct PictureRefusal: Error {
    let reason: String
}
