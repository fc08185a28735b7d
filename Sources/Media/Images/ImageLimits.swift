/// What a picture may cost before it is refused, judged by its header alone.
package struct ImageLimits: Sendable, Equatable {
    /// Width times height.
    package var pixelCount: Int
    /// Bytes of the compressed picture.
    package var byteCount: Int

    package init(pixelCount: Int = 50_000_000, byteCount: Int = 64 << 20) {
        self.pixelCount = pixelCount
        self.byteCount = byteCount
    }

    /// 50 megapixels and 64 MiB: above what cameras and shops send, far below what hurts.
    package static let standard = ImageLimits()
}
