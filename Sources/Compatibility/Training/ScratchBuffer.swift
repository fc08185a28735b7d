/// Numbers at a fixed address, for kernels and threads that each write their own part.
///
/// `@unchecked Sendable`: whoever hands out parts by chunk number is the lock.
final class ScratchBuffer<Element: BitwiseCopyable & AdditiveArithmetic>: @unchecked Sendable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count: Int

    /// Zeros.
    init(count: Int = 0) {
        self.count = count
        base = .allocate(capacity: max(1, count))
        base.initialize(repeating: .zero, count: max(1, count))
    }

    /// Whatever lies there: for what is written before it is read.
    init(unwritten count: Int) {
        self.count = count
        base = .allocate(capacity: max(1, count))
    }

    convenience init(_ values: [Element]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { base[index] = value }
    }

    deinit { base.deallocate() }

    /// Makes room for at least `count` elements; what was there is lost when it grows.
    func reserve(_ count: Int) {
        guard count > self.count else { return }
        base.deallocate()
        self.count = count + count / 4
        base = .allocate(capacity: self.count)
        base.initialize(repeating: .zero, count: self.count)
    }

    var values: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

typealias FloatBuffer = ScratchBuffer<Float>

/// A pointer that several threads read. `@unchecked Sendable`: nobody writes while it is in use.
struct ReadPointer<Element>: @unchecked Sendable {
    let base: UnsafePointer<Element>

    init(_ base: UnsafePointer<Element>) { self.base = base }
}
