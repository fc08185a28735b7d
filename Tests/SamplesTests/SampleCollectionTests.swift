import Foundation
import LinearAlgebra
import Media
import Samples
import Testing

struct SampleCollectionTests {
    private static func parameters() -> SampleParameters {
        var parameters = SampleParameters()
        parameters.itemCount = 360
        parameters.outfitCount = 200
        parameters.pictureWidth = 48
        return parameters
    }

    private static func folder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("samples-\(UUID().uuidString)").path
    }

    @Test func theSameParametersGiveTheSameBytes() throws {
        let (first, second) = (Self.folder(), Self.folder())
        defer { for folder in [first, second] { try? FileManager.default.removeItem(atPath: folder) } }
        try SampleCollection.write(to: first, Self.parameters())
        try SampleCollection.write(to: second, Self.parameters())
        for name in SampleCollection.fileNames {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: first + "/" + name))
            #expect(bytes == (try Data(contentsOf: URL(fileURLWithPath: second + "/" + name))), "\(name)")
        }
    }

    /// Fewer than 24 items leave the catalogue none to withdraw later, fewer than 8 no arrivals, one no catalogue at all.
    @Test(arguments: [1, 2, 5, 7, 8, 17, 18, 22, 23, 24]) func smallCollectionsAreWrittenToo(itemCount: Int) throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var parameters = Self.parameters()
        parameters.itemCount = itemCount
        parameters.outfitCount = 10
        try SampleCollection.write(to: folder, parameters)
        for name in SampleCollection.fileNames {
            let reader = try ArchiveReader(path: folder + "/" + name)
            #expect(try reader.nextMember() != nil, "\(name)")
        }
    }

    @Test func everyArchiveHoldsPicturesThatDecodeAndTheBadOnesThatDoNot() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try SampleCollection.write(to: folder, Self.parameters())
        for name in SampleCollection.fileNames {
            let reader = try ArchiveReader(path: folder + "/" + name)
            var (decoded, refused) = (0, 0)
            while let member = try reader.nextMember() {
                guard member.path.hasSuffix(".jpg") else { continue }
                do {
                    let picture = try ImageDecoder().decode(try reader.readAll(upTo: 1 << 20))
                    #expect(picture.width == 48 && picture.height == 64)
                    decoded += 1
                } catch is ImageError {
                    refused += 1
                }
            }
            #expect(decoded > 5, "\(name)")
            // A truncated picture, a page of HTML and a file outside the folder.
            #expect(refused == (name == "catalogue.tar.gz" ? 3 : 0), "\(name)")
        }
    }

    @Test func outfitsFollowStylesAndColourOnlyAsStronglyAsAsked() {
        func shares(colourConfound: Double) -> (style: Double, colour: Double) {
            var parameters = SampleParameters()
            parameters.outfitCount = 2000
            parameters.colourConfound = colourConfound
            parameters.styleNoise = 0
            parameters.popularityConfound = 0
            let universe = SampleUniverse(parameters)
            var (pairs, style, colour) = (0.0, 0.0, 0.0)
            for outfit in universe.outfits {
                for other in outfit.items.dropFirst() {
                    let (a, b) = (universe.items[outfit.items[0]], universe.items[other])
                    pairs += 1
                    style += a.style == b.style ? 1 : 0
                    colour += SampleColour.all[a.colour].group == SampleColour.all[b.colour].group ? 1 : 0
                }
            }
            return (style / pairs, colour / pairs)
        }
        let (without, with) = (shares(colourConfound: 0), shares(colourConfound: 0.8))
        #expect(without.style == 1 && with.style == 1)
        #expect(without.colour < 0.25)
        #expect(with.colour > without.colour + 0.2)
    }

    @Test func popularityConfoundMakesAFewItemsCommon() {
        func largestShare(_ confound: Double) -> Double {
            var parameters = SampleParameters()
            parameters.outfitCount = 3000
            parameters.popularityConfound = confound
            let universe = SampleUniverse(parameters)
            var counts = [Int](repeating: 0, count: universe.items.count)
            for outfit in universe.outfits { for item in outfit.items { counts[item] += 1 } }
            return Double(counts.sorted().suffix(24).reduce(0, +)) / Double(counts.reduce(0, +))
        }
        #expect(largestShare(1) > 1.5 * largestShare(0))
    }

    @Test func anUnknownEndingIsAnError() {
        #expect(throws: SampleError.unknownArchiveEnding(path: "x.rar")) {
            try SampleArchive(layout: .tables, universe: SampleUniverse(Self.parameters())).write(to: "x.rar")
        }
    }
}
