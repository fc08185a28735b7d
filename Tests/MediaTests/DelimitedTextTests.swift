import Media
import Testing

private func read(
    _ bytes: [UInt8], pieces size: Int = 1 << 20, _ table: DelimitedText = DelimitedText()
) -> (table: DelimitedText, rows: [DelimitedText.Row]) {
    var table = table
    var rows: [DelimitedText.Row] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
        rows += table.feed(Array(bytes[start..<min(bytes.count, start + size)]))
    }
    rows += table.finish()
    return (table, rows)
}

private func read(_ text: String, _ table: DelimitedText = DelimitedText()) -> (
    table: DelimitedText, rows: [DelimitedText.Row]
) {
    read(Array(text.utf8), table)
}

@Test func quotesSeparatorsAndLineEndsAreReadAsRFC4180Says() {
    let text = "\u{FEFF}id,title,price\r\n007,\"Dress, \"\"red\"\"\",1\r\n\r\n008,\"two\r\nlines\",\r\n\"009\",é日本,3"
    for size in [1, 5, 1000] {
        let (table, rows) = read(Array(text.utf8), pieces: size)
        #expect(table.columns == ["id", "title", "price"])
        #expect(table.column(named: "price") == 2)
        #expect(table.column(named: "colour") == nil)
        #expect(
            rows.map(\.fields) == [["007", "Dress, \"red\"", "1"], ["008", "two\r\nlines", ""], ["009", "é日本", "3"]])
        #expect(rows.map(\.line) == [2, 4, 6])
        #expect(rows.allSatisfy { $0.problem == nil })
    }
}

@Test(arguments: [",", "\t", ";", "|"])
func separatorIsFound(separator: String) {
    let lines = [["id", "a,b;c", "x"], ["1", "two", "3"], ["2", "three", "4"]]
    let text = lines.map { $0.map { $0.contains(separator) ? "\"\($0)\"" : $0 }.joined(separator: separator) }
        .joined(separator: "\n")
    let (table, rows) = read(text)
    #expect(table.columns == lines[0])
    #expect(table.separator == separator.utf8.first)
    #expect(!table.hasSeparatorMismatch)
    #expect(rows.map(\.fields) == Array(lines.dropFirst()))
}

@Test func headerSeparatedOtherwiseThanTheRowsIsReported() {
    let (table, rows) = read("item_id,category,title\n1\tbags\tRed, small bag\n2\tshoes\tBoot\n")
    #expect(table.columns == ["item_id", "category", "title"])
    #expect(table.headerSeparator == UInt8(ascii: ","))
    #expect(table.separator == UInt8(ascii: "\t"))
    #expect(table.hasSeparatorMismatch)
    #expect(rows.map(\.fields) == [["1", "bags", "Red, small bag"], ["2", "shoes", "Boot"]])
    #expect(rows.allSatisfy { $0.problem == nil })
}

@Test func tableWithoutHeaderTakesTheCommonFieldCount() {
    let (table, rows) = read("2,day dress,all-body\n3,gown\n4,a,b\n", DelimitedText(header: .absent))
    #expect(table.columns.isEmpty)
    #expect(rows.map(\.problem) == [nil, .ragged(expected: 3, found: 2), nil])
    #expect(rows.map(\.line) == [1, 2, 3])
}

@Test func singleColumnNeedsNoSeparator() {
    let (table, rows) = read("id\n1\n2\n")
    #expect(table.columns == ["id"])
    #expect(rows.map(\.fields) == [["1"], ["2"]])
    #expect(rows.allSatisfy { $0.problem == nil })
}

@Test func badRowsAreDataAndTheNextOnesAreRead() {
    var bytes = Array("id,a\n1,x\n2\n3,y,z\n4,\"q\"r\n".utf8)
    bytes += Array("5,".utf8) + [0xFF, 0xC3] + Array("\n6,\"open\n7,fine\n8,5\" heel\n".utf8)
    for size in [1, 3, 1000] {
        let (_, rows) = read(bytes, pieces: size)
        #expect(rows.map { $0.fields.first } == ["1", "2", "3", "4", "5", "6", "7", "8"])
        #expect(
            rows.map(\.problem) == [
                nil, .ragged(expected: 2, found: 1), .ragged(expected: 2, found: 3), .strayQuote(column: 2),
                .invalidUTF8(column: 2), .unterminatedQuote(column: 2), nil, nil,
            ])
        #expect(rows.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 9])
        #expect(rows[3].fields == ["4", "qr"])
        #expect(rows[5].fields == ["6", "\"open"])
        #expect(rows[7].fields == ["8", "5\" heel"])
    }
}

@Test func rowAboveTheLimitIsPassedOver() {
    let long = String(repeating: "x", count: 300)
    let text = "id,a\n1,\(long)\n2,b\n3,\"\(long)\"\n4,\"\(long)\n5,c\n"
    for size in [1, 50, 10_000] {
        let (_, rows) = read(Array(text.utf8), pieces: size, DelimitedText(rowByteLimit: 100))
        #expect(rows.filter { $0.problem == nil }.map(\.fields) == [["2", "b"], ["5", "c"]], "pieces of \(size)")
        #expect(rows.filter { $0.problem == nil }.map(\.line) == [3, 6])
        #expect(rows.count == 5)
    }
}

@Test func emptyTextHasNeitherColumnsNorRows() {
    let (table, rows) = read("")
    #expect(table.columns.isEmpty)
    #expect(rows.isEmpty)
    #expect(read("id,a\n").rows.isEmpty)
    #expect(read("id,a").table.columns == ["id", "a"])
}

@Test func longTableIsTheSameInAnyPieces() {
    var generator = Bytes(seed: 31)
    let expected = (0..<6000).map { index in
        [
            "\(index)",
            ["plain", "with, comma", "with \"quote\"", "two\nlines", ""][Int.random(in: 0..<5, using: &generator)],
        ]
    }
    func quoted(_ field: String) -> String {
        field.contains { ",\"\n".contains($0) } ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
    let text = "id,title\n" + expected.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    for size in [4096, 65_536, 1 << 20] {
        let (_, rows) = read(Array(text.utf8), pieces: size)
        #expect(rows.map(\.fields) == expected)
    }
}

@Test func carriageReturnsAloneEndLinesWhereThereAreNoOthers() {
    let text = "id,title\r1,\"two\nlines, one \"\"quote\"\"\"\r\r2,boot\r"
    for size in [1, 5, 1000] {
        let (table, rows) = read(Array(text.utf8), pieces: size)
        #expect(table.columns == ["id", "title"])
        #expect(rows.map(\.fields) == [["1", "two\nlines, one \"quote\""], ["2", "boot"]])
        #expect(rows.map(\.line) == [2, 4])
        #expect(rows.allSatisfy { $0.problem == nil })
    }
    // One beside line feeds is text.
    let (_, rows) = read("id,title\n1,a\rb\n2,c\n")
    #expect(rows.map(\.fields) == [["1", "a\rb"], ["2", "c"]])
}

@Test(arguments: [true, false])
func textOfSixteenBitsIsReadByItsByteOrderMark(isLittleEndian: Bool) {
    func bytes(_ units: some Sequence<UInt16>) -> [UInt8] {
        units.flatMap { isLittleEndian ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
    let text = bytes("\u{FEFF}id\ttitle\r\n1\tété 日本\r\n2\t👗\r\n3\t".utf16)
    for size in [1, 2, 3, 1000] {
        let (table, rows) = read(text, pieces: size)
        #expect(table.columns == ["id", "title"])
        #expect(rows.map(\.fields) == [["1", "été 日本"], ["2", "👗"], ["3", ""]])
        #expect(rows.allSatisfy { $0.problem == nil })
        // Half a pair, and half a character at the end.
        let (_, damaged) = read(text + bytes([0xD83D, 0x0A]) + [0x34], pieces: size)
        #expect(damaged.map(\.problem) == [nil, nil, .invalidUTF8(column: 2), .invalidUTF8(column: 1)])
    }
}

@Test func aQuoteThatSwallowsRowsOfATableWithTabsCostsItsOwnLineOnly() {
    let header = "id\ttitle\tsize\n"
    let tables = [
        "1\t\"Retro\t5\n2\tcase 15\"\t6\n", "1\t\"Retro\t5\n2\tboot\t6\n3\tcase 15\"\t7\n",
        "1\tRetro\t\"5\n2\tcase\t15\"\n",
    ]
    for (table, ids) in zip(tables, [["1", "2"], ["1", "2", "3"], ["1", "2"]]) {
        for size in [1, 7, 1000] {
            let (_, rows) = read(Array((header + table + "9\tbag\t1\n").utf8), pieces: size)
            #expect(rows.map(\.fields[0]) == ids + ["9"], "\(table)")
            #expect(rows.map { $0.problem == nil } == [false] + ids.map { _ in true }, "\(table)")
        }
    }
    // Quotes that were meant so.
    let (_, rows) = read(header + "1\t\"two\tparts,\nand lines\"\t5\n\"2\nb\"\tboot\t\"6\n7\"\n")
    #expect(rows.map(\.fields) == [["1", "two\tparts,\nand lines", "5"], ["2\nb", "boot", "6\n7"]])
    #expect(rows.allSatisfy { $0.problem == nil })
}
