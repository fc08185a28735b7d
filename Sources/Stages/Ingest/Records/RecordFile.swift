internal import Foundation

/// Writes values as JSON Lines, keys sorted: the same values give the same bytes.
final class RecordWriter<Record: Encodable> {
    private let file: OutputFile
    private let encoder = JSONEncoder()

    init(_ url: URL) throws(IngestError) {
        file = try OutputFile(url)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    func write(_ record: Record) throws {
        var line = try encoder.encode(record)
        line.append(UInt8(ascii: "\n"))
        try line.withUnsafeBytes { try file.write($0) }
    }

    func finish() throws { try file.finish() }
}

/// Reads what `RecordWriter` wrote, line by line from a mapped file, so that a record is in memory only while it is read.
final class RecordReader<Record: Decodable> {
    private let url: URL
    private let bytes: Data
    private let decoder = JSONDecoder()

    /// - Throws: `IngestError.file` where the file cannot be mapped.
    init(_ url: URL) throws(IngestError) {
        self.url = url
        do {
            bytes = try Data(contentsOf: url, options: .alwaysMapped)
        } catch {
            throw IngestError.file(path: url.path, operation: "read", message: error.localizedDescription)
        }
    }

    /// Calls `body` with each record and the offset that `record(at:)` finds it by.
    func forEach(_ body: (Record, _ offset: Int) throws -> Void) throws {
        var offset = 0
        while offset < bytes.count {
            let line = line(at: offset)
            try body(try decode(line), offset)
            offset += line.count + 1
        }
    }

    func record(at offset: Int) throws -> Record { try decode(line(at: offset)) }

    private func line(at offset: Int) -> Data {
        let end = bytes.withUnsafeBytes { buffer in
            let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
            guard let start = rest.baseAddress, let found = memchr(start, Int32(UInt8(ascii: "\n")), rest.count) else {
                return buffer.count
            }
            return offset + (UnsafeRawPointer(found) - start)
        }
        return bytes[offset..<end]
    }

    private func decode(_ line: Data) throws -> Record {
        do {
            return try decoder.decode(Record.self, from: line)
        } catch {
            throw IngestError.file(path: url.path, operation: "decode", message: "\(error)")
        }
    }
}
