/// Decides from a table's first bytes what separates its header's fields and its rows'.
struct SeparatorSample {
    /// Rows that vote.
    private static let rowCount = 50

    let bytes: UnsafeBufferPointer<UInt8>
    let start: Int
    let lineEnd: UInt8
    let isComplete: Bool
    let limit: Int
    /// Blank lines passed over before the header.
    private(set) var blankLinesBefore = 0

    init(bytes: UnsafeBufferPointer<UInt8>, start: Int, lineEnd: UInt8, isComplete: Bool, limit: Int) {
        self.bytes = bytes
        self.start = start
        self.lineEnd = lineEnd
        self.isComplete = isComplete
        self.limit = limit
    }

    /// The separator that cuts the first record into most fields, and the record; nil when there is none.
    mutating func header() -> (separator: UInt8, record: RecordScanner.Record)? {
        var best: (separator: UInt8, record: RecordScanner.Record)?
        for candidate in DelimitedText.candidates {
            var index = start
            var blank = 0
            while index < bytes.count, let record = scanner(candidate).record(at: index) {
                guard record.isBlank else {
                    if record.fields.count > best?.record.fields.count ?? -1 {
                        best = (candidate, record)
                        blankLinesBefore = blank
                    }
                    break
                }
                blank += 1
                index = record.end
            }
        }
        return best
    }

    /// The separator that gives most rows the header's number of fields; the header's own where several do.
    func rowSeparator(fieldCount: Int, header: UInt8, from index: Int) -> UInt8 {
        var best = header
        var bestVotes = votes(for: header, fieldCount: fieldCount, from: index)
        for candidate in DelimitedText.candidates where candidate != header {
            let votes = votes(for: candidate, fieldCount: fieldCount, from: index)
            if votes > bestVotes { (best, bestVotes) = (candidate, votes) }
        }
        return best
    }

    /// The separator under which most rows have one and the same number of fields, at least two.
    func separatorWithoutHeader() -> UInt8 {
        var best = (separator: DelimitedText.candidates[0], votes: 0)
        for candidate in DelimitedText.candidates {
            guard let count = commonFieldCount(separator: candidate), count > 1 else { continue }
            let votes = votes(for: candidate, fieldCount: count, from: start)
            if votes > best.votes { best = (candidate, votes) }
        }
        return best.separator
    }

    /// The number of fields that most rows have, the smaller one on a tie; nil without rows.
    func commonFieldCount(separator: UInt8) -> Int? {
        let counts = fieldCounts(separator: separator, from: start).sorted()
        var best: (count: Int, votes: Int)?
        for count in counts where count != best?.count {
            let votes = counts.count { $0 == count }
            if votes > best?.votes ?? 0 { best = (count, votes) }
        }
        return best?.count
    }

    private func votes(for separator: UInt8, fieldCount: Int, from index: Int) -> Int {
        fieldCounts(separator: separator, from: index).count { $0 == fieldCount }
    }

    private func fieldCounts(separator: UInt8, from index: Int) -> [Int] {
        var counts: [Int] = []
        var index = index
        while counts.count < Self.rowCount, index < bytes.count, let record = scanner(separator).record(at: index) {
            if !record.isBlank { counts.append(record.fields.count) }
            index = record.end
        }
        return counts
    }

    private func scanner(_ separator: UInt8) -> RecordScanner {
        RecordScanner(
            bytes: bytes, separator: separator, lineEnd: lineEnd, fieldCount: nil, isComplete: isComplete, limit: limit)
    }
}
