internal import CImageCodecs

/// What a picture says about itself before any pixel is decoded.
struct ImageHeader {
    let format: ImageFormat
    /// As stored, before the orientation is applied.
    let width: Int
    let height: Int
    /// EXIF orientation 1...8.
    let orientation: Int
    /// JPEG only.
    let jpeg: JPEGStructure?

    init(of bytes: [UInt8]) throws(ImageError) {
        guard !bytes.isEmpty else { throw .empty }
        guard let format = ImageFormat(of: bytes) else { throw .unsupportedFormat(ImageFormat.guess(bytes)) }
        self.format = format
        switch format {
        case .jpeg:
            let jpeg = try JPEGStructure(of: bytes)
            guard jpeg.width > 0, jpeg.height > 0 else { throw .corrupt(.jpeg, message: "no width or height") }
            guard jpeg.precision == 8 else { throw .unsupportedFormat("JPEG of \(jpeg.precision) bits a sample") }
            guard [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(jpeg.frameMarker) else {
                throw .unsupportedFormat("JPEG with lossless or hierarchical coding")
            }
            guard [1, 3, 4].contains(jpeg.componentCount) else {
                throw .unsupportedFormat("JPEG of \(jpeg.componentCount) components")
            }
            (width, height, orientation) = (jpeg.width, jpeg.height, jpeg.orientation)
            self.jpeg = jpeg
        case .png:
            guard bytes.count >= 33 else { throw .truncated(.png) }
            guard bytes[8..<16].elementsEqual([0, 0, 0, 13] + Array("IHDR".utf8)) else {
                throw .corrupt(.png, message: "no header")
            }
            func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
            (width, height) = (number(at: 16), number(at: 20))
            guard 1...0x7FFF_FFFF ~= width, 1...0x7FFF_FFFF ~= height else {
                throw .corrupt(.png, message: "no width or height")
            }
            orientation = ExifOrientation.value(ofChunksIn: bytes, format: .png) ?? 1
            jpeg = nil
        case .webp:
            var (width, height, isAnimated): (Int32, Int32, Int32) = (0, 0, 0)
            let outcome = CodecOutcome { message in
                atelier_webp_header(bytes, bytes.count, &width, &height, &isAnimated, message)
            }
            try outcome.check(.webp)
            guard isAnimated == 0 else { throw .animated(.webp) }
            guard width > 0, height > 0 else { throw .corrupt(.webp, message: "no width or height") }
            (self.width, self.height) = (Int(width), Int(height))
            orientation = ExifOrientation.value(ofChunksIn: bytes, format: .webp) ?? 1
            jpeg = nil
        }
    }
}

/// How a call into the codecs ended, with its message copied.
struct CodecOutcome {
    private let status: atelier_image_status
    private let message: String

    init(_ call: (UnsafeMutablePointer<CChar>) -> atelier_image_status) {
        var status = ATELIER_IMAGE_OK
        message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(ATELIER_IMAGE_MESSAGE)) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress else { return "" }
            status = call(base)
            return status == ATELIER_IMAGE_OK ? "" : String(cString: base)
        }
        self.status = status
    }

    func check(_ format: ImageFormat) throws(ImageError) {
        switch status {
        case ATELIER_IMAGE_OK: return
        case ATELIER_IMAGE_TRUNCATED: throw .truncated(format)
        case ATELIER_IMAGE_UNSUPPORTED: throw .unsupportedFormat("\(format.name): \(message)")
        case ATELIER_IMAGE_OUT_OF_MEMORY: throw .outOfMemory
        default: throw .corrupt(format, message: message)
        }
    }

    /// For encoders.
    func checkEncoded() throws(ImageError) {
        switch status {
        case ATELIER_IMAGE_OK: return
        case ATELIER_IMAGE_OUT_OF_MEMORY: throw .outOfMemory
        default: throw .notEncoded(message: message)
        }
    }
}
