/// The orientation that EXIF data give (CIPA DC-008, tag 0x0112).
enum ExifOrientation {
    /// 1...8 from a TIFF block, the first directory only; nil where it is missing or nonsense.
    static func value(ofTIFF bytes: ArraySlice<UInt8>) -> Int? {
        let start = bytes.startIndex
        let isLittle: Bool
        if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) {
            isLittle = true
        } else if bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            isLittle = false
        } else {
            return nil
        }
        func number(at offset: Int, byteCount: Int) -> Int? {
            guard offset >= 0, offset + byteCount <= bytes.count else { return nil }
            let part = bytes[(start + offset)..<(start + offset + byteCount)]
            return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, byteCount: 4), let count = number(at: directory, byteCount: 2) else {
            return nil
        }
        for entry in 0..<count {
            let at = directory + 2 + entry * 12
            guard let tag = number(at: at, byteCount: 2) else { return nil }
            guard tag == 0x0112 else { continue }
            guard number(at: at + 2, byteCount: 2) == 3, let value = number(at: at + 8, byteCount: 2) else {
                return nil
            }
            return (1...8).contains(value) ? value : nil
        }
        return nil
    }

    /// From the `EXIF` chunk of a WebP file or the `eXIf` chunk of a PNG; nil where there is none.
    static func value(ofChunksIn bytes: [UInt8], format: ImageFormat) -> Int? {
        let isPNG = format == .png
        let name = Array((isPNG ? "eXIf" : "EXIF").utf8)
        var index = isPNG ? 8 : 12
        while index + 8 <= bytes.count {
            let length = bytes[(isPNG ? index : index + 4)..<(isPNG ? index + 4 : index + 8)]
            let count = (isPNG ? Array(length) : Array(length.reversed())).reduce(0) { $0 << 8 | Int($1) }
            let body = index + 8
            guard count <= bytes.count - body else { return nil }
            if bytes[(isPNG ? index + 4 : index)..<(isPNG ? index + 8 : index + 4)].elementsEqual(name) {
                let tiff = bytes[body..<body + count]
                // Some writers keep JPEG's prefix.
                return value(ofTIFF: tiff.starts(with: Array("Exif\0\0".utf8)) ? tiff.dropFirst(6) : tiff)
            }
            // PNG: a checksum follows; WebP: chunks are padded to even lengths.
            index = body + count + (isPNG ? 4 : count & 1)
        }
        return nil
    }
}
