import Media
import Testing

/// The mean of what each new pixel covers, in whole numbers, rounded half up.
private func areaMean(_ picture: PixelBuffer, _ width: Int, _ height: Int) -> [UInt8] {
    var means: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            for c in 0..<3 {
                var sum = 0
                for sourceY in 0..<picture.height {
                    let weightY =
                        min((sourceY + 1) * height, (y + 1) * picture.height)
                        - max(sourceY * height, y * picture.height)
                    guard weightY > 0 else { continue }
                    for sourceX in 0..<picture.width {
                        let weightX =
                            min((sourceX + 1) * width, (x + 1) * picture.width)
                            - max(sourceX * width, x * picture.width)
                        guard weightX > 0 else { continue }
                        sum += weightX * weightY * Int(picture.bytes[(sourceY * picture.width + sourceX) * 3 + c])
                    }
                }
                let total = picture.width * picture.height
                means.append(UInt8((2 * sum + total) / (2 * total)))
            }
        }
    }
    return means
}

@Test func resizedPixelsAreExactAreaMeans() throws {
    for (width, height, side) in [
        (7, 5, 3), (64, 48, 32), (31, 1, 4), (1, 31, 30), (33, 20, 1), (25, 40, 39), (16, 16, 8),
    ] {
        let picture = PictureFixtures.noise(width: width, height: height, seed: UInt64(width))
        let small = try picture.fitting(side)
        #expect(max(small.width, small.height) == side)
        #expect(small.bytes == areaMean(picture, small.width, small.height), "\(width) x \(height) to \(side)")
    }
    // Halves: the mean of 0 and 1, and of 254 and 255, is rounded up.
    let halves = PixelBuffer(width: 2, height: 1, bytes: [0, 254, 3, 1, 255, 3])
    #expect(try halves.fitting(1).bytes == [1, 255, 3])
}

@Test func oneColourStaysThatColour() throws {
    for (width, height) in [(300, 299), (1000, 3), (239, 334)] {
        let flat = PictureFixtures.picture(width: width, height: height) { _, _ in [255, 0, 77] }
        let small = try flat.fitting(224)
        #expect(small == PictureFixtures.picture(width: small.width, height: small.height) { _, _ in [255, 0, 77] })
    }
}

@Test func longerSideBecomesExactlyTheSide() throws {
    let decoder = ImageDecoder()
    for (width, height) in [(600, 400), (400, 600), (239, 334), (225, 224), (5000, 20), (224, 224), (17, 3)] {
        let picture = PictureFixtures.picture(width: width, height: height) { x, y in
            [UInt8(x & 255), UInt8(y & 255), 128]
        }
        for bytes in [try ImageEncoder.jpeg(picture), try ImageEncoder.png(picture)] {
            let decoded = try decoder.decode(bytes, fitting: 224)
            let longer = max(width, height)
            #expect(max(decoded.width, decoded.height) == min(longer, 224))
            if longer > 224 {
                let expected = max(1, Int((Double(min(width, height) * 224) / Double(longer)).rounded()))
                #expect(min(decoded.width, decoded.height) == expected)
            }
            #expect(try decoder.decode(bytes).width == width)
        }
    }
}

@Test func scaledJPEGLooksLikeTheScaledPicture() throws {
    let picture = PictureFixtures.picture(width: 640, height: 480) { x, y in
        [UInt8(x * 255 / 639), UInt8(y * 255 / 479), UInt8((x + y) * 255 / 1118)]
    }
    for side in [600, 320, 224, 100, 40] {
        let fromJPEG = try ImageDecoder().decode(ImageEncoder.jpeg(picture, quality: 98), fitting: side)
        #expect(try #require(PictureFixtures.difference(fromJPEG, picture.fitting(side))) <= 8, "side \(side)")
    }
}

@Test func pictureTooLargeForSmallSumsIsExactToo() throws {
    // 4200 x 2000 is above 2^23 pixels; the upper half repeats one row, the lower another.
    let halves = [43, 44].map { PictureFixtures.noise(width: 4200, height: 1, seed: $0) }
    var bytes: [UInt8] = []
    for half in halves { for _ in 0..<1000 { bytes += half.bytes } }
    let small = try PixelBuffer(width: 4200, height: 2000, bytes: bytes).fitting(42)
    let rows = halves.map { areaMean($0, 42, 1) }
    #expect(small.bytes == (0..<20).flatMap { rows[$0 / 10] })
}
