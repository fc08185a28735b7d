/// A decoded picture: interleaved 8-bit sRGB, row after row, without padding, transparency already laid on white.
package struct PixelBuffer: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `width * height * 3` bytes, R G B.
    package var bytes: [UInt8]

    package init(width: Int, height: Int, bytes: [UInt8]) {
        precondition(width > 0 && height > 0 && bytes.count == width * height * 3, "bytes do not fill the picture")
        self.width = width
        self.height = height
        self.bytes = bytes
    }
}
