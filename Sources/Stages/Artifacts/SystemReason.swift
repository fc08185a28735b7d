internal import Foundation

extension Error {
    /// Why reading or writing failed, as the operating system says it ("No space left on device"); where it said nothing, what
    /// Foundation makes of it.
    package var systemReason: String {
        let error = self as NSError
        let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
        guard cause.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
        return String(cString: strerror(Int32(truncatingIfNeeded: cause.code)))
    }
}
