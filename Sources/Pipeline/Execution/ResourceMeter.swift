internal import Foundation

/// Processor time and peak memory of the stages that are running.
///
/// Both are known for the process only. Between two starts or ends of stages, processor time is shared evenly among those
/// that run, and each is given the process's peak, which the kernel is asked to forget at each such moment
/// (`/proc/self/clear_refs`). A stage that runs alone has exact figures.
struct ResourceMeter {
    struct Usage {
        var cpuSeconds: Double = 0
        var peakByteCount: Int = 0
    }

    private var usage: [StageName: Usage] = [:]
    private var lastCPUSeconds = Self.processCPUSeconds()

    mutating func begin(_ stage: StageName) {
        advance()
        usage[stage] = Usage()
    }

    mutating func end(_ stage: StageName) -> Usage {
        advance()
        return usage.removeValue(forKey: stage) ?? Usage()
    }

    private mutating func advance() {
        let now = Self.processCPUSeconds()
        let peak = Self.peakByteCount()
        let share = (now - lastCPUSeconds) / Double(max(1, usage.count))
        usage = usage.mapValues { before in
            Usage(cpuSeconds: before.cpuSeconds + share, peakByteCount: max(before.peakByteCount, peak))
        }
        lastCPUSeconds = now
        Self.forgetPeak()
    }

    private static func processCPUSeconds() -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// `VmHWM`, or 0 where the system does not tell.
    private static func peakByteCount() -> Int {
        guard let bytes = try? FileSystem.read("/proc/self/status") else { return 0 }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        return 0
    }

    private static func forgetPeak() {
        let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = "5".withCString { write(descriptor, $0, 1) }
        close(descriptor)
    }
}
