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
        var barColour = placement.barColour ?? border?.median ?? [255, 255, 255]
        let place = place(width: picture.width, height: picture.height)
        var window = resampled(picture, place)
        var white: [Float] = [255, 255, 255]
        if let border, border.isBackdrop {
            switch backdrop {
            case .kept: break
            case .divided: white = border.median.map(Float.init)
            case .whitened:
                let (near, far) = Self.whitening
                atelier_whiten_backdrop(&window, UInt64(window.count / 3), border.median, near, far)
                atelier_whiten_backdrop(&barColour, 1, border.median, near, far)
            }
        }
        atelier_input_from_window(
            window, Int32(place.windowWidth), Int32(place.windowHeight), Int32(place.x), Int32(place.y), Int32(width),
            Int32(height), barColour, channels, levels(white: white), layout == .nchw ? 1 : 0, target)
    }

    /// The picture's channels in the order of the model's.
    private var channels: [Int32] { channelOrder == .rgb ? [0, 1, 2] : [2, 1, 0] }

    /// What each of the 256 levels of each channel becomes, in the order of the model's channels.
    private func levels(white: [Float]) -> [Float] {
        channels.map(Int.init).flatMap { channel in
            (0..<256).map { level in
                let value = min(255, Float(level) * (255 / white[channel]))
                return (value * scale - mean[channel]) / standardDeviation[channel]
            }
        }
    }

    /// The kept window of the scaled picture.
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
