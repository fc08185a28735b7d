internal import Compatibility
internal import Foundation

/// The curves of a training as a picture: six panels over the epochs, a line for each member, a dot at the epoch whose
/// weights are kept.
///
/// SVG, which any browser shows at any size. Coordinates are whole tenths of a pixel, so the same curves give the same bytes.
struct TrainingChart {
    static let width = 960
    static let height = 540

    private let curves: [[EpochRecord]]
    private let epochs: ChartAxis

    private struct Panel: Sendable {
        let name: String
        let title: String
        /// Whether the axis begins at 0.
        var fromZero = false
        var isWhole = false
        let value: @Sendable (EpochRecord) -> Double?
    }

    private static let panels = [
        Panel(name: "loss", title: "loss") { $0.loss },
        Panel(name: "recall", title: "validation recall at 10") { $0.validationRecallAt10.value },
        Panel(name: "order", title: "order within the family (validation)") { $0.validationFamilyOrder.value },
        Panel(name: "gradient", title: "gradient norm (mean)", fromZero: true) { $0.gradientNorm },
        Panel(name: "rate", title: "learning rate at the epoch's end", fromZero: true) { $0.learningRate },
        Panel(name: "dead", title: "dead units", fromZero: true, isWhole: true) { Double($0.deadUnits) },
    ]

    /// Apart in lightness too, for those who do not see them apart in colour (Okabe and Ito, 2008).
    private static let colours = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9", "#7f7f7f",
    ]

    /// - Parameter curves: the record of every epoch, a list for each member.
    init(_ curves: [[EpochRecord]]) {
        self.curves = curves
        let last = curves.compactMap { $0.last?.epoch }.max() ?? 0
        epochs = ChartAxis(1...Double(max(2, last + 1)), markCount: 6, isWhole: true)
    }

    func svg() -> String {
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(Self.height)" \
            viewBox="0 0 \(Self.width) \(Self.height)" font-family="sans-serif" font-size="11" fill="#333333">
            """,
            #"<rect width="\#(Self.width)" height="\#(Self.height)" fill="white"/>"#,
        ]
        lines += legend()
        for (number, panel) in Self.panels.enumerated() {
            let frame = Frame(left: 56 + 312 * Double(number % 3), top: 66 + 244 * Double(number / 3))
            lines += drawn(panel, in: frame)
        }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private struct Frame {
        let left: Double
        let top: Double
        let width = 248.0
        let height = 176.0
        var bottom: Double { top + height }

        func point(_ x: Double, _ y: Double) -> (x: String, y: String) {
            (TrainingChart.tenths(left + x * width), TrainingChart.tenths(bottom - y * height))
        }
    }

    private func drawn(_ panel: Panel, in frame: Frame) -> [String] {
        var lines = [
            #"<g id="\#(panel.name)">"#,
            text(panel.title, x: frame.left + frame.width / 2, y: frame.top - 10, size: 13),
            text("epoch", x: frame.left + frame.width / 2, y: frame.bottom + 32),
        ]
        let values = curves.flatMap { $0.compactMap(panel.value) }
        guard let least = values.min(), let most = values.max() else {
            let (x, y) = (frame.left + frame.width / 2, frame.top + frame.height / 2)
            return lines + [text("no outfits are held out", x: x, y: y), "</g>"]
        }
        let axis = ChartAxis((panel.fromZero ? min(0, least) : least)...most, isWhole: panel.isWhole)
        for mark in axis.marks {
            let (start, end) = (frame.point(0, mark.share), frame.point(1, mark.share))
            lines.append(rule(start, end, colour: "#dddddd"))
            let y = frame.bottom - mark.share * frame.height + 4
            lines.append(text(mark.label, x: frame.left - 6, y: y, anchor: "end"))
        }
        for mark in epochs.marks {
            let x = frame.left + mark.share * frame.width
            lines.append(rule(frame.point(mark.share, 0), frame.point(mark.share, -0.025), colour: "#333333"))
            lines.append(text(mark.label, x: x, y: frame.bottom + 17))
        }
        lines.append(rule(frame.point(0, 0), frame.point(1, 0), colour: "#333333"))
        lines.append(rule(frame.point(0, 0), frame.point(0, 1), colour: "#333333"))
        for (member, curve) in curves.enumerated() {
            let colour = Self.colours[member % Self.colours.count]
            func point(_ record: EpochRecord) -> (x: String, y: String)? {
                panel.value(record).map { frame.point(epochs.share(Double(record.epoch + 1)), axis.share($0)) }
            }
            let points = curve.compactMap(point)
            let joined = points.map { "\($0.x),\($0.y)" }.joined(separator: " ")
            lines.append(
                #"<polyline points="\#(joined)" fill="none" stroke="\#(colour)" stroke-width="1.8"/>"#)
            if let kept = (curve.last { $0.isBest } ?? curve.last).flatMap(point) {
                lines.append(#"<circle cx="\#(kept.x)" cy="\#(kept.y)" r="3.5" fill="\#(colour)"/>"#)
            }
        }
        return lines + ["</g>"]
    }

    /// As many members as there are colours, then how many more.
    private func legend() -> [String] {
        var lines = [#"<g id="legend">"#]
        for member in curves.indices.prefix(Self.colours.count) {
            let x = 56 + 90 * Double(member)
            let (start, end) = ((x: Self.tenths(x), y: "20"), (x: Self.tenths(x + 18), y: "20"))
            lines.append(rule(start, end, colour: Self.colours[member], width: 3))
            lines.append(text("member \(member + 1)", x: x + 24, y: 24, anchor: "start"))
        }
        let shown = min(curves.count, Self.colours.count)
        let more = curves.count > shown ? "and \(curves.count - shown) more; " : ""
        let x = 56 + 90 * Double(shown)
        lines.append(text("\(more)dot: the weights kept", x: x, y: 24, anchor: "start"))
        return lines + ["</g>"]
    }

    private func rule(
        _ start: (x: String, y: String), _ end: (x: String, y: String), colour: String, width: Int = 1
    ) -> String {
        """
        <line x1="\(start.x)" y1="\(start.y)" x2="\(end.x)" y2="\(end.y)" stroke="\(colour)" stroke-width="\(width)"/>
        """
    }

    private func text(_ words: String, x: Double, y: Double, anchor: String = "middle", size: Int? = nil) -> String {
        let font = size.map { #" font-size="\#($0)""# } ?? ""
        return #"<text x="\#(Self.tenths(x))" y="\#(Self.tenths(y))" text-anchor="\#(anchor)"\#(font)>\#(words)</text>"#
    }

    /// A coordinate in pixels, cut to tenths.
    private static func tenths(_ pixels: Double) -> String {
        ChartAxis.label(Int((pixels * 10).rounded()), -1)
    }
}
