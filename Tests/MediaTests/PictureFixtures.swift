import Foundation
import Media

enum PictureFixtures {
    /// A gradient with a corner of its own, so that no two turns of it look alike.
    static let asymmetric = picture(width: 48, height: 32) { x, y in
        x < 16 && y < 16 ? [250, 20, 20] : [UInt8(40 + x * 2), UInt8(100 + y * 3), 90]
    }

    static func picture(width: Int, height: Int, _ colour: (Int, Int) -> [UInt8]) -> PixelBuffer {
        var bytes: [UInt8] = []
        for y in 0..<height { for x in 0..<width { bytes += colour(x, y) } }
        return PixelBuffer(width: width, height: height, bytes: bytes)
    }

    static func noise(width: Int, height: Int, seed: UInt64) -> PixelBuffer {
        PixelBuffer(width: width, height: height, bytes: Bytes.noise(width * height * 3, seed: seed))
    }

    /// 8 x 8 of one colour, JPEG with four inks as Adobe stores them: 255, 100, 50 and 200, where 255 is no ink.
    static let cmyk =
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
        + "/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAoI/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwB/CHxj"
        + "yQH/2Q=="

    /// 16 x 8, progressive JPEG: red grows by 16 a column, green 90, blue 200.
    static let progressive =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PT"
        + "gyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wgARCAAI"
        + "ABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAVAQEBAAAAAAAAAAAAAAAAAAACBf/aAAwDAQACEAMQAAABm0ysv//EABUQAQ"
        + "EAAAAAAAAAAAAAAAAAAAAC/9oACAEBAAEFAoQ//8QAFREBAQAAAAAAAAAAAAAAAAAAAAX/2gAIAQMBAT8Bnv/EABURAQEAAAAAAAAAAAAAAAAA"
        + "AAAD/9oACAECAQE/Aav/xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAY/Aj//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAE/IT//2g"
        + "AMAwEAAgADAAAAEHf/xAAVEQEBAAAAAAAAAAAAAAAAAAAAQf/aAAgBAwEBPxCH/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAgEBPxB//8QA"
        + "FRABAQAAAAAAAAAAAAAAAAAAAEH/2gAIAQEAAT8QlL//2Q=="

    /// 4 x 3, lossless WebP with alpha: pixel i is (20 i, 255 - 20 i, 7 i), pixel 5 transparent, pixel 6 of alpha 128.
    static let losslessWebP =
        "UklGRkgAAABXRUJQVlA4TDwAAAAvA4AAEF9AkG0zf8JD1OEaAoEUDxHEQoIU22gSSNrYfDz5o/I6AMB+CAAAZAEm10DGklMssUQa0f8wdAc="

    /// 16 x 16, lossy WebP: about (200, 40, 8 times the column).
    static let lossyWebP =
        "UklGRkAAAABXRUJQVlA4IDQAAACwAQCdASoQABAAAUAmJagCdLcAAdgAAP7wQndl99j/xiJx5R4BBG6P/3ZP/2Dj/tk/8xAA"

    static func little(_ value: Int, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func riff(_ chunks: [(name: String, body: [UInt8])]) -> [UInt8] {
        var body = Array("WEBP".utf8)
        for chunk in chunks {
            body += Array(chunk.name.utf8) + little(chunk.body.count, count: 4) + chunk.body
            if chunk.body.count % 2 == 1 { body.append(0) }
        }
        return Array("RIFF".utf8) + little(body.count, count: 4) + body
    }

    /// Two frames of the lossless picture, in the container of an animation.
    static func animatedWebP() throws -> [UInt8] {
        let frame = Array(try bytes(base64: losslessWebP).dropFirst(12))
        let header = little(0, count: 6) + little(3, count: 3) + little(2, count: 3) + little(100, count: 3) + [0]
        return riff([
            ("VP8X", [0x12, 0, 0, 0] + little(3, count: 3) + little(2, count: 3)),
            ("ANIM", little(-1, count: 4) + [0, 0]),
            ("ANMF", header + frame), ("ANMF", header + frame),
        ])
    }

    /// The lossless picture with EXIF beside it.
    static func orientedWebP(_ orientation: Int) throws -> [UInt8] {
        let picture = Array(try bytes(base64: losslessWebP).dropFirst(20))
        return riff([
            ("VP8X", [0x18, 0, 0, 0] + little(3, count: 3) + little(2, count: 3)),
            ("VP8L", picture), ("EXIF", exif(orientation, isLittle: true)),
        ])
    }

    /// A TIFF block that says the orientation, after an entry of another tag.
    static func exif(_ orientation: Int, isLittle: Bool) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            isLittle ? little(value, count: count) : little(value, count: count).reversed()
        }
        let entries = [(0x010F, 2, 4, 0x61626300), (0x0112, 3, 1, isLittle ? orientation : orientation << 16)]
        return (isLittle ? [0x49, 0x49] : [0x4D, 0x4D]) + number(42, 2) + number(8, 4) + number(entries.count, 2)
            + entries.flatMap { number($0.0, 2) + number($0.1, 2) + number($0.2, 4) + number($0.3, 4) } + number(0, 4)
    }

    /// A JPEG with an EXIF segment put in after its start.
    static func jpeg(_ jpeg: [UInt8], exif: [UInt8]) -> [UInt8] {
        let body = Array("Exif\0\0".utf8) + exif
        return jpeg[0..<2] + [0xFF, 0xE1, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
            + jpeg[2...]
    }

    /// The picture turned as EXIF orientation says, by its definition: where row 0 and column 0 of the file belong.
    static func turned(_ picture: PixelBuffer, _ orientation: Int) -> PixelBuffer {
        let (w, h) = (picture.width, picture.height)
        let isSwapped = orientation >= 5
        var turned = [UInt8](repeating: 0, count: picture.bytes.count)
        let width = isSwapped ? h : w
        for y in 0..<h {
            for x in 0..<w {
                let (outX, outY): (Int, Int) =
                    switch orientation {
                    case 2: (w - 1 - x, y)
                    case 3: (w - 1 - x, h - 1 - y)
                    case 4: (x, h - 1 - y)
                    case 5: (y, x)
                    case 6: (h - 1 - y, x)
                    case 7: (h - 1 - y, w - 1 - x)
                    case 8: (y, w - 1 - x)
                    default: (x, y)
                    }
                for c in 0..<3 { turned[(outY * width + outX) * 3 + c] = picture.bytes[(y * w + x) * 3 + c] }
            }
        }
        return PixelBuffer(width: width, height: isSwapped ? w : h, bytes: turned)
    }

    /// The largest difference of any sample; nil for different sizes.
    static func difference(_ a: PixelBuffer, _ b: PixelBuffer) -> Int? {
        guard a.width == b.width, a.height == b.height else { return nil }
        return zip(a.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.max()
    }
}
