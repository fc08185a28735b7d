private import Foundation

/// The small archives that the project ships in `data-samples`, and that any user can make at another size.
package enum SampleCollection {
    /// The names of the archives, in the order in which a job reads them; the last holds later arrivals.
    package static let fileNames = ["catalogue.tar.gz", "polyvore.zip", "maryland.tar.xz", "arrivals.tar.zst"]

    /// Writes the archives of `parameters.itemCount` items into a folder: half as catalogue tables, a third as Polyvore
    /// Outfits, the rest as Maryland Polyvore, and an eighth more as later arrivals of the catalogue.
    ///
    /// - Parameter progress: called with the archive's name and its pictures so far.
    package static func write(
        to folder: String, _ parameters: SampleParameters,
        progress: (_ archive: String, _ pictures: Int) -> Void = { _, _ in }
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, archive) in zip(fileNames, archives(parameters)) {
            try archive.write(to: folder + "/" + name) { progress(name, $0) }
        }
    }

    /// The archives as values, in the order of `fileNames`.
    package static func archives(_ parameters: SampleParameters) -> [SampleArchive] {
        let tableItems = parameters.itemCount / 2
        let polyvoreItems = parameters.itemCount / 3
        let arrivals = parameters.itemCount / 8
        func universe(first: Int, items: Int, outfits: Int) -> SampleUniverse {
            var part = parameters
            part.firstItem = first
            part.firstOutfit = first * 10
            part.itemCount = items
            part.outfitCount = outfits
            return SampleUniverse(part)
        }
        // Items are a function of their number, so the larger universe begins with the smaller one's items.
        let tables = universe(first: 0, items: tableItems, outfits: parameters.outfitCount / 2)
        let late = parameters.itemCount * 4
        var later = parameters
        later.firstOutfit = late * 10
        later.itemCount = tableItems + arrivals
        later.outfitCount = parameters.outfitCount / 2
        let polyvore = universe(
            first: parameters.itemCount * 2, items: polyvoreItems, outfits: parameters.outfitCount / 3)
        let maryland = universe(
            first: parameters.itemCount * 3, items: parameters.itemCount - tableItems - polyvoreItems,
            outfits: parameters.outfitCount / 6)
        return [
            SampleArchive(layout: .tables, universe: tables),
            SampleArchive(layout: .polyvoreOutfits, universe: polyvore),
            SampleArchive(layout: .marylandPolyvore, universe: maryland),
            SampleArchive(
                layout: .tables, universe: SampleUniverse(later), items: tableItems..<tableItems + arrivals,
                withdraws: min(10, tableItems)..<min(12, tableItems)),
        ]
    }
}
