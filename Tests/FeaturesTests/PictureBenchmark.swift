import Features
import Foundation
import LinearAlgebra
import Media
import Testing

/// The Swift half of Tests/Benchmarks/pictures/run.sh; skipped in an ordinary run of the tests.
struct PictureBenchmark {
    private static let folder = ProcessInfo.processInfo.environment["ATELIER_PICTURE_BENCHMARK"]

    /// Milliseconds of processor time a picture.
    private struct Figures: Encodable {
        var pictures = 0
        var decoding = 0.0
        var features = 0.0
        var photographDecoding = 0.0
        var photographFeatures = 0.0
    }

    @Test(.enabled(if: folder != nil, "run it by Tests/Benchmarks/pictures/run.sh"))
    func measurePictures() throws {
        let folder = try #require(Self.folder)
        var figures = Figures()
        var rows: [Float] = []
        (figures.decoding, figures.features, rows) = try Self.measure("\(folder)/pictures.txt")
        (figures.photographDecoding, figures.photographFeatures, _) = try Self.measure("\(folder)/photographs.txt")
        figures.pictures = rows.count / PictureFeatures.layout.dimension
        let matrix = Matrix(rowCount: figures.pictures, columnCount: PictureFeatures.layout.dimension, values: rows)
        try Data(NPYFile.encode(matrix)).write(to: URL(fileURLWithPath: "\(folder)/rows-atelier.npy"))
        try JSONEncoder().encode(figures).write(to: URL(fileURLWithPath: "\(folder)/atelier.json"))
    }

    /// Reads all pictures first; then decodes them all, then measures them all.
    private static func measure(_ list: String) throws -> (decoding: Double, features: Double, rows: [Float]) {
        let files = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map { path in
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: String(path))))
        }
        let (decoder, extractor) = (ImageDecoder(), PictureFeatureExtractor())
        let start = processorTime()
        let pictures = try files.map { try decoder.decode($0, fitting: extractor.side) }
        let middle = processorTime()
        let features = try pictures.map { try extractor.features(of: $0) }
        let share = 1000 / Double(files.count)
        return ((middle - start) * share, (processorTime() - middle) * share, features.flatMap(\.row))
    }

    /// Seconds of processor time of this thread.
    private static func processorTime() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}
