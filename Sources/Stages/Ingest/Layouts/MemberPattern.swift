internal import Foundation

/// A glob over the paths inside an archive: `*` and `?` match `/` too. Without a `/` it is held against the name alone.
struct MemberPattern {
    let pattern: String

    func matches(_ path: String, ignoringCase: Bool = false) -> Bool {
        let pattern = ignoringCase ? pattern.lowercased() : pattern
        let path = ignoringCase ? path.lowercased() : path
        return fnmatch(pattern, pattern.contains("/") ? path : DataMember.name(of: path), 0) == 0
            // "*/products.csv" is meant to find a table that lies in no folder too.
            || (pattern.hasPrefix("*/") && fnmatch(String(pattern.dropFirst(2)), path, 0) == 0)
    }
}
