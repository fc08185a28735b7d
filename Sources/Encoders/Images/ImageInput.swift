/// A model's picture input, as the model states it and the job completes it.
struct ImageInput {
    let name: String
    let width: Int
    let height: Int
    let layout: ImageEncoderConfiguration.Layout
    let batchSize: Int

    init(_ configuration: ImageEncoderConfiguration, session: OnnxSession) throws(EncoderError) {
        let model = session.modelPath
        let input = try OnnxSession.tensor(named: configuration.inputName, among: session.inputs, of: model)
        guard input.elementType == .float32, input.shape.count == 4 else {
            throw .tensorUnsuitable(
                model: model, tensor: input.name, expected: "float32 of 4 dimensions", found: input.description)
        }
        layout = try Self.layout(configuration, of: input, model: model)
        let sides = layout == .nchw ? (input.shape[2], input.shape[3]) : (input.shape[1], input.shape[2])
        height = try Self.settled("height", stated: configuration.height, found: sides.0, default: nil, model: model)
        width = try Self.settled("width", stated: configuration.width, found: sides.1, default: nil, model: model)
        batchSize = try Self.settled(
            "batch-size", stated: configuration.batchSize, found: input.shape[0], default: 1, model: model)
        name = input.name
        guard configuration.mean.count == 3, configuration.standardDeviation.count == 3,
            configuration.standardDeviation.allSatisfy({ $0 > 0 }),
            (configuration.mean + [configuration.scale]).allSatisfy(\.isFinite)
        else {
            throw .settingMissing(
                model: model, setting: "mean, standard-deviation",
                reason: "three finite numbers each, the second above zero")
        }
        let placement = configuration.placement
        guard placement.keptFraction > 0, placement.keptFraction <= 1, placement.barColour?.count ?? 3 == 3 else {
            throw .settingMissing(
                model: model, setting: "kept-fraction, bar-colour", reason: "a share above 0, and three levels")
        }
    }

    private static func layout(
        _ configuration: ImageEncoderConfiguration, of input: TensorDescription, model: String
    ) throws(EncoderError) -> ImageEncoderConfiguration.Layout {
        let (second, last) = (input.shape[1], input.shape[3])
        let found: ImageEncoderConfiguration.Layout? =
            switch (second, last) {
            case (3, _): .nchw
            case (_, 3): .nhwc
            case (nil, _): .nchw
            case (_, nil): .nhwc
            default: nil
            }
        guard let found else {
            throw .tensorUnsuitable(
                model: model, tensor: input.name, expected: "of 3 channels in second or last place",
                found: input.description)
        }
        guard let stated = configuration.layout else { return found }
        let channels = stated == .nchw ? second : last
        guard channels ?? 3 == 3 else {
            throw .settingDisagrees(model: model, setting: "layout", stated: stated.rawValue, found: input.description)
        }
        return stated
    }

    private static func settled(
        _ setting: String, stated: Int?, found: Int?, default standard: Int?, model: String
    ) throws(EncoderError) -> Int {
        if let stated, let found, stated != found {
            throw .settingDisagrees(model: model, setting: setting, stated: "\(stated)", found: "\(found)")
        }
        guard let settled = stated ?? found ?? standard else {
            throw .settingMissing(model: model, setting: setting, reason: "the model leaves it open")
        }
        guard (1...8192).contains(settled) else {
            throw .settingDisagrees(model: model, setting: setting, stated: "\(settled)", found: "1 to 8192 at most")
        }
        return settled
    }
}
