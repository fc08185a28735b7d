internal import CImageCodecs

extension PixelBuffer {
    /// The size of a picture scaled down so that its longer side is at most `side`; the shorter one is rounded, at least 1.
    package static func size(width: Int, height: Int, fitting side: Int?) -> (width: Int, height: Int) {
        let longer = max(width, height)
        guard let side, side > 0, longer > side else { return (width, height) }
        func scaled(_ length: Int) -> Int { max(1, (2 * length * side + longer) / (2 * longer)) }
        return (scaled(width), scaled(height))
    }

    /// The picture with its longer side at most `side`.
    ///
    /// - Throws: `.outOfMemory`.
    package func fitting(_ side: Int) throws(ImageError) -> PixelBuffer {
        try shrunk(to: Self.size(width: width, height: height, fitting: side))
    }

    /// The picture at a size that is nowhere larger, each pixel the exact mean of the area that it covers.
    func shrunk(to size: (width: Int, height: Int)) throws(ImageError) -> PixelBuffer {
        if size.width == width, size.height == height { return self }
        precondition(size.width <= width && size.height <= height && width * height < 1 << 30, "areas only shrink")
        var isDone = false
        let count = size.width * size.height * 3
        try Self.requireMemory(for: count)
        let smaller = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            isDone =
                atelier_area_resize(
                    bytes, UInt32(width), UInt32(height), target.baseAddress, UInt32(size.width), UInt32(size.height))
                != 0
            filled = isDone ? count : 0
        }
        guard isDone else { throw .outOfMemory }
        return PixelBuffer(width: size.width, height: size.height, bytes: smaller)
    }

    /// The picture turned and mirrored as EXIF orientation 1...8 says; others change nothing.
    ///
    /// - Throws: `.outOfMemory`.
    func oriented(_ orientation: Int) throws(ImageError) -> PixelBuffer {
        guard (2...8).contains(orientation) else { return self }
        try Self.requireMemory(for: bytes.count)
        let turned = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, filled in
            atelier_orient(bytes, UInt32(width), UInt32(height), Int32(orientation), target.baseAddress)
            filled = bytes.count
        }
        let isSwapped = orientation >= 5
        return PixelBuffer(width: isSwapped ? height : width, height: isSwapped ? width : height, bytes: turned)
    }

    /// Asks for the memory of a picture and gives it back: an array that finds none ends the program.
    static func requireMemory(for byteCount: Int) throws(ImageError) {
        guard atelier_has_memory(byteCount) != 0 else { throw .outOfMemory }
    }
}
