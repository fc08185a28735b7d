internal import Foundation
internal import Media

/// An archive that has been streamed, and what its shard holds.
struct MergedArchive {
    /// The archive's file name, which is what the quarantine table knows it by.
    let name: String
    let folder: URL
}

/// Makes one catalogue of all archives, oldest first.
struct DatasetMerge {
    let archives: [MergedArchive]
    let parameters: IngestParameters
    let checkCancellation: () throws -> Void

    /// - Parameters:
    ///   - catalogFolder: the empty folder of the `catalog` artifact.
    ///   - picturesFolder: the empty folder of the `pictures` artifact.
    /// - Throws: `IngestError.noItems`, `.noTable`, `.unknownColumn`, `.tooManyQuarantined`; `CatalogError`.
    @discardableResult
    func run(catalogFolder: URL, picturesFolder: URL) throws -> IngestSummary {
        let counts = try archives.map { archive in
            var counts = ArchiveCounts()
            try RecordReader<ArchiveCounts>(ShardFile.counts.url(in: archive.folder)).forEach { found, _ in
                counts = found
            }
            return counts
        }
        try requireProducts(counts)
        try checkMapping(counts)
        let pictures = try PictureMerge(
            shards: archives.map(\.folder), into: picturesFolder, checkCancellation: checkCancellation)
        var summary = IngestSummary()
        let file = catalogFolder.appendingPathComponent(CatalogSchema.fileName)
        try CatalogWriter.write(to: file) { catalog in
            let tally = QuarantineTally(catalog)
            let refused = PicturePathIndex()
            for (number, archive) in archives.enumerated() {
                try RecordReader<QuarantineRecord>(ShardFile.quarantine.url(in: archive.folder)).forEach { record, _ in
                    if record.reason.refusesMember { _ = refused.set(record.member, picture: -1, archive: number) }
                    try tally.refuse(
                        record.reason, archive: archive.name, member: record.member, subject: record.subject,
                        recordCount: record.recordCount)
                }
            }
            let items = try ItemMerge(
                archives: archives, pictures: pictures, refused: refused, into: catalog, tally: tally,
                checkCancellation: checkCancellation)
            let outfits = try OutfitMerge(
                archives: archives, items: items, into: catalog, tally: tally, checkCancellation: checkCancellation)
            let questions = try QuestionMerge(
                archives: archives, outfits: outfits, into: catalog, tally: tally, checkCancellation: checkCancellation)
            for place in pictures.places { try catalog.add(place) }
            // Without a row of items each outfit is refused: that says less.
            if counts.allSatisfy({ $0.itemRecords == 0 }) { throw noItems }
            let subjectCount = counts.reduce(0) { $0 + $1.subjects }
            try tally.check(fractionLimit: parameters.quarantineFractionLimit, subjectCount: subjectCount)
            if items.ids.isEmpty { throw noItems }
            try requireOutfits(counts)
            summary = IngestSummary(
                archives: zip(archives, counts).map { .init(name: $0.name, counts: $1.withoutNames) },
                items: items.summary, outfits: outfits.summary, questions: questions.summary, pictures: .init(pictures),
                tally: tally)
            summary.warnings += [
                tally.warning(subjectCount: subjectCount),
                items.missingPictures.warning(itemCount: items.ids.count, pictures: pictures.paths),
            ].compactMap(\.self)
            summary.warnings += overlookedTables(counts)
        }
        try summary.write(to: catalogFolder.appendingPathComponent(IngestSummary.fileName))
        return summary
    }

    /// A mapped table that no archive has, where nothing else gave items: outfits would name unknown ones, each a refusal.
    private func requireProducts(_ counts: [ArchiveCounts]) throws(IngestError) {
        let products = parameters.tables.products
        if products.id.isEmpty || counts.contains(where: { !$0.productHeader.isEmpty || $0.itemRecords > 0 }) { return }
        throw .noTable("products", patterns: products.members, seen: Self.examples(counts))
    }

    /// The same of outfits, without which nothing can be learned.
    private func requireOutfits(_ counts: [ArchiveCounts]) throws(IngestError) {
        let outfits = parameters.tables.outfits
        if outfits.outfit.isEmpty || counts.contains(where: { !$0.outfitHeader.isEmpty || $0.outfitRecords > 0 }) {
            return
        }
        throw .noTable("outfits", patterns: outfits.members, seen: Self.examples(counts))
    }

    /// Some files that were passed over.
    private static func examples(_ counts: [ArchiveCounts]) -> [String] {
        Array(Set(counts.flatMap { $0.unrecognisedNames ?? [] }).sorted().prefix(5))
    }

    /// A line for each archive with a file that may be a table under another name than the job's: it differs in the case of
    /// letters alone, or the archive gave nothing but pictures. Its items would be missing without a word.
    private func overlookedTables(_ counts: [ArchiveCounts]) -> [String] {
        let tables = parameters.tables
        guard tables.isMapped else { return [] }
        let patterns = (tables.products.members + tables.outfits.members).map(MemberPattern.init)
        return zip(archives, counts).compactMap { archive, counts in
            let names = counts.unrecognisedNames ?? []
            let name =
                names.first { name in patterns.contains { $0.matches(name, ignoringCase: true) } }
                ?? (counts.gaveRecords ? nil : names.first(where: Self.isNamedAsTable))
            guard let name else { return nil }
            return """
                \(archive.name): '\(name)' was not read; if it is a table, add its name to ingest.tables.products.members or \
                ingest.tables.outfits.members
                """.showingControlCharacters()
        }
    }

    private static func isNamedAsTable(_ path: String) -> Bool {
        let name = path.lowercased()
        return ["csv", "tsv", "tab", "xlsx", "xls", "json", "jsonl", "xml", "parquet", "gz", "zip"].contains {
            name.hasSuffix("." + $0)
        }
    }

    /// A column that no table has at all is a slip in the job file.
    private func checkMapping(_ counts: [ArchiveCounts]) throws(IngestError) {
        let products = parameters.tables.products
        var columns = products.category.map { (key: "category", name: $0) }
        columns += products.title.map { ("title", $0) }
        columns += products.attributes.map { ("attributes", $0) }
        for (name, part) in products.derived.sorted(by: { $0.key < $1.key }) {
            columns.append(("derived.\(name).column", part.column))
        }
        columns.append(("picture", products.picture))
        columns.append(("price", products.price))
        columns.append(("available.column", products.available.column))
        columns.append(("variant_of.column", products.variantOf.column))
        try require(columns, in: counts.map(\.productHeader), of: "products")
        let outfits = parameters.tables.outfits
        try require(
            [("split", outfits.split), ("title", outfits.title)], in: counts.map(\.outfitHeader), of: "outfits")
    }

    private func require(
        _ columns: [(key: String, name: String)], in headers: [[String]], of table: String
    ) throws(IngestError) {
        let known = Set(headers.joined())
        if known.isEmpty { return }
        for (key, name) in columns where !name.isEmpty && !known.contains(name.unpadded) {
            throw .unknownColumn(name, key: "ingest.tables.\(table).\(key)", columns: known.sorted())
        }
    }

    private var noItems: IngestError { .noItems(isUnmapped: parameters.tables.products.id.isEmpty) }
}
