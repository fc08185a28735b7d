internal import Media

/// Rows of a table inside an archive, good or refused.
enum TableText {
    enum Row {
        case fields([String], line: Int)
        case refused(QuarantineReason, line: Int)

        init(_ row: DelimitedText.Row) {
            switch row.problem {
            case nil: self = .fields(row.fields, line: row.line)
            case .ragged: self = .refused(.raggedRow, line: row.line)
            case .invalidUTF8: self = .refused(.invalidUTF8, line: row.line)
            case .strayQuote, .unterminatedQuote: self = .refused(.unbalancedQuotes, line: row.line)
            case .tooLong: self = .refused(.recordTooLarge, line: row.line)
            }
        }
    }

    /// The rows of a table without a header.
    static func forEachRow(of member: DataMember, delimiter: UInt8?, _ body: (Row) throws -> Void) throws {
        var table = DelimitedText(header: .absent, separator: delimiter, rowByteLimit: member.limits.recordByteCount)
        while true {
            let chunk = try member.read()
            for row in chunk.isEmpty ? table.finish() : table.feed(chunk) { try body(Row(row)) }
            if chunk.isEmpty { return }
        }
    }

    /// The rows of a table with a header; `prepare` sees the header, unpadded, before the first row.
    ///
    /// - Returns: whether the header's separator differs from the rows'.
    /// - Throws: `IngestError.malformedMember` where there is no header that can be read.
    static func forEachRow(
        of member: DataMember, delimiter: UInt8?, header prepare: ([String]) throws -> Void,
        _ body: (Row) throws -> Void
    ) throws -> Bool {
        var table = DelimitedText(separator: delimiter, rowByteLimit: member.limits.recordByteCount)
        var isPrepared = false
        var start: [UInt8] = []
        while true {
            let chunk = try member.read()
            if start.isEmpty { start = Array(chunk.prefix(8)) }
            let rows = chunk.isEmpty ? table.finish() : table.feed(chunk)
            if !isPrepared, table.separator != nil || chunk.isEmpty {
                if let problem = headerProblem(of: table, start: start) { throw member.malformed(problem) }
                try prepare(table.columns.map(\.unpadded))
                isPrepared = true
            }
            for row in rows { try body(Row(row)) }
            if chunk.isEmpty { return table.hasSeparatorMismatch }
        }
    }

    /// Why a table's header cannot be read, and what to do; nil where it can.
    private static func headerProblem(of table: DelimitedText, start: [UInt8]) -> String? {
        if start.isEmpty { return "it is empty; a table begins with a header" }
        if let container = container(start) {
            return "it is \(container), not text; put the table itself into the archive, as CSV"
        }
        if case .invalidUTF8 = table.headerProblem { return "its header is not UTF-8; save the table as UTF-8" }
        guard table.headerProblem == nil, !table.columns.isEmpty else { return "no header that can be read" }
        guard table.columns.allSatisfy({ $0.contains("\0") }) else { return nil }
        return "its header holds zero bytes, as UTF-16 without a byte order mark does; save the table as UTF-8"
    }

    /// What is often taken for a table, by its first bytes.
    private static func container(_ start: [UInt8]) -> String? {
        if start.starts(with: [0x1F, 0x8B]) { return "gzip" }
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "a workbook or a zip file" }
        return start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) ? "a workbook" : nil
    }
}
