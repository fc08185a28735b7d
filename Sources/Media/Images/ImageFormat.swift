/// The picture formats that are read here, told by content and never by name.
package enum ImageFormat: String, Sendable, Equatable, CaseIterable {
    case jpeg
    case png
    case webp

    package var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        }
    }

    /// The format whose signature `bytes` starts with.
    package init?(of bytes: some Collection<UInt8>) {
        if bytes.starts(with: [0xFF, 0xD8]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            self = .webp
        } else {
            return nil
        }
    }

    /// What `bytes` look like when they are none of ours, for the message.
    static func guess(_ bytes: [UInt8]) -> String {
        func has(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: Array(text.utf8)) }
        if has("GIF8") { return "GIF" }
        if has("BM") { return "BMP" }
        if has("II*\0") || has("MM\0*") { return "TIFF" }
        if has("ftypavif", at: 4) { return "AVIF" }
        if has("ftyp", at: 4) { return "HEIF or another ISO media file" }
        if has("<svg") || has("<?xml") { return "SVG or XML" }
        if has("<") { return "HTML or XML" }
        return "unknown signature"
    }
}
