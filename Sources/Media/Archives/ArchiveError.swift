/// What went wrong with an archive or a compressed file: a code to decide by, and where it happened.
package struct ArchiveError: Error, Equatable, Sendable {
    package enum Code: Equatable, Sendable {
        /// The operating system refused to open or read the file.
        case unreadable(errno: Int32)
        /// The operating system refused to create, write, sync or rename the file.
        case unwritable(errno: Int32)
        /// What stands where a file is to be written is a device, a pipe or a folder.
        case notAFile
        /// Another process writes the file at this moment.
        case beingWritten
        /// The bytes are of none of the formats that are read here.
        case unrecognizedFormat
        /// The file ends before its own structure says so.
        case truncated
        /// The bytes contradict their own format, a checksum among them.
        case corrupt
        /// Zstandard with a window that needs more memory than the library takes.
        case windowTooLarge
        /// The member, or the list of members, needs a password.
        case encrypted
        /// One member holds more bytes than allowed.
        case memberTooLarge(limit: Int)
        /// All members together hold more bytes than allowed.
        case archiveTooLarge(limit: Int)
        /// There are more members than allowed.
        case tooManyMembers(limit: Int)
        /// So few bytes expand to so many that it can only be a bomb.
        case expandsTooMuch(limit: Int)
        /// The library refused to write what it was given.
        case notWritten
    }

    package let code: Code
    /// The file, as the caller named it.
    package let archivePath: String
    /// The member that was being read or written; nil before the first and after the last one.
    package let entry: String?
    /// Where no member was at hand: the last one before.
    package let entryBefore: String?
    /// What the C library said, copied at once.
    package let libraryMessage: String?
    /// False when the next member can still be asked for.
    package let isFatal: Bool

    package init(
        _ code: Code, archivePath: String, entry: String? = nil, entryBefore: String? = nil,
        libraryMessage: String? = nil, isFatal: Bool = true
    ) {
        self.code = code
        self.archivePath = archivePath
        self.entry = entry
        self.entryBefore = entryBefore
        self.libraryMessage = libraryMessage
        self.isFatal = isFatal
    }

    /// The same, with the last member before it.
    func after(_ entry: String?) -> ArchiveError {
        ArchiveError(
            code, archivePath: archivePath, entry: self.entry, entryBefore: entry, libraryMessage: libraryMessage,
            isFatal: isFatal)
    }
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        var text = archivePath + ": "
        if let entry {
            text += "entry '\(entry)': "
        } else if let entryBefore {
            text += "after entry '\(entryBefore)': "
        }
        text += code.description
        // That a library found nothing more to read says no more than that.
        if let libraryMessage, !libraryMessage.isEmpty, code != .truncated { text += " (\(libraryMessage))" }
        if let advice = code.advice { text += "; " + advice }
        // The names are input, and hostile ones are what some of these errors are about.
        return text.showingControlCharacters()
    }
}

extension ArchiveError.Code {
    /// What to do about it, where that is not plain.
    fileprivate var advice: String? {
        switch self {
        case .unrecognizedFormat: "pack a table or pictures that lie by themselves with tar, zip or 7z"
        case .truncated: "the file ends before the archive does, or goes on with other bytes: fetch it again"
        case .corrupt: "its bytes are not those that were written: fetch it again"
        case .windowTooLarge: "pack it again with `zstd --long=27`, or without --long"
        case .memberTooLarge: Self.raising("member_byte_count")
        case .archiveTooLarge: Self.raising("total_byte_count")
        case .tooManyMembers: Self.raising("member_count")
        case .expandsTooMuch: Self.raising("expansion_ratio")
        default: nil
        }
    }

    private static func raising(_ limit: String) -> String { "raise limits.\(limit) if the archive is to be trusted" }
}

extension ArchiveError.Code: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let errno): "cannot be read: " + SystemError.text(of: errno)
        case .unwritable(let errno): "cannot be written: " + SystemError.text(of: errno)
        case .beingWritten: "another process is writing it"
        case .notAFile: "cannot be replaced by a file: it is a folder, a device or a pipe"
        case .unrecognizedFormat: "not a tar, zip or 7z archive"
        case .truncated: "truncated archive"
        case .corrupt: "damaged archive"
        case .windowTooLarge: "compressed with too long a window to be read"
        case .encrypted: "encrypted; archives with passwords are not read"
        case .memberTooLarge(let limit): "member of more than \(limit) bytes"
        case .archiveTooLarge(let limit): "more than \(limit) bytes in all members together"
        case .tooManyMembers(let limit): "more than \(limit) members"
        case .expandsTooMuch(let limit): "expands to more than \(limit) times its size"
        case .notWritten: "cannot be written"
        }
    }
}
