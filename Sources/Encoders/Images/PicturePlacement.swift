/// How a picture of any shape is brought to a model's input.
package struct PicturePlacement: Sendable, Equatable, Hashable, Codable {
    package enum Rule: String, Sendable, Codable, CaseIterable {
        /// The whole picture, its shape given up: each axis is scaled by itself.
        case fit
        /// The shape kept, the input filled: what is too long is cut off on both sides alike.
        case fill
        /// The shape and the whole picture kept: bars in the backdrop's colour fill the rest.
        case pad
    }

    /// How new pixels are made from old ones, as Pillow makes them.
    package enum Filter: String, Sendable, Codable, CaseIterable {
        case box
        case bilinear
        case bicubic
    }

    package var rule: Rule
    package var filter: Filter
    /// With `.fill`: the share of the scaled picture's filled square that is kept; 0.875 for many ImageNet models.
    package var keptFraction: Double
    /// With `.pad`: the colour of the bars, R, G, B; nil for the picture's own border.
    package var barColour: [UInt8]?

    package init(
        rule: Rule = .pad, filter: Filter = .bilinear, keptFraction: Double = 1, barColour: [UInt8]? = nil
    ) {
        self.rule = rule
        self.filter = filter
        self.keptFraction = keptFraction
        self.barColour = barColour
    }
}

/// Where one picture goes: the size that it is scaled to, the window of that which is kept, and where the window lies in
/// the input.
struct PlacedPicture: Equatable {
    let scaledWidth: Int
    let scaledHeight: Int
    /// The kept window's corner in the scaled picture.
    let left: Int
    let top: Int
    let windowWidth: Int
    let windowHeight: Int
    /// The window's corner in the input.
    let x: Int
    let y: Int

    init(_ placement: PicturePlacement, width: Int, height: Int, inputWidth: Int, inputHeight: Int) {
        func scaled(_ length: Int, by scale: Double) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        let horizontal = Double(inputWidth) / Double(width)
        let vertical = Double(inputHeight) / Double(height)
        switch placement.rule {
        case .fit: (scaledWidth, scaledHeight) = (inputWidth, inputHeight)
        case .fill:
            let scale = max(horizontal, vertical) / placement.keptFraction
            scaledWidth = max(inputWidth, scaled(width, by: scale))
            scaledHeight = max(inputHeight, scaled(height, by: scale))
        case .pad:
            let scale = min(horizontal, vertical)
            scaledWidth = min(inputWidth, scaled(width, by: scale))
            scaledHeight = min(inputHeight, scaled(height, by: scale))
        }
        windowWidth = min(scaledWidth, inputWidth)
        windowHeight = min(scaledHeight, inputHeight)
        left = (scaledWidth - windowWidth) / 2
        top = (scaledHeight - windowHeight) / 2
        x = (inputWidth - windowWidth) / 2
        y = (inputHeight - windowHeight) / 2
    }

    /// Whether the scaled picture's sides are numbers that resampling counts with. Filling makes them of any length: a
    /// picture one pixel wide grows by the whole width of the input.
    var canBeScaled: Bool { max(scaledWidth, scaledHeight) <= Int(Int32.max) }

    /// The length of the longer side at which a picture is worth decoding: twice what the finer axis needs, so that the
    /// filter still sees more pixels than it makes; nil where the picture is smaller than that.
    func decodingSide(width: Int, height: Int) -> Int? {
        let factor = 2 * max(Double(scaledWidth) / Double(width), Double(scaledHeight) / Double(height))
        guard factor < 1 else { return nil }
        return Int((Double(max(width, height)) * factor).rounded(.up))
    }
}
