import Encoders
import Foundation
import LinearAlgebra
import Media
import OnnxModelFixtures
import Testing

@Suite(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
struct ImageEncoderTests {
    private let folder: TemporaryFolder
    private let runtime: OnnxRuntime

    init() throws {
        folder = try TemporaryFolder()
        runtime = try #require(Installed.runtime)
    }

    private func configuration(_ model: OnnxModelBytes) throws -> ImageEncoderConfiguration {
        ImageEncoderConfiguration(
            modelPath: try model.write(in: folder.url), scale: 1, mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    }

    private static func pictures(_ count: Int) -> [PixelBuffer] {
        var stream = RandomStream(seed: 7)
        return (0..<count).map { index in
            let (width, height) = (5 + index % 7, 4 + index % 5)
            let bytes = (0..<width * height * 3).map { _ in UInt8(stream.next() % 256) }
            return PixelBuffer(width: width, height: height, bytes: bytes)
        }
    }

    @Test func channelMeansComeOut() throws {
        let encoder = try NeuralImageEncoder(configuration(.channelMeans()), runtime: runtime)
        #expect(encoder.dimension == 3)
        #expect(encoder.batchSize == 1)
        #expect((encoder.inputWidth, encoder.inputHeight) == (4, 4))
        let red = PixelBuffer(width: 4, height: 4, bytes: (0..<16).flatMap { _ in [200, 10, 30] as [UInt8] })
        let rows = try encoder.vectors(of: [red])
        #expect(rows.values == [200, 10, 30])
    }

    @Test func vectorsDependOnThePictureAlone() throws {
        let pictures = Self.pictures(23)
        let single = try NeuralImageEncoder(configuration(.channelMeans()), runtime: runtime)
        let expected = try single.vectors(of: pictures)
        #expect(expected.rowCount == 23)
        #expect(try single.vectors(of: pictures, parallelism: Parallelism(width: 4)) == expected)
        var batched = try configuration(.channelMeans())
        batched.batchSize = 5
        let encoder = try NeuralImageEncoder(batched, runtime: runtime)
        #expect(try encoder.vectors(of: pictures, parallelism: Parallelism(width: 3)) == expected)
        for index in pictures.indices {
            #expect(try encoder.vectors(of: [pictures[index]]).values == Array(expected.row(index)))
        }
        #expect(try encoder.vectors(of: []).rowCount == 0)
    }

    @Test func aFixedBatchIsKept() throws {
        let encoder = try NeuralImageEncoder(configuration(.channelMeans(batch: 4)), runtime: runtime)
        #expect(encoder.batchSize == 4)
        let open = try NeuralImageEncoder(configuration(.channelMeans()), runtime: runtime)
        let pictures = Self.pictures(6)
        #expect(try encoder.vectors(of: pictures) == open.vectors(of: pictures))
    }

    @Test func placesArePooledInEitherLayout() throws {
        let picture = Self.pictures(1)[0]
        for shape in [[nil, 3, 4, 4], [nil, 4, 4, 3]] as [[Int?]] {
            var configuration = try configuration(.identity(shape: shape))
            let means = try NeuralImageEncoder(configuration, runtime: runtime).vectors(of: [picture])
            configuration.pooling = VectorPooling.none
            let all = try NeuralImageEncoder(configuration, runtime: runtime).vectors(of: [picture])
            configuration.pooling = .generalisedMean
            let general = try NeuralImageEncoder(configuration, runtime: runtime).vectors(of: [picture])
            #expect(all.columnCount == 48)
            #expect(means.columnCount == 3)
            for channel in 0..<3 {
                let values = (0..<16).map { place in
                    Double(all.values[shape[1] == 3 ? channel * 16 + place : place * 3 + channel])
                }
                let mean = values.reduce(0, +) / 16
                let cubes = cbrt(values.map { $0 * $0 * $0 }.reduce(0, +) / 16)
                #expect(abs(Double(means.values[channel]) - mean) < 1e-3)
                #expect(abs(Double(general.values[channel]) - cubes) < 1e-3)
                #expect(cubes > mean)
            }
        }
    }

    @Test func normalisedVectorsHaveLengthOne() throws {
        var configuration = try configuration(.channelMeans())
        configuration.isNormalised = true
        let rows = try NeuralImageEncoder(configuration, runtime: runtime).vectors(of: Self.pictures(5))
        for index in 0..<5 {
            let square = rows.row(index).reduce(0) { $0 + Double($1) * Double($1) }
            #expect(abs(square - 1) < 1e-6)
        }
    }

    @Test func aVectorOfZerosOrNoNumbersIsNotHandedOut() throws {
        let encoder = try NeuralImageEncoder(configuration(.channelMeans()), runtime: runtime)
        let black = PixelBuffer(width: 4, height: 4, bytes: [UInt8](repeating: 0, count: 48))
        let model = encoder.configuration.modelPath
        for width in [1, 3] {
            #expect(throws: EncoderError.unusableVector(model: model, index: 2, isFinite: true)) {
                try encoder.vectors(
                    of: Self.pictures(2) + [black, black], parallelism: Parallelism(width: width))
            }
        }
        var infinite = try configuration(.channelMeans())
        infinite.scale = 3e38
        let overflowing = try NeuralImageEncoder(infinite, runtime: runtime)
        #expect(throws: EncoderError.unusableVector(model: model, index: 0, isFinite: false)) {
            try overflowing.vectors(of: Self.pictures(1))
        }
    }

    @Test func sizesThatDisagreeAreNamed() throws {
        var configuration = try configuration(.channelMeans(side: 4))
        let path = configuration.modelPath
        configuration.width = 224
        #expect(throws: EncoderError.settingDisagrees(model: path, setting: "width", stated: "224", found: "4")) {
            try NeuralImageEncoder(configuration, runtime: runtime)
        }
        configuration.width = nil
        configuration.layout = .nhwc
        #expect(
            throws: EncoderError.settingDisagrees(
                model: path, setting: "layout", stated: "nhwc", found: "float32 n x 3 x 4 x 4")
        ) { try NeuralImageEncoder(configuration, runtime: runtime) }
        configuration.layout = nil
        configuration.inputName = "image"
        #expect(throws: EncoderError.tensorNotFound(model: path, wanted: "image", available: ["pixels"])) {
            try NeuralImageEncoder(configuration, runtime: runtime)
        }
        configuration.inputName = nil
        configuration.standardDeviation = [0, 1, 1]
        #expect(throws: EncoderError.self) { try NeuralImageEncoder(configuration, runtime: runtime) }
    }

    @Test func anOpenSizeMustBeSaid() throws {
        var configuration = try configuration(.channelMeans(side: nil))
        let path = configuration.modelPath
        #expect(
            throws: EncoderError.settingMissing(model: path, setting: "height", reason: "the model leaves it open")
        ) { try NeuralImageEncoder(configuration, runtime: runtime) }
        configuration.width = 6
        configuration.height = 8
        let encoder = try NeuralImageEncoder(configuration, runtime: runtime)
        #expect((encoder.inputWidth, encoder.inputHeight) == (6, 8))
    }

    @Test func aModelOfOtherChannelsIsRefused() throws {
        let configuration = try configuration(.channelMeans(channels: 1))
        let error = #expect(throws: EncoderError.self) { try NeuralImageEncoder(configuration, runtime: runtime) }
        guard case .tensorUnsuitable(_, "pixels", _, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == "float32 n x 1 x 4 x 4")
    }

    @Test func theProbeCatchesAnotherModel() throws {
        let encoder = try NeuralImageEncoder(configuration(.channelMeans()), runtime: runtime)
        let recorded = try encoder.probe()
        let stored = try JSONDecoder().decode(EncoderProbe.self, from: JSONEncoder().encode(recorded))
        #expect(stored == recorded)
        try encoder.check(stored)
        var other = encoder.configuration
        other.mean = [1, 0, 0]
        let changed = try NeuralImageEncoder(other, runtime: runtime)
        let error = #expect(throws: EncoderError.self) { try changed.check(stored) }
        guard case .probeDisagrees(_, let difference)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(difference > EncoderProbe.tolerance && difference < 0.1)
        let shorter = EncoderProbe(vectors: recorded.vectors.map { Array($0.dropLast()) })
        #expect(throws: EncoderError.self) { try encoder.check(shorter) }
    }

    @Test func picturesAreDecodedNoLargerThanUseful() throws {
        let encoder = try NeuralImageEncoder(configuration(.channelMeans(side: 16)), runtime: runtime)
        let small = PixelBuffer(width: 30, height: 20, bytes: [UInt8](repeating: 120, count: 30 * 20 * 3))
        let whole = try encoder.decode(ImageEncoder.jpeg(small))
        #expect((whole.width, whole.height) == (30, 20))
        let large = PixelBuffer(width: 640, height: 480, bytes: [UInt8](repeating: 120, count: 640 * 480 * 3))
        let decoded = try encoder.decode(ImageEncoder.jpeg(large))
        #expect((decoded.width, decoded.height) == (32, 24))
        #expect(throws: ImageError.empty) { try encoder.decode([]) }
    }

    /// Filling an input of 512 from one column, of which a tenth is kept, would make it 2,560,000,000 pixels high.
    @Test func aPictureTooNarrowToFillTheInputIsRefused() throws {
        let (width, height) = (1, 500_000)
        let thread = try ImageEncoder.png(
            PixelBuffer(width: width, height: height, bytes: [UInt8](repeating: 90, count: 3 * height)))
        var configuration = try configuration(.channelMeans(side: 512))
        for rule in PicturePlacement.Rule.allCases {
            configuration.placement = PicturePlacement(rule: rule, keptFraction: 0.1)
            let encoder = try NeuralImageEncoder(configuration, runtime: runtime)
            guard rule == .fill else {
                #expect(try encoder.vectors(of: [encoder.decode(thread)]).values.allSatisfy { abs($0 - 90) < 1 })
                continue
            }
            let error = #expect(throws: ImageError.self) { try encoder.decode(thread) }
            #expect(error == .tooNarrow(width: width, height: height))
            #expect(error?.description == "1 x 500000 pixels, too narrow to be scaled")
        }
    }
}
