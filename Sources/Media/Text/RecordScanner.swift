/// Finds one record of delimited text in bytes at hand.
struct RecordScanner {
    struct Record {
        var fields: [[UInt8]] = []
        var problem: DelimitedText.Problem?
        /// The index after the record's line end.
        var end = 0
        /// Line ends that the record holds, its own included.
        var lineCount = 0
        /// An empty line.
        var isBlank = false
        /// The record was given up before its line end: the rest of the line is to be passed over.
        var endsInsideLine = false

        /// The fields as text, bytes that are no UTF-8 replaced and reported.
        func texts() -> (fields: [String], problem: DelimitedText.Problem?) {
            var problem: DelimitedText.Problem?
            var texts: [String] = []
            texts.reserveCapacity(fields.count)
            for (column, field) in fields.enumerated() {
                if let text = String(validating: field, as: UTF8.self) {
                    texts.append(text)
                } else {
                    texts.append(String(decoding: field, as: UTF8.self))
                    problem = problem ?? .invalidUTF8(column: column + 1)
                }
            }
            return (texts, problem)
        }
    }

    private static let quote = UInt8(ascii: "\"")
    private static let tab = UInt8(ascii: "\t")
    private static let carriageReturn = UInt8(ascii: "\r")

    let bytes: UnsafeBufferPointer<UInt8>
    let separator: UInt8
    let lineEnd: UInt8
    /// Fields of a row, where that is known.
    let fieldCount: Int?
    /// Whether nothing follows `bytes`.
    let isComplete: Bool
    let limit: Int

    /// The record that starts at `start`; nil when more bytes are needed to see its end.
    func record(at start: Int) -> Record? {
        var record = Record()
        var index = start
        while true {
            let isQuoted = index < bytes.count && bytes[index] == Self.quote
            let isDone: Bool?
            if isQuoted {
                let (column, linesBefore) = (record.fields.count + 1, record.lineCount)
                switch quotedField(&record, &index, start) {
                case .needsMore: return nil
                case .unterminated: return firstLine(start, column: column)
                case .done: break
                }
                let spansLines = record.lineCount > linesBefore
                guard let holdsRows = spansLines ? holdsRows(from: start, to: index) : false else {
                    return overlong(start)
                }
                isDone = afterQuote(&record, &index)
                // A quote that "closes" some lines later, in the middle of a field or behind whole rows, is another field's.
                if spansLines, holdsRows || record.problem == .strayQuote(column: column) {
                    return firstLine(start, column: column)
                }
            } else {
                isDone = plainField(&record, &index, from: index)
            }
            guard let isDone else { return overlong(start) }
            if isDone { break }
        }
        if index - start > limit {
            return given(up: start, at: index, endsInsideLine: false, lineCount: record.lineCount)
        }
        record.end = index
        record.isBlank =
            record.problem == nil && record.fields.count == 1 && record.fields[0].isEmpty
            && !(start < bytes.count && bytes[start] == Self.quote)
        return record
    }

    private enum Quoted { case done, needsMore, unterminated }

    /// Reads a field from its opening quote past its closing one.
    private func quotedField(_ record: inout Record, _ index: inout Int, _ start: Int) -> Quoted {
        var field: [UInt8] = []
        index += 1
        var segment = index
        while index < bytes.count {
            if index - start > limit { return .unterminated }
            let byte = bytes[index]
            if byte == lineEnd {
                record.lineCount += 1
            } else if byte == Self.quote {
                field += bytes[segment..<index]
                if index + 1 == bytes.count, !isComplete { return .needsMore }
                guard index + 1 < bytes.count, bytes[index + 1] == Self.quote else {
                    index += 1
                    record.fields.append(field)
                    return .done
                }
                // A doubled quote stands for one.
                index += 1
                segment = index
            }
            index += 1
        }
        return isComplete ? .unterminated : .needsMore
    }

    /// Whether a quoted field that ends at `end` swallowed rows: each line from the record's start on has a row's number of
    /// tabs. Text may hold as many commas; tabs it does not, and tables with tabs are often written without quoting. Nil
    /// when more bytes are needed.
    private func holdsRows(from start: Int, to end: Int) -> Bool? {
        guard separator == Self.tab, let fieldCount, fieldCount > 1 else { return false }
        var count = 0
        for index in start..<bytes.count {
            if bytes[index] == separator {
                count += 1
            } else if bytes[index] == lineEnd {
                if count != fieldCount - 1 { return false }
                if index >= end { return true }
                count = 0
            }
        }
        return isComplete ? count == fieldCount - 1 : nil
    }

    /// Moves past what follows a closing quote; true at the record's end, nil when more bytes are needed.
    private func afterQuote(_ record: inout Record, _ index: inout Int) -> Bool? {
        let from = index
        var rest: [UInt8] = []
        guard let isDone = field(&index, from: from, lineCount: &record.lineCount, into: &rest) else { return nil }
        if !rest.isEmpty {
            record.problem = record.problem ?? .strayQuote(column: record.fields.count)
            record.fields[record.fields.count - 1] += rest
        }
        return isDone
    }

    private func plainField(_ record: inout Record, _ index: inout Int, from: Int) -> Bool? {
        var text: [UInt8] = []
        let isDone = field(&index, from: from, lineCount: &record.lineCount, into: &text)
        record.fields.append(text)
        return isDone
    }

    /// The bytes up to the next separator (false) or line end (true), which is passed over.
    private func field(_ index: inout Int, from: Int, lineCount: inout Int, into text: inout [UInt8]) -> Bool? {
        while index < bytes.count, bytes[index] != separator, bytes[index] != lineEnd { index += 1 }
        guard index < bytes.count || isComplete else { return nil }
        let isSeparator = index < bytes.count && bytes[index] == separator
        var end = index
        if !isSeparator, end > from, bytes[end - 1] == Self.carriageReturn { end -= 1 }
        text = Array(bytes[from..<end])
        if index < bytes.count {
            if !isSeparator { lineCount += 1 }
            index += 1
        }
        return !isSeparator
    }

    /// What is left of a record with a quote that never closes: its first line, quotes taken as they are.
    private func firstLine(_ start: Int, column: Int) -> Record? {
        var record = Record()
        var index = start
        while true {
            guard let isDone = plainField(&record, &index, from: index) else { return overlong(start) }
            if isDone { break }
        }
        record.end = index
        record.problem = .unterminatedQuote(column: column)
        return record
    }

    /// Waits for the line's end, or gives the record up when it has grown too long.
    private func overlong(_ start: Int) -> Record? {
        guard bytes.count - start > limit else { return nil }
        return given(up: start, at: bytes.count, endsInsideLine: true, lineCount: 0)
    }

    private func given(up start: Int, at end: Int, endsInsideLine: Bool, lineCount: Int) -> Record {
        var record = Record()
        record.problem = .tooLong(limit: limit)
        record.end = end
        record.endsInsideLine = endsInsideLine
        record.lineCount = lineCount
        return record
    }
}
