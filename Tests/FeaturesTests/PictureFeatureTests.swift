import Compatibility
import Features
import Media
import Testing

private let extractor = PictureFeatureExtractor()

private let offWhite: DrawnGarment.RGB = (244, 240, 232)
private let navy: DrawnGarment.RGB = (24, 34, 70)

@Test(arguments: [
    (DrawnGarment.Cloth.plain((24, 34, 70)), "plain"),
    (.plain((200, 30, 40)), "plain"),
    (.horizontalStripes((24, 34, 70), (244, 240, 232), period: 8), "horizontal stripes"),
    (.horizontalStripes((190, 40, 40), (230, 190, 180), period: 6), "horizontal stripes"),
    (.verticalStripes((24, 34, 70), (244, 240, 232), period: 6), "vertical stripes"),
    (.diagonalStripes((24, 34, 70), (200, 190, 150), period: 10), "diagonal stripes"),
    (.checked((30, 70, 50), (210, 210, 190), period: 10), "checked"),
    (.dotted((24, 34, 70), (244, 240, 232), period: 11), "dotted"),
    (.dotted((200, 60, 60), (20, 20, 20), period: 13), "dotted"),
    (.halves((20, 20, 22), (240, 236, 226)), "colour block"),
])
func drawnPatternIsNamed(cloth: DrawnGarment.Cloth, name: String) throws {
    for (backdrop, gradient): (DrawnGarment.RGB, Int) in [((228, 224, 214), 0), ((215, 217, 222), 30)] {
        let garment = DrawnGarment(cloth: cloth, backdrop: backdrop, gradient: gradient, hasShadow: true)
        #expect(try extractor.features(of: garment.picture()).description.pattern == name)
    }
}

@Test(arguments: [
    ((18, 18, 20), "black"), ((24, 34, 72), "navy"), ((190, 25, 40), "red"), ((90, 15, 35), "burgundy"),
    ((225, 205, 175), "beige"), ((30, 120, 60), "green"), ((240, 215, 60), "yellow"), ((130, 130, 130), "grey"),
    ((90, 55, 30), "brown"), ((230, 150, 180), "pink"), ((120, 180, 230), "sky blue"),
])
func drawnColourIsNamed(colour: (Int, Int, Int), name: String) throws {
    let rgb = (UInt8(colour.0), UInt8(colour.1), UInt8(colour.2))
    let features = try extractor.features(of: DrawnGarment(cloth: .plain(rgb), gradient: 20, hasShadow: true).picture())
    #expect(features.description.colours == [name])
    #expect(features.palette.count == 1)
}

@Test func paletteHasTheDrawnColoursAndShares() throws {
    let cloth = DrawnGarment.Cloth.horizontalStripes((190, 25, 40), (20, 30, 80), period: 16)
    let palette = try extractor.features(of: DrawnGarment(cloth: cloth).picture()).palette
    #expect(palette.count == 2)
    #expect(palette.allSatisfy { abs($0.weight - 0.5) < 0.06 })
    #expect(palette.contains { ColourName.nearest(to: $0.colour) == "red" })
    #expect(palette.contains { ColourName.nearest(to: $0.colour) == "navy" })
}

@Test func backdropDoesNotEnterTheFeatures() throws {
    let cloths: [DrawnGarment.Cloth] = [
        .plain((120, 30, 40)), .plain((200, 180, 140)), .horizontalStripes(navy, (190, 150, 90), period: 8),
        .dotted((200, 60, 60), (20, 20, 20), period: 13),
    ]
    let backdrops: [DrawnGarment.RGB] = [(235, 232, 222), (237, 237, 239), (205, 209, 216)]
    for cloth in cloths {
        var garment = DrawnGarment(cloth: cloth, outline: .flared, gradient: 10)
        let reference = try extractor.features(of: garment.picture())
        for backdrop in backdrops {
            garment.backdrop = backdrop
            garment.gradient = 25
            let features = try extractor.features(of: garment.picture())
            for part in PictureFeatures.layout.parts {
                let (p, q) = (Array(reference.row[part.range]), Array(features.row[part.range]))
                #expect(p.cosine(q) > 0.985, "\(part.name)")
            }
            #expect(ColourDistance.palette(reference.palette, features.palette) < 1.5)
        }
    }
}

@Test func anotherGarmentChangesTheBlockThatShowsIt() throws {
    func row(_ garment: DrawnGarment, _ block: String) throws -> [Float] {
        try #require(extractor.features(of: garment.picture()).block(block)).map { $0 }
    }
    let plain = DrawnGarment(cloth: .plain(navy), outline: .flared)
    let red = DrawnGarment(cloth: .plain((190, 25, 40)), outline: .flared)
    let box = DrawnGarment(cloth: .plain(navy), outline: .tapered)
    let striped = DrawnGarment(cloth: .horizontalStripes(navy, (190, 25, 40), period: 8), outline: .flared)
    #expect(try row(plain, "colour-histogram").cosine(row(red, "colour-histogram")) < 0.2)
    #expect(try row(plain, "shape").cosine(row(red, "shape")) > 0.99)
    #expect(try row(plain, "shape").cosine(row(box, "shape")) < 0.97)
    #expect(try row(plain, "texture").cosine(row(striped, "texture")) < 0.9)
}

@Test func mirrorImageHasTheSameFeatures() throws {
    let picture = DrawnGarment(cloth: .diagonalStripes(navy, offWhite, period: 12), outline: .shirt).picture()
    var mirrored = picture
    for y in 0..<picture.height {
        for x in 0..<picture.width {
            for k in 0..<3 {
                mirrored.bytes[(y * picture.width + x) * 3 + k] =
                    picture.bytes[(y * picture.width + picture.width - 1 - x) * 3 + k]
            }
        }
    }
    let (p, q) = (try extractor.features(of: picture), try extractor.features(of: mirrored))
    #expect(p.row.cosine(q.row) > 0.985)
}

@Test func silhouetteIsPutIntoWords() throws {
    func words(_ outline: DrawnGarment.Outline) throws -> [Substring] {
        let garment = DrawnGarment(cloth: .plain(navy), outline: outline)
        return try extractor.features(of: garment.picture()).description.proportions.split(separator: " ")
    }
    #expect(try words(.flared).contains("flared"))
    #expect(try words(.tapered).contains("tapered"))
    #expect(try words(.box).contains("straight"))
}

@Test(arguments: [(1, 1), (1, 40), (40, 1), (2, 2), (7, 9), (16, 16), (333, 5), (500, 700)])
func picturesOfAnySizeGiveFiniteRows(width: Int, height: Int) throws {
    for value in [UInt8(0), 128, 255] {
        let picture = PixelBuffer(
            width: width, height: height, bytes: [UInt8](repeating: value, count: width * height * 3))
        let features = try extractor.features(of: picture)
        #expect(features.row.count == PictureFeatures.layout.dimension)
        #expect(features.row.allSatisfy { $0.isFinite })
        #expect(features.description.colours.count == 1)
    }
}

@Test func samePictureGivesTheSameBits() throws {
    let picture = DrawnGarment(cloth: .checked(navy, offWhite, period: 9), outline: .shirt).picture()
    let rows = try (0..<3).map { _ in try extractor.features(of: picture).row.map(\.bitPattern) }
    #expect(rows[0] == rows[1] && rows[1] == rows[2])
}

@Test func shrinkingAveragesAreas() {
    let bytes = [UInt8]([0, 0, 0, 100, 100, 100, 200, 200, 200, 100, 100, 100])
    let picture = PixelBuffer(width: 2, height: 2, bytes: bytes)
    #expect(picture.shrunk(to: 1).bytes == [100, 100, 100])
    #expect(picture.shrunk(to: 2) == picture)
    let flat = PixelBuffer(width: 301, height: 97, bytes: [UInt8](repeating: 77, count: 301 * 97 * 3)).shrunk(to: 128)
    #expect((flat.width, flat.height) == (128, 41))
    #expect(flat.bytes.allSatisfy { $0 == 77 })
}

@Test func labOfKnownColours() {
    // White, black, mid grey, red, green and blue of sRGB by the standard's formulas.
    let picture = PixelBuffer(
        width: 6, height: 1, bytes: [255, 255, 255, 0, 0, 0, 119, 119, 119, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    let image = LabImage(picture)
    let expected: [(Float, Float, Float)] = [
        (100, 0, 0), (0, 0, 0), (50.03, 0, 0), (53.24, 80.09, 67.20), (87.73, -86.18, 83.18), (32.30, 79.19, -107.86),
    ]
    for (k, colour) in expected.enumerated() {
        #expect(abs(image.lightness[k] - colour.0) < 0.1)
        #expect(abs(image.a[k] - colour.1) < 0.15)
        #expect(abs(image.b[k] - colour.2) < 0.15)
    }
}
