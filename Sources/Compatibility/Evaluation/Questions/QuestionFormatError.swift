/// A question file that does not read, and where.
package struct QuestionFormatError: Error, Sendable, Equatable {
    package enum Problem: Sendable, Equatable {
        /// What should have stood here.
        case expected(String)
        /// The text ends in the middle.
        case truncated
        case invalidUTF8
        case missingKey(String)
        /// `correct` names no answer.
        case noSuchAnswer(Int)
        /// A line of a compatibility file starts with neither 0 nor 1.
        case unknownLabel(String)
        /// Arrays and objects lie deeper in each other than any question file needs.
        case nestedTooDeeply
    }

    package var problem: Problem
    /// From 1.
    package var line: Int
    /// In bytes, from 1.
    package var column: Int

    package init(problem: Problem, line: Int, column: Int) {
        self.problem = problem
        self.line = line
        self.column = column
    }

    init(_ problem: Problem, at offset: Int, of bytes: [UInt8]) {
        let before = bytes[..<min(max(0, offset), bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.init(
            problem: problem, line: 1 + before.count { $0 == UInt8(ascii: "\n") }, column: 1 + before.count - lineStart)
    }
}
