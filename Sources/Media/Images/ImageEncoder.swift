internal import CImageCodecs
private import Foundation

/// Encodes pictures, for samples, thumbnails and reports: the same pixels give the same bytes.
package enum ImageEncoder {
    /// A baseline JPEG with 4:2:0 chroma.
    ///
    /// - Parameter quality: 1...100.
    /// - Throws: `.notEncoded` above 65,500 pixels a side, `.outOfMemory`.
    package static func jpeg(_ picture: PixelBuffer, quality: Int = 90) throws(ImageError) -> [UInt8] {
        guard max(picture.width, picture.height) <= 65_500 else { throw .notEncoded(message: "too large for JPEG") }
        var output: UnsafeMutablePointer<UInt8>?
        var count = 0
        let outcome = CodecOutcome { message in
            atelier_jpeg_encode(
                picture.bytes, Int32(picture.width), Int32(picture.height), Int32(min(max(quality, 1), 100)), &output,
                &count,
                message)
        }
        try outcome.checkEncoded()
        defer { atelier_jpeg_free(output) }
        return Array(UnsafeBufferPointer(start: output, count: count))
    }

    /// An 8-bit RGB PNG.
    ///
    /// - Throws: `.notEncoded` above 1,000,000 pixels a side, `.outOfMemory`.
    package static func png(_ picture: PixelBuffer) throws(ImageError) -> [UInt8] {
        guard max(picture.width, picture.height) <= 1_000_000 else { throw .notEncoded(message: "too large for PNG") }
        var output: UnsafeMutablePointer<UInt8>?
        var count = 0
        let outcome = CodecOutcome { message in
            atelier_png_encode(
                picture.bytes, UInt32(picture.width), UInt32(picture.height), &output, &count, message)
        }
        try outcome.checkEncoded()
        defer { free(output) }
        return Array(UnsafeBufferPointer(start: output, count: count))
    }
}
