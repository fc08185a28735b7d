import Encoders
import Media
import Testing

struct PicturePreparationTests {
    /// The pixels that a model would see, unscaled.
    private static func seen(
        _ picture: PixelBuffer, width: Int, height: Int, placement: PicturePlacement,
        backdrop: BackdropTreatment = .kept, order: ImageEncoderConfiguration.ChannelOrder = .rgb,
        layout: ImageEncoderConfiguration.Layout = .nhwc
    ) -> [Float] {
        let configuration = ImageEncoderConfiguration(
            modelPath: "", channelOrder: order, scale: 1, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
            placement: placement, backdrop: backdrop)
        return PicturePreparation(configuration, width: width, height: height, layout: layout).input(of: picture)
    }

    private static func picture(width: Int, height: Int, _ colour: (Int, Int) -> [UInt8]) -> PixelBuffer {
        let bytes = (0..<height).flatMap { y in (0..<width).flatMap { x in colour(x, y) } }
        return PixelBuffer(width: width, height: height, bytes: bytes)
    }

    @Test func resizesToTheBitAsPillowDoes() throws {
        let picture = Self.picture(width: 13, height: 11) { x, y in
            let first = x * 37 + y * 61 + x * y * 5
            return [first, first + 17, first + 34].map { UInt8($0 % 256) }
        }
        for result in PillowResults.all {
            let filter = try #require(PicturePlacement.Filter(rawValue: result.filter))
            let seen = Self.seen(
                picture, width: result.width, height: result.height,
                placement: PicturePlacement(rule: .fit, filter: filter))
            let isSame = seen == result.bytes.map(Float.init)
            #expect(isSame, "\(result.filter) to \(result.width) x \(result.height)")
        }
    }

    @Test func aWindowIsThePartOfTheWholeResult() {
        let picture = Self.picture(width: 30, height: 12) { x, y in [UInt8(x * 8), UInt8(y * 20), UInt8((x * y) % 256)]
        }
        for filter in PicturePlacement.Filter.allCases {
            let whole = Self.seen(
                picture, width: 20, height: 8, placement: PicturePlacement(rule: .fit, filter: filter))
            let middle = Self.seen(
                picture, width: 8, height: 8, placement: PicturePlacement(rule: .fill, filter: filter))
            var cut: [Float] = []
            for y in 0..<8 {
                let start = (y * 20 + 6) * 3
                cut += whole[start..<start + 8 * 3]
            }
            let isSame = middle == cut
            #expect(isSame, "\(filter)")
        }
    }

    @Test func theKeptFractionCutsAllAround() {
        let picture = Self.picture(width: 16, height: 16) { x, y in [UInt8(x), UInt8(y), 0] }
        let seen = Self.seen(
            picture, width: 8, height: 8, placement: PicturePlacement(rule: .fill, keptFraction: 0.5))
        let middle: [Float] = [4, 5, 6, 7, 8, 9, 10, 11]
        for place in 0..<8 {
            #expect(seen[place * 3] == middle[place])
            #expect(seen[place * 24 + 1] == middle[place])
        }
    }

    @Test func barsHaveTheBordersColourOrTheStatedOne() {
        let picture = Self.picture(width: 40, height: 20) { x, y in
            (15..<25).contains(x) && (5..<15).contains(y) ? [10, 20, 30] : [200, 190, 180]
        }
        let own = Self.seen(picture, width: 40, height: 40, placement: PicturePlacement())
        #expect(Array(own.prefix(3)) == [200, 190, 180])
        #expect(Array(own[2460..<2463]) == [10, 20, 30])
        let stated = Self.seen(picture, width: 40, height: 40, placement: PicturePlacement(barColour: [1, 2, 3]))
        #expect(Array(stated.prefix(3)) == [1, 2, 3])
        #expect(Array(stated.suffix(3)) == [1, 2, 3])
        #expect(Array(stated[1200..<1203]) == [200, 190, 180])
    }

    @Test func layoutsAndOrdersHoldTheSameValues() {
        let picture = Self.picture(width: 4, height: 3) { x, y in [UInt8(x), UInt8(100 + y), 200] }
        let placement = PicturePlacement(rule: .fit)
        let flat = Self.seen(picture, width: 4, height: 3, placement: placement)
        let planes = Self.seen(picture, width: 4, height: 3, placement: placement, layout: .nchw)
        let reversed = Self.seen(picture, width: 4, height: 3, placement: placement, order: .bgr)
        for pixel in 0..<12 {
            for channel in 0..<3 {
                let value = flat[pixel * 3 + channel]
                #expect(value == planes[channel * 12 + pixel])
                #expect(value == reversed[pixel * 3 + 2 - channel])
            }
        }
    }

    @Test func meanAndDeviationGoByChannelWhateverTheOrder() {
        let picture = PixelBuffer(width: 1, height: 1, bytes: [51, 102, 255])
        var configuration = ImageEncoderConfiguration(
            modelPath: "", mean: [0.1, 0.2, 0.5], standardDeviation: [0.5, 1, 0.25])
        let expected: [Float] = [0.2, 0.2, 2]
        for order in ImageEncoderConfiguration.ChannelOrder.allCases {
            configuration.channelOrder = order
            let values = PicturePreparation(configuration, width: 1, height: 1, layout: .nchw).input(of: picture)
            for (found, wanted) in zip(order == .rgb ? values : values.reversed(), expected) {
                #expect(abs(found - wanted) < 1e-6)
            }
        }
    }

    @Test func anEvenBackdropBecomesWhite() {
        // A garment as dark as possible on a backdrop that is not white; one corner is covered by it.
        let picture = Self.picture(width: 60, height: 80) { x, y in
            x > 20 && x < 40 && y > 20 || x < 3 && y < 10 ? [60, 30, 90] : [220, 210, 200]
        }
        let placement = PicturePlacement(rule: .fit)
        let divided = Self.seen(picture, width: 60, height: 80, placement: placement, backdrop: .divided)
        let whitened = Self.seen(picture, width: 60, height: 80, placement: placement, backdrop: .whitened)
        let (wall, garment) = ((40 * 60 + 50) * 3, (60 * 60 + 30) * 3)
        #expect(Array(divided[wall..<wall + 3]) == [255, 255, 255])
        #expect(Array(whitened[wall..<wall + 3]) == [255, 255, 255])
        #expect(Array(whitened[garment..<garment + 3]) == [60, 30, 90])
        let wanted: [Float] = [60.0 * 255 / 220, 30.0 * 255 / 210, 90.0 * 255 / 200]
        for (found, wanted) in zip(divided[garment..<garment + 3], wanted) {
            #expect(abs(found - wanted) < 1e-3)
        }
    }

    @Test func whatIsNoBackdropStays() {
        let dark = Self.picture(width: 40, height: 40) { _, _ in [20, 20, 20] }
        let busy = Self.picture(width: 40, height: 40) { x, y in
            [UInt8](repeating: UInt8(80 + 80 * ((x + y) % 3)), count: 3)
        }
        for picture in [dark, busy] {
            #expect(!BorderColour(of: picture).isBackdrop)
            for treatment in BackdropTreatment.allCases {
                let seen = Self.seen(
                    picture, width: 40, height: 40, placement: PicturePlacement(rule: .fit), backdrop: treatment)
                let isSame = seen == picture.bytes.map(Float.init)
                #expect(isSame, "\(treatment)")
            }
        }
    }

    @Test func picturesOfOnePixelAndOneLineArePrepared() {
        for (width, height) in [(1, 1), (1, 300), (300, 1), (2, 2)] {
            let picture = Self.picture(width: width, height: height) { _, _ in [90, 100, 110] }
            for rule in PicturePlacement.Rule.allCases {
                let seen = Self.seen(picture, width: 8, height: 8, placement: PicturePlacement(rule: rule))
                for (place, value) in seen.enumerated() { #expect(value == Float(90 + 10 * (place % 3))) }
            }
        }
    }
}
