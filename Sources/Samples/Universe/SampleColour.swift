/// The colours that items are dyed in: names as titles use them, sRGB values, and the group that retailers file them in.
package struct SampleColour: Sendable {
    package let name: String
    package let group: String
    let red: Float
    let green: Float
    let blue: Float

    package static let all: [SampleColour] = [
        SampleColour(name: "black", group: "GREY", red: 0.10, green: 0.10, blue: 0.11),
        SampleColour(name: "anthracite", group: "GREY", red: 0.29, green: 0.30, blue: 0.32),
        SampleColour(name: "white", group: "WHITE", red: 0.94, green: 0.94, blue: 0.93),
        SampleColour(name: "ecru", group: "WHITE", red: 0.91, green: 0.87, blue: 0.77),
        SampleColour(name: "navy", group: "BLUE", red: 0.12, green: 0.17, blue: 0.36),
        SampleColour(name: "sky blue", group: "BLUE", red: 0.55, green: 0.73, blue: 0.88),
        SampleColour(name: "red", group: "RED", red: 0.76, green: 0.14, blue: 0.16),
        SampleColour(name: "burgundy", group: "RED", red: 0.42, green: 0.09, blue: 0.18),
        SampleColour(name: "camel", group: "BROWN", red: 0.74, green: 0.56, blue: 0.36),
        SampleColour(name: "chocolate", group: "BROWN", red: 0.33, green: 0.21, blue: 0.15),
        SampleColour(name: "olive", group: "GREEN", red: 0.42, green: 0.43, blue: 0.22),
        SampleColour(name: "emerald", group: "GREEN", red: 0.08, green: 0.47, blue: 0.36),
        SampleColour(name: "mustard", group: "YELLOW", red: 0.83, green: 0.64, blue: 0.16),
        SampleColour(name: "pink", group: "PINK", red: 0.91, green: 0.61, blue: 0.69),
    ]
}
