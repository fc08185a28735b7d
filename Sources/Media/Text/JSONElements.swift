/// Cuts one huge JSON text, an object or an array, into its top-level elements while it streams by.
///
/// The metadata of Polyvore Outfits is a single line of 105 MB: this holds one element at a time. It checks the structure
/// (brackets, strings, commas, colons) and leaves each element's inside to whoever parses it, so that one bad element
/// can be refused by itself.
///
/// ```swift
/// var elements = JSONElements()
/// for chunk in chunks { for element in try elements.feed(chunk) { … } }
/// try elements.finish()
/// ```
package struct JSONElements: Sendable {
    package struct Element: Sendable, Equatable {
        /// The key, unescaped; nil in an array.
        package let key: String?
        /// The element's own bytes, without surrounding white space.
        package let bytes: [UInt8]
        /// Where the element starts in the text.
        package let offset: Int
    }

    enum State: Sendable {
        case beforeText
        /// After `{` (`first`) or after a comma in an object.
        case beforeKey(first: Bool)
        case inKey
        case beforeColon
        /// After `[` (`first`), after a comma in an array, or after a colon.
        case beforeValue(first: Bool)
        /// A string at the element's top: it ends with its quote.
        case inString
        /// An object or array: it ends when all its brackets are closed.
        case inNested
        /// A number, true, false or null: it ends before a comma, bracket or space.
        case inBareword
        case afterValue
        case afterText
    }

    package let elementByteLimit: Int
    package let depthLimit: Int
    var state = State.beforeText
    /// Bytes of the element or key in hand.
    var pending: [UInt8] = []
    var pendingStart = 0
    /// The closing brackets that the element in hand still waits for.
    var closers: [UInt8] = []
    var insideString = false
    var escaped = false
    var isObject = false
    var key: String?
    /// Bytes of earlier chunks.
    var consumed = 0

    package init(elementByteLimit: Int = 64 << 20, depthLimit: Int = 256) {
        self.elementByteLimit = elementByteLimit
        self.depthLimit = depthLimit
    }

    /// Takes the next bytes of the text and returns the elements that they complete.
    package mutating func feed(_ chunk: [UInt8]) throws(JSONElementsError) -> [Element] {
        var found: [Element] = []
        var index = 0
        while index < chunk.count {
            try step(chunk, &index, &found)
        }
        consumed += chunk.count
        return found
    }

    /// Says that the text is over.
    ///
    /// - Throws: `.truncated` when the closing bracket has not been seen.
    package func finish() throws(JSONElementsError) {
        guard case .afterText = state else { throw .truncated(offset: consumed) }
    }
}
