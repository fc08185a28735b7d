internal import Foundation

/// A value that several shards of a stage need and that is loaded once, by whichever comes first.
///
/// `@unchecked Sendable`: `lock` guards `value`.
final class OnceLoaded<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value?

    func callAsFunction(_ load: () throws -> Value) throws -> Value {
        lock.lock()
        defer { lock.unlock() }
        if let value { return value }
        let loaded = try load()
        value = loaded
        return loaded
    }

    /// Lets the value go once the stage has ended.
    func release() {
        lock.lock()
        value = nil
        lock.unlock()
    }
}
