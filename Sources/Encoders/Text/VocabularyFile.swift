internal import Foundation

/// Reads vocabulary files as models ship with them.
enum VocabularyFile {
    /// A file's lines without their ends; an ending newline opens no further line.
    static func lines(of path: String, _ files: EncoderFiles?) throws(EncoderError) -> [[UInt8]] {
        let bytes = try contents(of: path, files)
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? Array(line.dropLast()) : Array(line)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// A JSON object of spellings and their numbers.
    static func numbers(of path: String, _ files: EncoderFiles?) throws(EncoderError) -> [TokenSpelling: Int] {
        let bytes = try contents(of: path, files)
        guard let numbers = try? JSONDecoder().decode([String: Int].self, from: Data(bytes)) else {
            throw .vocabularyUnreadable(path: path, reason: "not a JSON object of tokens and their numbers")
        }
        var vocabulary: [TokenSpelling: Int] = [:]
        for (token, number) in numbers {
            guard number >= 0 else {
                throw .vocabularyUnreadable(path: path, reason: "token '\(token)' has the number \(number)")
            }
            vocabulary[TokenSpelling(token)] = number
        }
        return vocabulary
    }

    private static func contents(of path: String, _ files: EncoderFiles?) throws(EncoderError) -> [UInt8] {
        guard let data = (files ?? EncoderFiles(reading: [path])).bytes(of: path) else {
            throw .vocabularyUnreadable(path: path, reason: "cannot be read")
        }
        guard String(validating: data, as: UTF8.self) != nil else {
            throw .vocabularyUnreadable(path: path, reason: "not UTF-8")
        }
        return Array(data)
    }
}
