/// One entry of an archive, as its header describes it.
package struct ArchiveMember: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case file
        case folder
        /// A link, a device, a pipe: never followed.
        case other
    }

    /// Why a name cannot stand for a place below a folder.
    package enum NameProblem: Sendable, Equatable {
        case empty
        case invalidUTF8
        case absolute
        case parentFolder
        case controlCharacter
    }

    /// The name as the archive has it, bytes that are no UTF-8 replaced by U+FFFD. It may be hostile: for messages only.
    package let path: String
    package let kind: Kind
    /// The size that the header claims; nil where it makes no claim.
    package let byteCount: Int?
    /// Whether the name was valid UTF-8.
    package let isNameValidUTF8: Bool

    package init(path: String, kind: Kind, byteCount: Int?, isNameValidUTF8: Bool = true) {
        self.path = path
        self.kind = kind
        self.byteCount = byteCount
        self.isNameValidUTF8 = isNameValidUTF8
    }

    init(pathBytes: [UInt8], kind: Kind, byteCount: Int?) {
        let valid = String(validating: pathBytes, as: UTF8.self)
        self.init(
            path: valid ?? String(decoding: pathBytes, as: UTF8.self), kind: kind, byteCount: byteCount,
            isNameValidUTF8: valid != nil)
    }

    /// The name without `.` parts, doubled and trailing slashes; nil for a name with a `nameProblem`.
    package var safePath: String? {
        guard nameProblem == nil else { return nil }
        return parts.joined(separator: "/")
    }

    /// What is wrong with the name; nil if nothing is.
    package var nameProblem: NameProblem? {
        if !isNameValidUTF8 { return .invalidUTF8 }
        if path.hasPrefix("/") || path.hasPrefix("\\") || hasDriveLetter { return .absolute }
        if path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return .controlCharacter }
        if path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).contains("..") { return .parentFolder }
        return parts.isEmpty ? .empty : nil
    }

    /// What macOS adds to archives beside the data: `__MACOSX` folders, `._name` twins, `.DS_Store`.
    package var isMacMetadata: Bool {
        let parts = self.parts
        guard let last = parts.last else { return false }
        return parts.contains("__MACOSX") || last.hasPrefix("._") || last == ".DS_Store"
    }

    private var parts: [Substring] {
        path.split(separator: "/").filter { $0 != "." }
    }

    private var hasDriveLetter: Bool {
        let start = path.utf8.prefix(2)
        guard start.count == 2, start.last == UInt8(ascii: ":"), let letter = start.first else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter | 0x20)
    }
}
