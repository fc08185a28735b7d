internal import LinearAlgebra
internal import Media

extension NeuralImageEncoder {
    /// What the encoder makes of two drawn pictures.
    package func probe() throws(EncoderError) -> EncoderProbe {
        let rows = try vectors(of: Self.knownPictures)
        return EncoderProbe(vectors: (0..<rows.rowCount).map { Array(rows.row($0)) })
    }

    /// Checks that the encoder still makes what was recorded of it.
    ///
    /// - Throws: `.probeDisagrees`.
    package func check(_ recorded: EncoderProbe) throws(EncoderError) {
        try recorded.check(probe(), model: configuration.modelPath)
    }

    /// A red disc before a light wall, and coloured stripes under a falling light.
    private static let knownPictures: [PixelBuffer] = [
        drawn(width: 96, height: 128) { x, y in
            let inside = (x - 48) * (x - 48) + (y - 64) * (y - 64) < 36 * 36
            return inside ? [176, 32, 48] : [228, 226, 222]
        },
        drawn(width: 120, height: 90) { x, y in
            [(x / 10) % 2 == 0 ? 40 : 200, (x + y) % 256, 255 - 2 * y]
        },
    ]

    private static func drawn(width: Int, height: Int, _ colour: (Int, Int) -> [Int]) -> PixelBuffer {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width { bytes += colour(x, y).map { UInt8(min(max($0, 0), 255)) } }
        }
        return PixelBuffer(width: width, height: height, bytes: bytes)
    }
}
