/// "Did you mean": the known name nearest to a mistyped one.
package enum NearestName {
    /// - Returns: the candidate at the smallest edit distance (insert, delete, replace, swap neighbours) where that is at
    ///   most a third of the name's length, at least 1; the first of equals. Case, hyphens and camel case count nothing.
    package static func suggestion(for name: String, among candidates: [String]) -> String? {
        let plain = simplified(name)
        let limit = max(1, plain.count / 3)
        var best: (distance: Int, name: String)?
        for candidate in candidates {
            let distance = distance(plain, simplified(candidate))
            if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.name
    }

    /// Optimal string alignment distance; O(a·b) time.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + Array(repeating: 0, count: b.count)
            for j in 1...b.count {
                let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                row[j] = min(replaced, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }

    private static func simplified(_ name: String) -> [UInt8] {
        Array(ParameterKey.snakeCase(name).lowercased().utf8).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    }
}
