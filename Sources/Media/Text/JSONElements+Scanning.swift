extension JSONElements {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// Takes one byte, or a run of bytes inside an element, from `chunk` at `index`.
    mutating func step(_ chunk: [UInt8], _ index: inout Int, _ found: inout [Element]) throws(JSONElementsError) {
        let byte = chunk[index]
        let offset = consumed + index
        switch state {
        case .inKey, .inString:
            try scanString(chunk, &index)
            guard !insideString else { return }
            if case .inKey = state { try endKey() } else { endElement(&found) }
            return
        case .inNested:
            try scanNested(chunk, &index)
            if closers.isEmpty { endElement(&found) }
            return
        case .inBareword:
            try scanBareword(chunk, &index, &found)
            return
        default: break
        }
        index += 1
        if Self.isSpace(byte) { return }
        switch state {
        case .beforeText:
            try open(byte, offset)
        case .beforeKey(let first):
            if byte == Self.quote {
                begin(.inKey, byte, offset)
                insideString = true
            } else if first, byte == UInt8(ascii: "}") {
                state = .afterText
            } else {
                throw .unexpectedByte(byte, offset: offset)
            }
        case .beforeColon:
            guard byte == UInt8(ascii: ":") else { throw .unexpectedByte(byte, offset: offset) }
            state = .beforeValue(first: false)
        case .beforeValue(let first):
            try openValue(byte, offset, first: first)
        case .afterValue:
            if byte == UInt8(ascii: ",") {
                state = isObject ? .beforeKey(first: false) : .beforeValue(first: false)
            } else if byte == UInt8(ascii: isObject ? "}" : "]") {
                state = .afterText
            } else {
                throw .unexpectedByte(byte, offset: offset)
            }
        case .afterText: throw .trailingBytes(offset: offset)
        case .inKey, .inString, .inNested, .inBareword: break
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The text's first bytes: a byte order mark is passed over, then a bracket must come.
    private mutating func open(_ byte: UInt8, _ offset: Int) throws(JSONElementsError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        switch byte {
        case UInt8(ascii: "{"):
            isObject = true
            state = .beforeKey(first: true)
        case UInt8(ascii: "["): state = .beforeValue(first: true)
        case _ where offset < 3 && byte == mark[offset]: break
        default: throw .notAContainer(offset: offset)
        }
    }

    private mutating func openValue(_ byte: UInt8, _ offset: Int, first: Bool) throws(JSONElementsError) {
        switch byte {
        case UInt8(ascii: "]") where first && !isObject: state = .afterText
        case Self.quote:
            begin(.inString, byte, offset)
            insideString = true
        case UInt8(ascii: "{"):
            begin(.inNested, byte, offset)
            closers = [UInt8(ascii: "}")]
        case UInt8(ascii: "["):
            begin(.inNested, byte, offset)
            closers = [UInt8(ascii: "]")]
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"):
            throw .unexpectedByte(byte, offset: offset)
        default: begin(.inBareword, byte, offset)
        }
    }

    private mutating func begin(_ next: State, _ byte: UInt8, _ offset: Int) {
        state = next
        pending = [byte]
        pendingStart = offset
        insideString = false
        escaped = false
    }

    /// Moves over a string up to and including its closing quote, which clears `insideString`.
    private mutating func scanString(_ chunk: [UInt8], _ index: inout Int) throws(JSONElementsError) {
        let start = index
        while index < chunk.count, insideString {
            let byte = chunk[index]
            index += 1
            if escaped {
                escaped = false
            } else if byte == Self.backslash {
                escaped = true
            } else if byte == Self.quote {
                insideString = false
            }
        }
        try keep(chunk[start..<index])
    }

    /// Moves over an object or array until `closers` is empty.
    private mutating func scanNested(_ chunk: [UInt8], _ index: inout Int) throws(JSONElementsError) {
        let start = index
        while index < chunk.count, !closers.isEmpty {
            let byte = chunk[index]
            index += 1
            if insideString {
                if escaped {
                    escaped = false
                } else if byte == Self.backslash {
                    escaped = true
                } else if byte == Self.quote {
                    insideString = false
                }
                continue
            }
            switch byte {
            case Self.quote: insideString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                // In ASCII the closing bracket stands two after the opening one.
                closers.append(byte + 2)
                if closers.count > depthLimit { throw .tooDeep(offset: consumed + index - 1, limit: depthLimit) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard closers.popLast() == byte else { throw .unexpectedByte(byte, offset: consumed + index - 1) }
            default: break
            }
        }
        try keep(chunk[start..<index])
    }

    private mutating func scanBareword(
        _ chunk: [UInt8], _ index: inout Int, _ found: inout [Element]
    ) throws(JSONElementsError) {
        let start = index
        while index < chunk.count {
            let byte = chunk[index]
            let isEnd =
                Self.isSpace(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
                || byte == UInt8(ascii: "]")
            if isEnd {
                try keep(chunk[start..<index])
                endElement(&found)
                return
            }
            index += 1
        }
        try keep(chunk[start..<index])
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) throws(JSONElementsError) {
        guard pending.count + bytes.count <= elementByteLimit else {
            throw .elementTooLarge(offset: pendingStart, limit: elementByteLimit)
        }
        pending += bytes
    }

    private mutating func endElement(_ found: inout [Element]) {
        found.append(Element(key: isObject ? key : nil, bytes: pending, offset: pendingStart))
        key = nil
        pending = []
        state = .afterValue
    }

    private mutating func endKey() throws(JSONElementsError) {
        guard let text = JSONString.unescaped(pending.dropFirst().dropLast()) else {
            throw .invalidKey(offset: pendingStart)
        }
        key = text
        state = .beforeColon
    }
}
