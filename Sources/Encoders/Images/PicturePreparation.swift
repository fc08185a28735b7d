internal import CKernels
package import Media

/// Turns decoded pictures into a model's input.
package struct PicturePreparation: Sendable {
    package let width: Int
    package let height: Int
    let placement: PicturePlacement
    let backdrop: BackdropTreatment
    let layout: ImageEncoderConfiguration.Layout
    let channelOrder: ImageEncoderConfiguration.ChannelOrder
    private let scale: Float
    private let mean: [Float]
    private let standardDeviation: [Float]

    /// Backdrop pixels within this many levels become white entirely, those past the second not at all.
    private static let whitening: (near: Int32, far: Int32) = (10, 30)

    package init(
        _ configuration: ImageEncoderConfiguration, width: Int, height: Int, layout: ImageEncoderConfiguration.Layout
    ) {
        self.width = width
        self.height = height
        self.layout = layout
        placement = configuration.placement
        backdrop = configuration.backdrop
        channelOrder = configuration.channelOrder
        scale = configuration.scale
        mean = configuration.mean
        standardDeviation = configuration.standardDeviation
    }

    /// Values of one picture's input.
    package var elementCount: Int { 3 * width * height }

    func place(width: Int, height: Int) -> PlacedPicture {
        PlacedPicture(placement, width: width, height: height, inputWidth: self.width, inputHeight: self.height)
    }

    /// One picture's input.
    package func input(of picture: PixelBuffer) -> [Float] {
        [Float](unsafeUninitializedCapacity: elementCount) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            write(picture, to: base)
            filled = elementCount
        }
    }

    /// Writes one picture's input; `target` holds `elementCount` values.
    func write(_ picture: PixelBuffer, to target: UnsafeMutablePointer<Float>) {
        let border = placement.rule == .pad || backdrop != .kept ? BorderColour(of: picture) : nil
        var pixels = placed(picture, barColour: placement.barColour ?? border?.median ?? [255, 255, 255])
        var white: [Float] = [255, 255, 255]
        if let border, border.isBackdrop {
            switch backdrop {
            case .kept: break
            case .divided: white = border.median.map(Float.init)
            case .whitened:
                atelier_whiten_backdrop(
                    &pixels, UInt64(width * height), border.median, Self.whitening.near, Self.whitening.far)
            }
        }
        if channelOrder == .bgr {
            for index in stride(from: 0, to: pixels.count, by: 3) { pixels.swapAt(index, index + 2) }
        }
        let table = levels(white: white)
        switch layout {
        case .nchw: atelier_planes_from_pixels(pixels, UInt64(width * height), table, target)
        case .nhwc: atelier_floats_from_pixels(pixels, UInt64(width * height), table, target)
        }
    }

    /// What each of the 256 levels of each channel becomes, in the order of the model's channels.
    private func levels(white: [Float]) -> [Float] {
        let order = channelOrder == .rgb ? [0, 1, 2] : [2, 1, 0]
        return order.flatMap { channel in
            (0..<256).map { level in
                let value = min(255, Float(level) * (255 / white[channel]))
                return (value * scale - mean[channel]) / standardDeviation[channel]
            }
        }
    }

    /// The picture at the input's size.
    private func placed(_ picture: PixelBuffer, barColour: [UInt8]) -> [UInt8] {
        let place = place(width: picture.width, height: picture.height)
        let window = resampled(picture, place)
        guard place.windowWidth < width || place.windowHeight < height else { return window }
        let bar = (0..<width).flatMap { _ in barColour }
        let (rowByteCount, windowByteCount) = (width * 3, place.windowWidth * 3)
        return [UInt8](unsafeUninitializedCapacity: elementCount) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            for row in 0..<height {
                let target = base + row * rowByteCount
                target.initialize(from: bar, count: rowByteCount)
                guard row >= place.y, row < place.y + place.windowHeight else { continue }
                window.withUnsafeBufferPointer { source in
                    guard let start = source.baseAddress else { return }
                    (target + place.x * 3).update(
                        from: start + (row - place.y) * windowByteCount, count: windowByteCount)
                }
            }
            filled = elementCount
        }
    }

    private func resampled(_ picture: PixelBuffer, _ place: PlacedPicture) -> [UInt8] {
        let filter =
            switch placement.filter {
            case .box: ATELIER_FILTER_BOX
            case .bilinear: ATELIER_FILTER_BILINEAR
            case .bicubic: ATELIER_FILTER_BICUBIC
            }
        let count = place.windowWidth * place.windowHeight * 3
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let isDone = atelier_resample(
                picture.bytes, Int32(picture.width), Int32(picture.height), filter, Int32(place.scaledWidth),
                Int32(place.scaledHeight), Int32(place.left), Int32(place.top), buffer.baseAddress,
                Int32(place.windowWidth), Int32(place.windowHeight))
            precondition(isDone != 0, "no memory for one picture")
            filled = count
        }
    }
}
