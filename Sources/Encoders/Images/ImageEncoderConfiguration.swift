/// What the job says of an image encoder; everything that is nil is read from the model.
package struct ImageEncoderConfiguration: Sendable, Equatable, Hashable, Codable {
    /// Where a model's input has its channels.
    package enum Layout: String, Sendable, Codable, CaseIterable {
        /// n x channels x height x width.
        case nchw
        /// n x height x width x channels.
        case nhwc
    }

    package enum ChannelOrder: String, Sendable, Codable, CaseIterable {
        case rgb
        case bgr
    }

    package var modelPath: String
    package var inputName: String?
    package var outputName: String?
    /// Side lengths of the input.
    package var width: Int?
    package var height: Int?
    package var layout: Layout?
    package var channelOrder: ChannelOrder
    /// The input is (value * scale - mean) / standardDeviation for values of 0...255, by channel R, G, B.
    package var scale: Float
    package var mean: [Float]
    package var standardDeviation: [Float]
    package var placement: PicturePlacement
    package var backdrop: BackdropTreatment
    /// Nil: `.none` for an output n x d, the mean for any other.
    package var pooling: VectorPooling?
    /// Whether vectors are brought to length 1.
    package var isNormalised: Bool
    /// Pictures a run; nil for what the model fixes, otherwise 1.
    package var batchSize: Int?

    /// Mean and standard deviation of ImageNet's channels, which most models take.
    package static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
    package static let imageNetStandardDeviation: [Float] = [0.229, 0.224, 0.225]

    package init(
        modelPath: String, inputName: String? = nil, outputName: String? = nil, width: Int? = nil, height: Int? = nil,
        layout: Layout? = nil, channelOrder: ChannelOrder = .rgb, scale: Float = 1.0 / 255,
        mean: [Float] = imageNetMean, standardDeviation: [Float] = imageNetStandardDeviation,
        placement: PicturePlacement = PicturePlacement(), backdrop: BackdropTreatment = .kept,
        pooling: VectorPooling? = nil, isNormalised: Bool = false, batchSize: Int? = nil
    ) {
        self.modelPath = modelPath
        self.inputName = inputName
        self.outputName = outputName
        self.width = width
        self.height = height
        self.layout = layout
        self.channelOrder = channelOrder
        self.scale = scale
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.placement = placement
        self.backdrop = backdrop
        self.pooling = pooling
        self.isNormalised = isNormalised
        self.batchSize = batchSize
    }
}
