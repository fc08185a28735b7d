internal import Encoders
internal import Foundation

/// One element of `featurize.encoders.images`; what is not said is read from the model.
struct ImageEncoderParameters: StageParameters {
    /// The block of features is called `image-<name>`.
    var name = ""
    /// The ONNX file, relative to the job's base.
    var model = ""
    var inputName: String?
    var outputName: String?
    var width: Int?
    var height: Int?
    var layout: ImageEncoderConfiguration.Layout?
    var channelOrder = ImageEncoderConfiguration.ChannelOrder.rgb
    /// The input is (level * scale - mean) / deviation for levels of 0...255.
    var scale: Float = 1.0 / 255
    var mean = ImageEncoderConfiguration.imageNetMean
    var deviation = ImageEncoderConfiguration.imageNetStandardDeviation
    var resize = PicturePlacement.Rule.pad
    var filter = PicturePlacement.Filter.bilinear
    /// With `resize: fill`: the share of the shorter side that is kept.
    var keptFraction = 1.0
    /// With `resize: pad`: red, green and blue of the bars; the picture's own border where not said.
    var barColour: [Int]?
    var backdrop = BackdropTreatment.kept
    var pooling: PoolingChoice?
    /// Whether vectors are brought to length 1.
    var normalised = false
    /// Pictures a run, where the model leaves it open.
    var batchSize: Int?

    /// What says where the files lie and how the block is called, and changes no vector.
    static let outward: Set<String> = ["name", "model"]

    func validate() throws(ParameterProblem) {
        try EncoderParameters.require(name: name, model: model)
        try ParameterProblem.require(mean.count == 3, "mean", must: "have three values")
        try ParameterProblem.require(
            deviation.count == 3 && deviation.allSatisfy { $0 > 0 }, "deviation", must: "have three values above 0")
        try ParameterProblem.require("kept_fraction", keptFraction, in: 0.1...1)
        if let barColour {
            try ParameterProblem.require(
                barColour.count == 3 && barColour.allSatisfy((0...255).contains), "bar_colour",
                must: "have three values between 0 and 255")
        }
        if let width { try ParameterProblem.require("width", width, in: 1...4096) }
        if let height { try ParameterProblem.require("height", height, in: 1...4096) }
        if let batchSize { try ParameterProblem.require("batch_size", batchSize, in: 1...256) }
    }

    func configuration(modelPath: String) -> ImageEncoderConfiguration {
        ImageEncoderConfiguration(
            modelPath: modelPath, inputName: inputName, outputName: outputName, width: width, height: height,
            layout: layout, channelOrder: channelOrder, scale: scale, mean: mean, standardDeviation: deviation,
            placement: PicturePlacement(
                rule: resize, filter: filter, keptFraction: keptFraction,
                barColour: barColour.map { $0.map { UInt8(clamping: $0) } }),
            backdrop: backdrop, pooling: pooling?.pooling, isNormalised: normalised, batchSize: batchSize)
    }
}
