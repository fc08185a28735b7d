import Foundation
import Media
import Testing

private let decoder = ImageDecoder()

private let thirtyThousand = ImageError.tooLarge(width: 30_000, height: 30_000, limit: 50_000_000)

@Test func hugePNGIsRefusedByItsHeader() throws {
    let bomb = PNGBuilder(width: 30_000, height: 30_000, rows: [[0]]).bytes
    #expect(try decoder.size(of: bomb) == (30_000, 30_000))
    let started = ContinuousClock.now
    #expect(throws: thirtyThousand) { try decoder.decode(bomb, fitting: 224) }
    #expect(ContinuousClock.now - started < .seconds(1))
    // Sizes whose product does not fit a number of 64 bits.
    let vast = PNGBuilder(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF, rows: [[0]]).bytes
    let unlimited = ImageDecoder(limits: ImageLimits(pixelCount: .max, byteCount: .max))
    #expect(throws: ImageError.tooLarge(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF, limit: (1 << 30) - 1)) {
        try unlimited.decode(vast)
    }
}

@Test func hugeJPEGAndWebPAreRefusedByTheirHeaders() throws {
    var jpeg = try ImageEncoder.jpeg(PictureFixtures.asymmetric)
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
    #expect(throws: thirtyThousand) { try decoder.decode(jpeg) }
    // Lossless WebP: 14 bits of width - 1, then 14 of height - 1.
    var webp = try bytes(base64: PictureFixtures.losslessWebP)
    webp.replaceSubrange(21..<25, with: PictureFixtures.little(9999 | 9999 << 14, count: 4))
    #expect(throws: ImageError.tooLarge(width: 10_000, height: 10_000, limit: 50_000_000)) { try decoder.decode(webp) }
}

@Test func pixelsAndBytesAreLimitedToTheUnit() throws {
    let png = try ImageEncoder.png(PictureFixtures.noise(width: 10, height: 9, seed: 1))
    func decode(_ pixels: Int, _ bytes: Int) throws -> PixelBuffer {
        try ImageDecoder(limits: ImageLimits(pixelCount: pixels, byteCount: bytes)).decode(png)
    }
    #expect(try decode(90, png.count).width == 10)
    #expect(throws: ImageError.tooLarge(width: 10, height: 9, limit: 89)) { try decode(89, png.count) }
    #expect(throws: ImageError.tooManyBytes(count: png.count, limit: png.count - 1)) { try decode(90, png.count - 1) }
}

@Test func whatIsNoPictureIsNamed() {
    func error(_ bytes: [UInt8]) -> ImageError? {
        do throws(ImageError) {
            _ = try decoder.decode(bytes)
            return nil
        } catch {
            return error
        }
    }
    #expect(error([]) == .empty)
    #expect(error(Array("GIF89a".utf8)) == .unsupportedFormat("GIF"))
    #expect(error(Array("<html>".utf8)) == .unsupportedFormat("HTML or XML"))
    #expect(error([0]) == .unsupportedFormat("unknown signature"))
    #expect(error([0, 0, 0, 32] + Array("ftypavif".utf8)) == .unsupportedFormat("AVIF"))
    #expect(error([0xFF, 0xD8]) == .truncated(.jpeg))
    #expect(error([0xFF, 0xD8, 0, 0]) == .corrupt(.jpeg, message: "no marker where one must be"))
    let lossless: [UInt8] = [0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0]
    #expect(error(lossless) == .unsupportedFormat("JPEG with lossless or hierarchical coding"))
    let deep: [UInt8] = [0xFF, 0xD8, 0xFF, 0xC1, 0, 11, 12, 0, 1, 0, 1, 1, 1, 0x11, 0]
    #expect(error(deep) == .unsupportedFormat("JPEG of 12 bits a sample"))
}

private let whole: [(name: String, bytes: [UInt8], format: ImageFormat)] = {
    let picture = PictureFixtures.picture(width: 40, height: 30) { x, y in
        [UInt8(x * 6), UInt8(y * 8), UInt8((x * y) % 256)]
    }
    var all: [(String, [UInt8], ImageFormat)] = []
    if let jpeg = try? ImageEncoder.jpeg(picture) { all.append(("JPEG", jpeg, .jpeg)) }
    if let progressive = try? bytes(base64: PictureFixtures.progressive) {
        all.append(("progressive", progressive, .jpeg))
    }
    if let png = try? ImageEncoder.png(picture) { all.append(("PNG", png, .png)) }
    if let lossless = try? bytes(base64: PictureFixtures.losslessWebP) {
        all.append(("lossless WebP", lossless, .webp))
    }
    if let lossy = try? bytes(base64: PictureFixtures.lossyWebP) { all.append(("lossy WebP", lossy, .webp)) }
    return all
}()

@Test func cutPictureIsTruncatedAtEveryByte() throws {
    #expect(whole.count == 5)
    for (name, bytes, format) in whole {
        _ = try decoder.decode(bytes)
        for length in 12..<bytes.count {
            let cut = Array(bytes.prefix(length))
            // WebP pads its last chunk; without the padding nothing is lost.
            if format == .webp, length >= bytes.count - 1 { continue }
            #expect(throws: ImageError.truncated(format), "\(name) cut at \(length) of \(bytes.count)") {
                try decoder.decode(cut, fitting: 20)
            }
        }
    }
}

@Test func damagedPicturesNeverCrash() {
    var generator = Bytes(seed: 51)
    let careful = ImageDecoder(limits: ImageLimits(pixelCount: 1_000_000, byteCount: 1 << 20))
    for (name, bytes, _) in whole {
        var refused = 0
        for _ in 0..<400 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                damaged[Int.random(in: 2..<damaged.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            do throws(ImageError) {
                let picture = try careful.decode(damaged, fitting: 20)
                #expect(max(picture.width, picture.height) <= 40)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 50, "\(name)")
    }
}

@Test func wrongChecksumIsDamage() throws {
    var png = try ImageEncoder.png(PictureFixtures.asymmetric)
    png[png.count / 2] ^= 1
    let error = #expect(throws: ImageError.self) { try decoder.decode(png) }
    guard case .corrupt(.png, let message) = try #require(error) else {
        Issue.record("not damage: \(String(describing: error))")
        return
    }
    #expect(!message.isEmpty)
}
