internal import Media

/// The items that name a picture which no archive holds. They stay, and are told by their words alone.
struct MissingPictures {
    private struct Entry {
        let archive: String
        let member: String
        let item: String
        let path: String

        var subject: String { "\(item): \(path)" }
    }

    /// Items that have an entry in the quarantine table; one more entry counts the others. A dataset that came without its
    /// pictures lacks those of all items, and its table of items says so already.
    static let namedLimit = 1000

    private(set) var count = 0
    private var named: [Entry] = []

    mutating func add(item: String, path: String, archive: String, member: String) {
        count += 1
        if named.count < Self.namedLimit {
            named.append(Entry(archive: archive, member: member, item: item, path: path))
        }
    }

    /// No records are lost with them: they do not count against the limit on refusals.
    func quarantine(_ tally: QuarantineTally) throws {
        for entry in named {
            try tally.refuse(
                .missingPicture, archive: entry.archive, member: entry.member, subject: entry.subject, recordCount: 0)
        }
        guard count > named.count else { return }
        try tally.refuse(
            .missingPicture, archive: "", member: "", subject: "\(count - named.count) further items", recordCount: 0)
    }

    /// A line for whoever looks after the data; nil where no picture is missing.
    func warning(itemCount: Int, pictures: PicturePathIndex) -> String? {
        guard let first = named.first else { return nil }
        let respelt = pictures.pathDifferingInCase(among: named.map(\.path))
        let example = respelt.map { named[$0.position] } ?? first
        let found = respelt.map { " (there is \($0.path): letter case counts)" } ?? ""
        let all = count > named.count ? "\(named.count) of them" : "them"
        let words = """
            \(count) of \(itemCount) items name a picture that no archive holds, such as \(example.subject)\(found); once \
            published, the table 'quarantine' of current/catalog.sqlite names \(all)
            """
        return words.showingControlCharacters()
    }
}
