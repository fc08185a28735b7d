import Features
import Media
import Testing

/// Share of the pixels on which mask and drawing agree, of those on which at least one says garment.
private func overlap(_ garment: DrawnGarment) -> Double {
    let mask = ForegroundMask(LabImage(garment.picture()))
    var (both, either) = (0, 0)
    for y in 0..<garment.height {
        for x in 0..<garment.width {
            let (drawn, found) = (garment.isGarment(x, y), mask.weights[y * garment.width + x] > 0)
            both += drawn && found ? 1 : 0
            either += drawn || found ? 1 : 0
        }
    }
    return Double(both) / Double(max(1, either))
}

@Test(arguments: [(235, 232, 226), (237, 237, 239), (150, 158, 170), (250, 250, 250)])
func garmentIsFoundBeforeAnyBackdrop(red: Int, green: Int, blue: Int) {
    let backdrop = (UInt8(red), UInt8(green), UInt8(blue))
    for outline in [DrawnGarment.Outline.box, .flared, .tapered, .shirt] {
        for colour: DrawnGarment.RGB in [(20, 20, 22), (120, 30, 40), (40, 60, 120)] {
            let garment = DrawnGarment(
                cloth: .plain(colour), outline: outline, backdrop: backdrop, gradient: 40, hasShadow: true)
            #expect(overlap(garment) > 0.95)
        }
    }
}

@Test func whiteGarmentBeforeOffWhiteIsFound() {
    let garment = DrawnGarment(cloth: .plain((252, 252, 252)), outline: .shirt, gradient: 12)
    #expect(overlap(garment) > 0.93)
}

@Test func holesThatShowTheBackdropAreNoGarment() {
    var picture = DrawnGarment(cloth: .plain((30, 30, 60))).picture()
    for y in 50..<70 {
        for x in 40..<56 {
            let at = (y * picture.width + x) * 3
            (picture.bytes[at], picture.bytes[at + 1], picture.bytes[at + 2]) = (235, 232, 226)
        }
    }
    let mask = ForegroundMask(LabImage(picture))
    #expect(mask.isStudio)
    #expect(mask.weights[60 * picture.width + 48] == 0)
    #expect(mask.weights[60 * picture.width + 25] == 1)
}

@Test func twoPiecesAreBothKeptAndSpecksAreNot() {
    var bytes = [UInt8](repeating: 240, count: 96 * 96 * 3)
    func fill(_ xs: Range<Int>, _ ys: Range<Int>) {
        for y in ys { for x in xs { for k in 0..<3 { bytes[(y * 96 + x) * 3 + k] = 40 } } }
    }
    fill(20..<32, 30..<60)
    fill(60..<72, 30..<60)
    fill(48..<50, 80..<82)
    let mask = ForegroundMask(LabImage(PixelBuffer(width: 96, height: 96, bytes: bytes)))
    #expect(mask.weights[40 * 96 + 25] == 1)
    #expect(mask.weights[40 * 96 + 65] == 1)
    #expect(mask.weights[81 * 96 + 49] == 0)
    #expect(mask.box == PixelBox(left: 20, top: 30, width: 52, height: 30))
}

@Test func pictureWithoutBackdropCountsWholeWithItsCentreFirst() {
    var bytes: [UInt8] = []
    for y in 0..<80 {
        for x in 0..<80 {
            let value = UInt8(truncatingIfNeeded: (x * 7919 + y * 104_729 + x * y * 31) % 251)
            bytes += [value, value &* 3, value &* 7]
        }
    }
    let mask = ForegroundMask(LabImage(PixelBuffer(width: 80, height: 80, bytes: bytes)))
    #expect(!mask.isStudio)
    #expect(mask.fraction == 1)
    #expect(mask.weights[40 * 80 + 40] > 3 * mask.weights[0])
    #expect(mask.weights.allSatisfy { $0 > 0 })
}
