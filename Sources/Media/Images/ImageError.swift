/// Why a picture was not decoded (or not encoded): data about one picture and no reason to stop a run. Only a want of memory
/// lies with the machine, and may have passed when the picture is looked at again.
package enum ImageError: Error, Equatable, Sendable {
    /// No bytes at all.
    case empty
    /// Neither JPEG, PNG nor WebP, or a variety of them that no decoder here reads; what it is, as far as known.
    case unsupportedFormat(String)
    /// A film, not a picture: animated WebP. (An APNG is a PNG with extras and gives its default picture.)
    case animated(ImageFormat)
    /// The bytes end before the picture does.
    case truncated(ImageFormat)
    /// The bytes contradict their format; the codec's own words.
    case corrupt(ImageFormat, message: String)
    /// More pixels than allowed; found in the header, before any pixel is decoded.
    case tooLarge(width: Int, height: Int, limit: Int)
    /// So long and narrow that it cannot be scaled to the size that is wanted of it.
    case tooNarrow(width: Int, height: Int)
    /// More bytes than allowed; found before any is read.
    case tooManyBytes(count: Int, limit: Int)
    /// The codec could not have the memory that it asked for.
    case outOfMemory
    /// The encoder refused; the codec's own words.
    case notEncoded(message: String)
}

extension ImageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "empty picture"
        case .unsupportedFormat(let what): "unsupported picture format: \(what)"
        case .animated(let format): "animated \(format.name)"
        case .truncated(let format): "truncated \(format.name)"
        case .corrupt(let format, let message): "damaged \(format.name): \(message)"
        case .tooLarge(let width, let height, let limit): "\(width) x \(height) pixels, more than \(limit) in all"
        case .tooNarrow(let width, let height): "\(width) x \(height) pixels, too narrow to be scaled"
        case .tooManyBytes(let count, let limit): "\(count) bytes, more than \(limit)"
        case .outOfMemory: "not enough memory for the picture"
        case .notEncoded(let message): "cannot be encoded: \(message)"
        }
    }
}
