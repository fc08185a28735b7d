internal import Compatibility
internal import Foundation

/// The `labels` artifact.
///
///     outfit_offsets.npy          int64, outfits + 1
///     outfit_items.npy            int32, rows of the catalogue
///     outfit_splits.npy           uint8, 0 train, 1 validation, 2 test
///     outfit_ids.txt              one id a line
///     pairs.npy                   int32, positive pairs of the training outfits: first, second, outfits; flat
///     fill_in_blank_<split>_<kind>.json, compatibility_<split>.txt    questions in the Polyvore formats, by item id
///     audit.json                  leaks between the splits
///     labels.json                 counts
struct LabelFiles {
    let files: ArtifactFiles

    init(_ files: ArtifactFiles) {
        self.files = files
    }

    /// The files of the outfits and their splits.
    static let outfitNames = ["outfit_offsets.npy", "outfit_items.npy", "outfit_splits.npy", "outfit_ids.txt"]

    private static let splits: [Split] = [.train, .validation, .test]

    func write(_ labelled: LabelledOutfits) throws {
        var offsets: [Int64] = [0]
        var items: [Int32] = []
        var ids = Data()
        for outfit in labelled.outfits {
            items += outfit.items.map(Int32.init)
            offsets.append(Int64(items.count))
            ids += Data("\(outfit.id)\n".utf8)
        }
        try files.write("outfit_offsets.npy", vector: offsets)
        try files.write("outfit_items.npy", vector: items)
        try files.write("outfit_splits.npy", vector: labelled.split.map { UInt8(Self.splits.firstIndex(of: $0) ?? 0) })
        try files.write("outfit_ids.txt", ids)
    }

    func read() throws(ArtifactFileError) -> LabelledOutfits {
        let offsets = try files.readVector("outfit_offsets.npy", of: Int64.self)
        let items = try files.readVector("outfit_items.npy", of: Int32.self)
        let codes = try files.readVector("outfit_splits.npy", of: UInt8.self)
        let text = String(decoding: try files.read("outfit_ids.txt"), as: UTF8.self)
        let ids = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard offsets.count == codes.count + 1, ids.count == codes.count, offsets.last == Int64(items.count),
            codes.allSatisfy({ $0 < 3 })
        else { throw .malformed(path: files.folder.path, reason: "the arrays of the outfits do not fit together") }
        let outfits = ids.enumerated().map { position, id in
            Outfit(id: String(id), items: items[Int(offsets[position])..<Int(offsets[position + 1])].map(Int.init))
        }
        return LabelledOutfits(outfits: outfits, split: codes.map { Self.splits[Int($0)] })
    }

    // MARK: Questions

    static func blankName(_ split: Split, _ kind: QuestionKind) -> String {
        "fill_in_blank_\(split.rawValue)_\(kind.rawValue).json"
    }

    static func compatibilityName(_ split: Split) -> String { "compatibility_\(split.rawValue).txt" }

    /// - Throws: `ArtifactFileError`; `QuestionFormatError` for a file that is damaged.
    func readBlanks(_ split: Split, _ kind: QuestionKind, catalog: OutfitCatalog) throws -> [FillInTheBlankQuestion] {
        let name = Self.blankName(split, kind)
        let read = try FillInTheBlankFormat.read(
            [UInt8](try files.read(name)), tokens: QuestionTokens(catalog: catalog))
        try requireNone(read.unknownQuestionItems, in: name)
        try requireNone(read.unknownAnswers, in: name)
        return read.questions
    }

    /// - Throws: as `readBlanks`.
    func readCompatibility(_ split: Split, catalog: OutfitCatalog) throws -> [CompatibilityQuestion] {
        let name = Self.compatibilityName(split)
        let read = try CompatibilityFormat.read(
            [UInt8](try files.read(name)), tokens: QuestionTokens(catalog: catalog))
        try requireNone(read.unknownItems, in: name)
        return read.questions
    }

    /// Questions of others may name what the catalogue lacks. These were made from it, and figures over what is left of
    /// them would look like any other.
    private func requireNone(_ unknown: UnknownTokens, in name: String) throws(ArtifactFileError) {
        guard let first = unknown.examples.first else { return }
        throw .malformed(
            path: files.url(name).path,
            reason: "it names items that the catalogue does not have (\(unknown.count), the first '\(first)'); "
                + "--force label makes it again")
    }
}
