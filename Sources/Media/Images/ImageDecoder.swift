internal import CImageCodecs

/// Decodes JPEG, PNG and WebP, told by content, into 8-bit sRGB.
///
/// Strict: a picture that ends early or warns is an error, never a half-grey result. Limits are judged by the header
/// before any pixel is decoded. The same bytes give the same pixels on every machine and thread. Colour profiles and
/// gamma chunks are not applied; EXIF orientation is. Animated WebP is refused (`.animated`); an APNG gives its default
/// picture. Four-ink JPEGs (CMYK, YCCK) are converted without a profile.
package struct ImageDecoder: Sendable {
    package let limits: ImageLimits

    package init(limits: ImageLimits = .standard) {
        self.limits = limits
    }

    /// The picture's width and height as it is to be seen, read from its header alone.
    ///
    /// - Throws: what the header shows: `.empty`, `.unsupportedFormat`, `.animated`, `.truncated`, `.corrupt`. Limits are not
    ///   applied.
    package func size(of bytes: [UInt8]) throws(ImageError) -> (width: Int, height: Int) {
        let header = try ImageHeader(of: bytes)
        return header.orientation >= 5 ? (header.height, header.width) : (header.width, header.height)
    }

    /// Decodes a picture.
    ///
    /// - Parameter side: where the longer side is longer than this, the picture is scaled down so that it is exactly this
    ///   long, by DCT scaling (JPEG) and then by areas; smaller pictures stay as they are. Nil: never scaled.
    package func decode(_ bytes: [UInt8], fitting side: Int? = nil) throws(ImageError) -> PixelBuffer {
        guard bytes.count <= limits.byteCount else { throw .tooManyBytes(count: bytes.count, limit: limits.byteCount) }
        let header = try ImageHeader(of: bytes)
        // The area kernel's sums are exact below 2^30 pixels.
        let pixelLimit = min(limits.pixelCount, (1 << 30) - 1)
        guard header.height <= pixelLimit / header.width else {
            throw .tooLarge(width: header.width, height: header.height, limit: pixelLimit)
        }
        let target = PixelBuffer.size(width: header.width, height: header.height, fitting: side)
        let decoded =
            switch header.format {
            case .jpeg: try jpeg(bytes, header, atLeast: target)
            case .png: try png(bytes, header)
            case .webp: try webp(bytes, header)
            }
        return try decoded.shrunk(to: target).oriented(header.orientation)
    }

    private func jpeg(
        _ bytes: [UInt8], _ header: ImageHeader, atLeast target: (width: Int, height: Int)
    ) throws(ImageError) -> PixelBuffer {
        // The smallest scale that still holds the wanted size.
        let eighths =
            (1...8).first { eighths in
                atelier_jpeg_scaled(Int32(header.width), Int32(eighths)) >= target.width
                    && atelier_jpeg_scaled(Int32(header.height), Int32(eighths)) >= target.height
            } ?? 8
        let width = atelier_jpeg_scaled(Int32(header.width), Int32(eighths))
        let height = atelier_jpeg_scaled(Int32(header.height), Int32(eighths))
        let colours =
            switch (header.jpeg?.componentCount, header.jpeg?.hasAdobeMarker) {
            case (4, true): ATELIER_JPEG_INVERTED_CMYK
            case (4, _): ATELIER_JPEG_CMYK
            default: ATELIER_JPEG_RGB
            }
        do throws(ImageError) {
            return try pixels(Int(width), Int(height), .jpeg) { target, message in
                atelier_jpeg_decode(bytes, bytes.count, colours, width, height, target, message)
            }
        } catch {
            if case .corrupt = error, !JPEGStructure.hasEnd(bytes) { throw .truncated(.jpeg) }
            throw error
        }
    }

    private func png(_ bytes: [UInt8], _ header: ImageHeader) throws(ImageError) -> PixelBuffer {
        try pixels(header.width, header.height, .png) { target, message in
            atelier_png_decode(bytes, bytes.count, UInt32(header.width), UInt32(header.height), target, message)
        }
    }

    private func webp(_ bytes: [UInt8], _ header: ImageHeader) throws(ImageError) -> PixelBuffer {
        try pixels(header.width, header.height, .webp) { target, message in
            atelier_webp_decode(bytes, bytes.count, Int32(header.width), Int32(header.height), target, message)
        }
    }

    /// A picture that a codec fills.
    private func pixels(
        _ width: Int, _ height: Int, _ format: ImageFormat,
        _ call: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<CChar>) -> atelier_image_status
    ) throws(ImageError) -> PixelBuffer {
        var outcome: CodecOutcome?
        let count = width * height * 3
        try PixelBuffer.requireMemory(for: count)
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            outcome = CodecOutcome { message in call(base, message) }
            filled = count
        }
        try outcome?.check(format)
        return PixelBuffer(width: width, height: height, bytes: bytes)
    }
}
