/// What the marker segments of a JPEG say (ITU-T T.81, annex B), read before any decoder sees the bytes.
struct JPEGStructure {
    let width: Int
    let height: Int
    let componentCount: Int
    /// Bits a sample: 8 is what is read here.
    let precision: Int
    /// The SOF marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC9 and 0xCA their arithmetic forms.
    let frameMarker: UInt8
    /// Adobe's APP14 segment was there: four inks are then stored inverted.
    let hasAdobeMarker: Bool
    /// EXIF orientation 1...8; 1 where nothing valid is said.
    let orientation: Int

    /// - Throws: `.truncated` or `.corrupt` when there is no frame header before the bytes or the markers end.
    init(of bytes: [UInt8]) throws(ImageError) {
        var hasAdobeMarker = false
        var orientation: Int?
        var reader = JPEGMarkers(bytes: bytes)
        while let marker = reader.next() {
            let body = marker.body
            switch marker.code {
            case 0xE1:
                if orientation == nil, body.starts(with: Array("Exif\0\0".utf8)) {
                    orientation = ExifOrientation.value(ofTIFF: bytes[(body.startIndex + 6)..<body.endIndex])
                }
            case 0xEE:
                if body.starts(with: Array("Adobe".utf8)), body.count >= 12 { hasAdobeMarker = true }
            case 0xC0...0xCF where marker.code != 0xC4 && marker.code != 0xC8 && marker.code != 0xCC:
                guard body.count >= 6 else { throw .corrupt(.jpeg, message: "short frame header") }
                let at = body.startIndex
                precision = Int(body[at])
                height = Int(body[at + 1]) << 8 | Int(body[at + 2])
                width = Int(body[at + 3]) << 8 | Int(body[at + 4])
                componentCount = Int(body[at + 5])
                frameMarker = marker.code
                self.hasAdobeMarker = hasAdobeMarker || Self.hasAdobeMarker(after: reader)
                self.orientation = orientation ?? 1
                return
            case 0xDA, 0xD9: throw .corrupt(.jpeg, message: "no frame header")
            default: break
            }
        }
        throw reader.endedEarly ? .truncated(.jpeg) : .corrupt(.jpeg, message: "no marker where one must be")
    }

    /// Adobe's marker may stand after the frame header, before the first scan.
    private static func hasAdobeMarker(after reader: JPEGMarkers) -> Bool {
        var reader = reader
        while let marker = reader.next(), marker.code != 0xDA, marker.code != 0xD9 {
            if marker.code == 0xEE, marker.body.starts(with: Array("Adobe".utf8)), marker.body.count >= 12 {
                return true
            }
        }
        return false
    }

    /// Whether the end-of-image marker is there; it tells truncation from damage when decoding failed.
    static func hasEnd(_ bytes: [UInt8]) -> Bool {
        var reader = JPEGMarkers(bytes: bytes)
        while let marker = reader.next() {
            if marker.code == 0xD9 { return true }
            if marker.code == 0xDA { reader.passScan() }
        }
        return false
    }
}

/// Walks the marker segments of a JPEG.
struct JPEGMarkers {
    let bytes: [UInt8]
    private var index = 2
    /// The bytes ended where a marker or the rest of a segment had to be.
    private(set) var endedEarly = false

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next marker and the bytes of its segment (none for those that stand alone); nil at the end or at nonsense.
    mutating func next() -> (code: UInt8, body: ArraySlice<UInt8>)? {
        guard index < bytes.count else {
            endedEarly = true
            return nil
        }
        guard bytes[index] == 0xFF else { return nil }
        // Any number of fill bytes may come first.
        while index < bytes.count, bytes[index] == 0xFF { index += 1 }
        guard index < bytes.count else {
            endedEarly = true
            return nil
        }
        let code = bytes[index]
        index += 1
        if code == 0xD9 || code == 0x01 || (0xD0...0xD8).contains(code) { return (code, []) }
        guard index + 2 <= bytes.count else {
            endedEarly = true
            return nil
        }
        let length = Int(bytes[index]) << 8 | Int(bytes[index + 1])
        guard length >= 2 else { return nil }
        guard index + length <= bytes.count else {
            endedEarly = true
            return nil
        }
        let body = bytes[(index + 2)..<(index + length)]
        index += length
        return (code, body)
    }

    /// Moves past the compressed bytes of a scan: up to a marker that is neither a stuffed zero nor a restart.
    mutating func passScan() {
        while index + 1 < bytes.count {
            let code = bytes[index + 1]
            if bytes[index] == 0xFF, code != 0, code != 0xFF, !(0xD0...0xD7).contains(code) { return }
            index += 1
        }
        index = bytes.count
    }
}
