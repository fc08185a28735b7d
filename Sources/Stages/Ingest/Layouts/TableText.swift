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
        while true {
            let chunk = try member.read()
            let rows = chunk.isEmpty ? table.finish() : table.feed(chunk)
            if !isPrepared, table.separator != nil || chunk.isEmpty {
                guard table.headerProblem == nil, !table.columns.isEmpty else {
                    throw member.malformed("no header that can be read")
                }
                try prepare(table.columns.map(\.unpadded))
                isPrepared = true
            }
            for row in rows { try body(Row(row)) }
            if chunk.isEmpty { return table.hasSeparatorMismatch }
        }
    }
}
