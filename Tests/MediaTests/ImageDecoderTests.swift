import Foundation
import Media
import Testing

private let decoder = ImageDecoder()

@Test func pngKeepsEveryPixel() throws {
    for (width, height) in [(1, 1), (3, 7), (200, 1), (37, 64)] {
        let picture = PictureFixtures.noise(width: width, height: height, seed: 41)
        #expect(try decoder.decode(ImageEncoder.png(picture)) == picture)
    }
}

@Test func jpegKeepsColoursAlmost() throws {
    let smooth = PictureFixtures.picture(width: 50, height: 30) { x, y in [UInt8(x * 5), UInt8(y * 8), UInt8(x + y)] }
    let decoded = try decoder.decode(ImageEncoder.jpeg(smooth, quality: 95))
    #expect(try #require(PictureFixtures.difference(decoded, smooth)) <= 12)
    let grey = PictureFixtures.picture(width: 1, height: 1) { _, _ in [80, 160, 240] }
    let pixel = try decoder.decode(ImageEncoder.jpeg(grey, quality: 100), fitting: 224)
    #expect(try #require(PictureFixtures.difference(pixel, grey)) < 6)
}

@Test func encodersGiveTheSameBytesAgain() throws {
    let picture = PictureFixtures.asymmetric
    #expect(try ImageEncoder.jpeg(picture, quality: 80) == ImageEncoder.jpeg(picture, quality: 80))
    #expect(try ImageEncoder.png(picture) == ImageEncoder.png(picture))
}

@Test func progressiveJPEGIsDecoded() throws {
    let expected = PictureFixtures.picture(width: 16, height: 8) { x, _ in [UInt8(x * 16), 90, 200] }
    let decoded = try decoder.decode(bytes(base64: PictureFixtures.progressive))
    #expect(try #require(PictureFixtures.difference(decoded, expected)) < 40)
}

@Test func fourInksBecomeColours() throws {
    let adobe = try bytes(base64: PictureFixtures.cmyk)
    func colour(_ inks: [Int]) -> PixelBuffer {
        // Inks as stored by Adobe: 255 is none.
        let rgb = inks[0..<3].map { UInt8((Double($0 * inks[3]) / 255).rounded()) }
        return PictureFixtures.picture(width: 8, height: 8) { _, _ in rgb }
    }
    #expect(try decoder.decode(adobe) == colour([255, 100, 50, 200]))
    // Without Adobe's marker the same numbers mean the contrary.
    let plain = Array(adobe[0..<2] + adobe[18...])
    #expect(try decoder.decode(plain) == colour([0, 155, 205, 55]))
}

@Test(arguments: 1...8)
func exifOrientationIsApplied(orientation: Int) throws {
    let jpeg = try ImageEncoder.jpeg(PictureFixtures.asymmetric)
    let plain = try decoder.decode(jpeg)
    for isLittle in [true, false] {
        let turned = PictureFixtures.jpeg(jpeg, exif: PictureFixtures.exif(orientation, isLittle: isLittle))
        let expected = PictureFixtures.turned(plain, orientation)
        #expect(try decoder.decode(turned) == expected)
        #expect(try decoder.size(of: turned) == (expected.width, expected.height))
        #expect(
            try decoder.decode(turned, fitting: 24)
                == PictureFixtures.turned(decoder.decode(jpeg, fitting: 24), orientation))
    }
    let stored = try decoder.decode(bytes(base64: PictureFixtures.losslessWebP))
    #expect(
        try decoder.decode(PictureFixtures.orientedWebP(orientation)) == PictureFixtures.turned(stored, orientation))
    var png = PNGBuilder(width: 2, height: 1, rows: [[1, 2, 3, 4, 5, 6]])
    let unturned = try decoder.decode(png.bytes)
    png.chunks = [("eXIf", PictureFixtures.exif(orientation, isLittle: false))]
    #expect(try decoder.decode(png.bytes) == PictureFixtures.turned(unturned, orientation))
}

@Test func nonsenseInEXIFChangesNothing() throws {
    let jpeg = try ImageEncoder.jpeg(PictureFixtures.asymmetric)
    let plain = try decoder.decode(jpeg)
    let exif = PictureFixtures.exif(6, isLittle: true)
    for count in 0..<exif.count - 10 {
        let picture = try decoder.decode(PictureFixtures.jpeg(jpeg, exif: Array(exif.prefix(count))))
        #expect(picture == plain || picture == PictureFixtures.turned(plain, 6))
    }
    for orientation in [0, 9, 255] {
        let odd = PictureFixtures.exif(orientation, isLittle: true)
        #expect(try decoder.decode(PictureFixtures.jpeg(jpeg, exif: odd)) == plain)
    }
}

@Test func everyKindOfPNGBecomesRGB() throws {
    func decoded(_ png: PNGBuilder) throws -> [UInt8] { try decoder.decode(png.bytes).bytes }
    // 16 bits: 0x8080 is 128 exactly, 0x00FF rounds to 1.
    let deep = PNGBuilder(width: 1, height: 1, depth: 16, rows: [[0x80, 0x80, 0x00, 0xFF, 0xFF, 0xFF]])
    #expect(try decoded(deep) == [128, 1, 255])
    let deepGrey = PNGBuilder(width: 2, height: 1, depth: 16, colourType: 0, rows: [[0x80, 0x80, 0, 0]])
    #expect(try decoded(deepGrey) == [128, 128, 128, 0, 0, 0])
    let bits = PNGBuilder(width: 3, height: 1, depth: 1, colourType: 0, rows: [[0b1010_0000]])
    #expect(try decoded(bits) == [255, 255, 255, 0, 0, 0, 255, 255, 255])
    let colours: [(String, [UInt8])] = [("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90]), ("tRNS", [255, 0, 128])]
    let palette = PNGBuilder(width: 3, height: 1, depth: 2, colourType: 3, chunks: colours, rows: [[0b0001_1000]])
    #expect(try decoded(palette) == [10, 20, 30, 255, 255, 255, 162, 167, 172])
    let greyAlpha = PNGBuilder(width: 2, height: 1, colourType: 4, rows: [[100, 255, 100, 51]])
    #expect(try decoded(greyAlpha) == [100, 100, 100, 224, 224, 224])
    let alpha = PNGBuilder(width: 2, height: 1, colourType: 6, rows: [[9, 8, 7, 0, 9, 8, 7, 255]])
    #expect(try decoded(alpha) == [255, 255, 255, 9, 8, 7])
    // A colour that the header names transparent.
    let named = PNGBuilder(width: 2, height: 1, chunks: [("tRNS", [0, 1, 0, 2, 0, 3])], rows: [[1, 2, 3, 4, 5, 6]])
    #expect(try decoded(named) == [255, 255, 255, 4, 5, 6])
}

@Test(arguments: [2, 6])
func interlacedPNGIsPutTogether(colourType: Int) throws {
    let picture = PictureFixtures.noise(width: 13, height: 11, seed: 42)
    var png = PNGBuilder(width: 13, height: 11, colourType: colourType, isInterlaced: true)
    // Adam7: start and step of the columns and rows of each pass.
    for (x0, y0, dx, dy) in [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ] {
        for y in stride(from: y0, to: 11, by: dy) {
            var row: [UInt8] = []
            for x in stride(from: x0, to: 13, by: dx) {
                let at = (y * 13 + x) * 3
                row += picture.bytes[at..<at + 3]
                if colourType == 6 { row.append(255) }
            }
            png.rows.append(row)
        }
    }
    #expect(try decoder.decode(png.bytes) == picture)
}

@Test func webPIsDecodedWithItsTransparencyOnWhite() throws {
    let alphas = (0..<12).map { $0 == 5 ? 0 : $0 == 6 ? 128 : 255 }
    let expected = PictureFixtures.picture(width: 4, height: 3) { x, y in
        let i = y * 4 + x
        let colour: [Int] = [20 * i, 255 - 20 * i, 7 * i]
        return colour.map { (value: Int) -> UInt8 in
            let share = (Double(value * alphas[i]) / 255).rounded()
            return UInt8(share) + UInt8(255 - alphas[i])
        }
    }
    #expect(try decoder.decode(bytes(base64: PictureFixtures.losslessWebP)) == expected)
    let lossy = try decoder.decode(bytes(base64: PictureFixtures.lossyWebP))
    #expect((lossy.width, lossy.height) == (16, 16))
    #expect(lossy.bytes[0] > 150 && lossy.bytes[1] < 90)
}

@Test func animatedWebPIsRefusedByName() throws {
    let film = try PictureFixtures.animatedWebP()
    #expect(throws: ImageError.animated(.webp)) { try decoder.decode(film) }
    #expect(throws: ImageError.animated(.webp)) { try decoder.size(of: film) }
}
