/// Reads a table of delimited text (RFC 4180 and what is found beside it) while it streams by.
///
/// Quotes with doubled quotes, separators and line ends inside them; LF, CRLF or, as spreadsheets on a Mac write, CR alone;
/// UTF-8, or UTF-16 with its byte order mark; blank lines passed over. The separator (comma, tab, semicolon, bar) is found
/// from the header and the first rows, each for itself: real tables have headers whose separator differs from the rows'. A
/// bad row is data: it comes with its `problem`, and the rows after it are read. A quote that never closes costs its own
/// line only.
///
/// ```swift
/// var table = DelimitedText()
/// for chunk in chunks { for row in table.feed(chunk) { … } }
/// for row in table.finish() { … }
/// ```
package struct DelimitedText: Sendable {
    package enum Header: Sendable {
        case present
        case absent
    }

    /// What is wrong with a row; columns count from 1.
    package enum Problem: Sendable, Equatable {
        /// Another number of fields than the header (without one: than most rows).
        case ragged(expected: Int, found: Int)
        case invalidUTF8(column: Int)
        /// Something other than a separator follows a closing quote.
        case strayQuote(column: Int)
        /// A quote opens and never closes.
        case unterminatedQuote(column: Int)
        /// The row holds more bytes than allowed; its fields are left out.
        case tooLong(limit: Int)
    }

    package struct Row: Sendable, Equatable {
        /// The line that the row starts on, from 1, the header's included.
        package let line: Int
        package let fields: [String]
        package let problem: Problem?
    }

    /// The bytes that are looked at before the separators are decided.
    static let sampleByteCount = 1 << 16
    static let candidates = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "|")]

    /// The header's fields; empty until the sample has been read, and without a header.
    package private(set) var columns: [String] = []
    package private(set) var headerProblem: Problem?
    /// What separates the header's fields; nil until it has been read.
    package private(set) var headerSeparator: UInt8?
    /// What separates the rows' fields; nil until the sample has been read.
    package private(set) var separator: UInt8?
    /// Whether the header is separated otherwise than the rows: worth a note to the user.
    package var hasSeparatorMismatch: Bool { headerSeparator != nil && headerSeparator != separator }

    /// What ends each line; the carriage return before a line feed is passed over.
    private var lineEnd = UInt8(ascii: "\n")
    private let header: Header
    private let wantedSeparator: UInt8?
    private let rowByteLimit: Int
    private var stream = UTF16Stream()
    private var buffer: [UInt8] = []
    private var line = 1
    private var fieldCount: Int?
    private var isStarted = false
    private var isSkippingLine = false

    /// - Parameters:
    ///   - separator: of the rows; nil to find it. The header's is always found.
    ///   - rowByteLimit: what one row may hold, and how far a quote's end is looked for.
    package init(header: Header = .present, separator: UInt8? = nil, rowByteLimit: Int = 1 << 20) {
        self.header = header
        wantedSeparator = separator
        self.rowByteLimit = rowByteLimit
    }

    /// The position of a column; nil if the header has none of this name.
    package func column(named name: String) -> Int? {
        columns.firstIndex(of: name)
    }

    /// Takes the next bytes and returns the rows that they complete.
    package mutating func feed(_ chunk: [UInt8]) -> [Row] {
        let text = stream.feed(chunk)
        buffer += text
        guard isStarted || buffer.count >= Self.sampleByteCount else { return [] }
        // A row ends with a line: without one there is nothing new.
        let hasLineEnd = text.contains(lineEnd)
        guard !isStarted || hasLineEnd || buffer.count > rowByteLimit else { return [] }
        return rows(isComplete: false)
    }

    /// Says that the text is over and returns the rows that were still held.
    package mutating func finish() -> [Row] {
        buffer += stream.finish()
        return rows(isComplete: true)
    }

    private mutating func rows(isComplete: Bool) -> [Row] {
        var found: [Row] = []
        var used = 0
        let held = buffer
        held.withUnsafeBufferPointer { bytes in
            if !isStarted { used = start(bytes, isComplete: isComplete) }
            while let separator, used < bytes.count {
                if isSkippingLine {
                    let rest = bytes[used...]
                    let end = rest.firstIndex(of: lineEnd)
                    used = end.map { $0 + 1 } ?? bytes.count
                    line += end == nil ? 0 : 1
                    isSkippingLine = end == nil
                    continue
                }
                let scanner = RecordScanner(
                    bytes: bytes, separator: separator, lineEnd: lineEnd, fieldCount: fieldCount,
                    isComplete: isComplete, limit: rowByteLimit)
                guard let record = scanner.record(at: used) else { break }
                if !record.isBlank { found.append(row(record)) }
                isSkippingLine = record.endsInsideLine
                line += record.lineCount
                used = record.end
            }
        }
        buffer.removeFirst(used)
        return found
    }

    private func row(_ record: RecordScanner.Record) -> Row {
        let (fields, invalid) = record.texts()
        var problem = record.problem ?? invalid
        if problem == nil, let fieldCount, fieldCount != fields.count {
            problem = .ragged(expected: fieldCount, found: fields.count)
        }
        return Row(line: line, fields: fields, problem: problem)
    }

    /// Decides the separators and reads the header; returns how many bytes it took.
    private mutating func start(_ bytes: UnsafeBufferPointer<UInt8>, isComplete: Bool) -> Int {
        isStarted = true
        var used = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        lineEnd = Self.lineEnd(of: bytes)
        var sample = SeparatorSample(
            bytes: bytes, start: used, lineEnd: lineEnd, isComplete: isComplete, limit: rowByteLimit)
        guard header == .present else {
            separator = wantedSeparator ?? sample.separatorWithoutHeader()
            fieldCount = separator.flatMap { sample.commonFieldCount(separator: $0) }
            return used
        }
        guard let (found, record) = sample.header() else {
            separator = wantedSeparator ?? Self.candidates[0]
            headerProblem = .tooLong(limit: rowByteLimit)
            return used
        }
        headerSeparator = found
        let (fields, invalid) = record.texts()
        columns = fields
        headerProblem = record.problem ?? invalid
        fieldCount = fields.count
        line += sample.blankLinesBefore + record.lineCount
        isSkippingLine = record.endsInsideLine
        used = record.end
        separator = wantedSeparator ?? sample.rowSeparator(fieldCount: fields.count, header: found, from: used)
        return used
    }

    /// A carriage return where the sample has some outside quotes, and no line feed there.
    private static func lineEnd(of bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
        let lineFeed = UInt8(ascii: "\n")
        let carriageReturn = UInt8(ascii: "\r")
        var (isQuoted, hasCarriageReturn) = (false, false)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case lineFeed where !isQuoted: return lineFeed
            case carriageReturn where !isQuoted: hasCarriageReturn = true
            default: break
            }
        }
        return hasCarriageReturn ? carriageReturn : lineFeed
    }
}
