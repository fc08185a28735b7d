internal import ArgumentParser
internal import Foundation
internal import Samples

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Make archives of drawn garments and outfits, to try a job with.",
        usage: "atelier sample <folder> [--items <items>] [<options>]",
        discussion: """
            Outfits follow planted styles, so that what a model should find is known; colour and popularity mislead as \
            strongly as asked for. Three layouts and several compressions; the last archive holds later arrivals. The same \
            arguments give the same bytes.

              atelier sample data-samples
              atelier sample /tmp/large --items 100000 --outfits 150000 --seed 3

            With --json: files.
            """)

    @Argument(help: ArgumentHelp("The folder to write to.", valueName: "folder"), completion: .directory) var folder:
        String
    @Option(help: "Items in all archives but the last.") var items = SampleParameters().itemCount
    @Option(help: "Outfits.") var outfits = SampleParameters().outfitCount
    @Option(help: "What the random choices start from.") var seed = SampleParameters().seed
    @Option(help: "Chance that an outfit goes on in its first item's colour, 0 to 1.")
    var colourConfound = SampleParameters().colourConfound
    @Option(help: "How unevenly items are used, 0 to 1.") var popularityConfound = SampleParameters().popularityConfound
    @Option(help: "Chance that an item does not follow its outfit's style, 0 to 1.")
    var styleNoise = SampleParameters().styleNoise
    @Option(help: "Width of a picture in pixels.") var pictureWidth = SampleParameters().pictureWidth
    @Flag(help: "Without the damaged pictures and broken rows that are there to be refused.") var clean = false
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let files: [String]
    }

    func validate() throws {
        guard (1...5_000_000).contains(items) else { throw ValidationError("--items must lie between 1 and 5000000") }
        guard (0...50_000_000).contains(outfits) else {
            throw ValidationError("--outfits must lie between 0 and 50000000")
        }
        guard (16...4096).contains(pictureWidth) else {
            throw ValidationError("--picture-width must lie between 16 and 4096")
        }
        for (name, value) in [
            ("colour-confound", colourConfound), ("popularity-confound", popularityConfound),
            ("style-noise", styleNoise),
        ] where !(0...1).contains(value) {
            throw ValidationError("--\(name) must lie between 0 and 1")
        }
    }

    func run() throws {
        var parameters = SampleParameters()
        parameters.seed = seed
        parameters.itemCount = items
        parameters.outfitCount = outfits
        parameters.colourConfound = colourConfound
        parameters.popularityConfound = popularityConfound
        parameters.styleNoise = styleNoise
        parameters.pictureWidth = pictureWidth
        parameters.includesBadMembers = !clean
        let isLive = Console.isLive
        try SampleCollection.write(to: folder, parameters) { archive, pictures in
            if isLive, pictures.isMultiple(of: 100) {
                Console.write("\r\u{1B}[K\(archive)  \(Amounts.count(pictures)) pictures")
            }
        }
        if isLive { Console.write("\r\u{1B}[K") }
        let files = SampleCollection.fileNames.map { folder + "/" + $0 }
        if output.json { return try Console.json(Answer(files: files)) }
        for file in files { try Console.out(file) }
    }
}
