/// `${NAME}` and `${NAME:-default}` within a scalar; `$$` is one `$`, and a `$` before anything else is itself.
struct Interpolation {
    /// A variable's value, nil where it is not set.
    let lookUp: (String) -> String?

    enum Failure: Error, Equatable {
        /// Not set and without default; `offset` counts Unicode scalars from the text's start.
        case unset(name: String, offset: Int)
        case malformed(found: String, offset: Int)
    }

    /// A variable that is set but empty takes the default, as in a shell. Defaults may hold variables themselves.
    func expand(_ text: String) throws(Failure) -> String {
        guard text.contains("$") else { return text }
        return try expand(Array(text.unicodeScalars)[...])
    }

    private func expand(_ scalars: ArraySlice<Unicode.Scalar>) throws(Failure) -> String {
        var expanded = String.UnicodeScalarView()
        var position = scalars.startIndex
        while position < scalars.endIndex {
            let next = position + 1 < scalars.endIndex ? scalars[position + 1] : nil
            guard scalars[position] == "$", next == "$" || next == "{" else {
                expanded.append(scalars[position])
                position += 1
                continue
            }
            if next == "$" {
                expanded.append("$")
                position += 2
                continue
            }
            guard let end = closingBrace(in: scalars, from: position + 2) else {
                throw .malformed(found: String(String.UnicodeScalarView(scalars[position...])), offset: position)
            }
            expanded.append(contentsOf: try value(of: scalars[(position + 2)..<end], at: position).unicodeScalars)
            position = end + 1
        }
        return String(expanded)
    }

    private func value(of inside: ArraySlice<Unicode.Scalar>, at offset: Int) throws(Failure) -> String {
        let name = String(String.UnicodeScalarView(inside.prefix { Self.isNamePart($0) }))
        let rest = inside.dropFirst(name.unicodeScalars.count)
        let isDefault = rest.count >= 2 && rest[rest.startIndex] == ":" && rest[rest.startIndex + 1] == "-"
        guard let first = name.unicodeScalars.first, !("0"..."9").contains(first), rest.isEmpty || isDefault else {
            throw .malformed(found: "${\(String(String.UnicodeScalarView(inside)))}", offset: offset)
        }
        let value = lookUp(name)
        if isDefault {
            if let value, !value.isEmpty { return value }
            return try expand(rest.dropFirst(2))
        }
        guard let value else { throw .unset(name: name, offset: offset) }
        return value
    }

    private func closingBrace(in scalars: ArraySlice<Unicode.Scalar>, from start: Int) -> Int? {
        var depth = 1
        var position = start
        while position < scalars.endIndex {
            if scalars[position] == "}" {
                depth -= 1
                if depth == 0 { return position }
            } else if scalars[position] == "$", position + 1 < scalars.endIndex, scalars[position + 1] == "{" {
                depth += 1
                position += 1
            }
            position += 1
        }
        return nil
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
    }
}

extension JobNode {
    /// The value with every scalar below it expanded; keys stay as they are. A scalar that cannot be is reported and kept.
    func interpolated(_ interpolation: Interpolation, into problems: inout [JobProblem]) -> JobNode {
        switch content {
        case .scalar(let text, let isPlain):
            do {
                let expanded = try interpolation.expand(text)
                return JobNode(content: .scalar(text: expanded, isPlain: isPlain), location: location)
            } catch {
                switch error {
                case .unset(let name, let offset):
                    problems.append(JobProblem(.unsetVariable(name), at: place(of: offset, in: text)))
                case .malformed(let found, let offset):
                    problems.append(JobProblem(.badInterpolation(found), at: place(of: offset, in: text)))
                }
                return self
            }
        case .sequence(let elements):
            let expanded = elements.map { $0.interpolated(interpolation, into: &problems) }
            return JobNode(content: .sequence(expanded), location: location)
        case .mapping(var entries):
            for position in entries.indices {
                entries[position].value = entries[position].value.interpolated(interpolation, into: &problems)
            }
            return JobNode(content: .mapping(entries), location: location)
        }
    }

    /// Where the offset of a scalar's text stands in the file, if the text is written literally on one line; else the
    /// scalar's start.
    private func place(of offset: Int, in text: String) -> SourceLocation {
        let written = Array(location.remainder)
        let quoteCount = written.first == "\"" || written.first == "'" ? 1 : 0
        let scalars = Array(text.unicodeScalars)
        let isLiteral =
            written.count >= quoteCount + scalars.count
            && Array(written[quoteCount..<(quoteCount + scalars.count)]) == scalars
        return isLiteral ? location.advanced(by: quoteCount + offset) : location
    }
}
