internal import Media

/// A data file inside an archive, as it streams by.
struct DataMember {
    let reader: ArchiveReader
    /// The path inside the archive, safe and without `.` parts.
    let path: String
    let limits: IngestLimits
    /// Called for each chunk: tells how far the archive is, and throws where the stage is asked to stop.
    let tick: () throws -> Void

    static let chunkByteCount = 1 << 18

    /// The name without its folders.
    var name: String { Self.name(of: path) }

    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The next bytes; empty at the end.
    func read() throws -> [UInt8] {
        try tick()
        return try reader.read(upTo: Self.chunkByteCount)
    }

    func malformed(_ problem: String) -> IngestError {
        .malformedMember(archive: reader.name, member: path, problem: problem)
    }

    /// Each top-level element of a JSON text. Elements are cut out by their brackets; what is inside is the caller's to
    /// judge, so one bad element can be refused and the rest goes on.
    ///
    /// - Throws: `IngestError.malformedMember` where the text cannot be cut: it breaks off, or its brackets do not match.
    func forEachElement(_ body: (JSONElements.Element) throws -> Void) throws {
        var elements = JSONElements(elementByteLimit: limits.recordByteCount)
        do {
            while true {
                let chunk = try read()
                if chunk.isEmpty { break }
                for element in try elements.feed(chunk) { try body(element) }
            }
            try elements.finish()
        } catch let error as JSONElementsError {
            throw malformed(error.description)
        }
    }

    /// Each line without its end (LF or CRLF), numbered from 1. Empty lines are passed over.
    ///
    /// - Throws: `IngestError.malformedMember` for a line above the limit.
    func forEachLine(_ body: (_ line: [UInt8], _ number: Int) throws -> Void) throws {
        var rest: [UInt8] = []
        var number = 0
        func take(_ bytes: ArraySlice<UInt8>) throws {
            number += 1
            var line = bytes
            if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            if !line.isEmpty { try body(Array(line), number) }
        }
        while true {
            let chunk = try read()
            if chunk.isEmpty { break }
            rest += chunk
            var start = 0
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try take(rest[start..<end])
                start = end + 1
            }
            rest.removeFirst(start)
            if rest.count > limits.recordByteCount { throw malformed("line \(number + 1) is larger than the limit") }
        }
        if !rest.isEmpty { try take(rest[...]) }
    }
}
