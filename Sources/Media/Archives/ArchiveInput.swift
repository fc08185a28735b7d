private import CArchive
private import Foundation

/// Owns an open file and the libarchive reader on it: all that touches the C handle for reading is here.
final class ArchiveInput {
    enum Content {
        /// tar, zip, 7z.
        case members
        /// One stream of bytes behind the compression filters.
        case stream
    }

    /// What a call for a header found.
    enum Header {
        case member(ArchiveMember)
        case end
    }

    /// What errors call the file.
    let name: String
    private let handle: OpaquePointer
    private let path: String
    private let file: InputFile
    private(set) var isMemberEncrypted = false
    /// What may come out of the compression while a header is looked for: past the end marker of a tar there may be zeros
    /// without end.
    var paddingLimits: ArchiveLimits?

    /// libarchive converts names by the locale; without a UTF-8 one, non-ASCII names of zip files come back as nil.
    private static let locale: Void = {
        if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "en_US.UTF-8") }
    }()

    static func prepareLocale() { locale }

    init(path: String, name: String, content: Content) throws(ArchiveError) {
        Self.prepareLocale()
        file = try InputFile(path: path, name: name)
        guard let handle = archive_read_new() else {
            throw ArchiveError(.unreadable(errno: ENOMEM), archivePath: name)
        }
        self.path = path
        self.name = name
        self.handle = handle

        // Only what outfit archives come in: the other readers are attack surface, and mtree's opens other files.
        archive_read_support_filter_gzip(handle)
        archive_read_support_filter_bzip2(handle)
        archive_read_support_filter_xz(handle)
        archive_read_support_filter_lzma(handle)
        archive_read_support_filter_zstd(handle)
        archive_read_support_filter_lz4(handle)
        archive_read_support_filter_compress(handle)
        switch content {
        case .members:
            archive_read_support_format_tar(handle)
            // Archives that were joined, as `cat` joins them, are read to the last one's end.
            archive_read_set_format_option(handle, "tar", "read_concatenated_archives", "1")
            // Not the streaming zip reader: it takes a file without its central directory for a whole one.
            archive_read_support_format_zip_seekable(handle)
            archive_read_support_format_7zip(handle)
        case .stream:
            archive_read_support_format_raw(handle)
            archive_read_support_format_empty(handle)
        }
        guard open() >= ARCHIVE_WARN else { throw openingFailure(content) }
    }

    deinit {
        archive_read_free(handle)
    }

    private func open() -> Int32 {
        archive_read_set_callback_data(handle, Unmanaged.passUnretained(file).toOpaque())
        archive_read_set_read_callback(handle) { _, file, target in
            file.map { Unmanaged<InputFile>.fromOpaque($0).takeUnretainedValue().read(target) } ?? -1
        }
        // What is inflated on the way can only be read on.
        if file.isInflated { return archive_read_open1(handle) }
        archive_read_set_seek_callback(handle) { _, file, offset, origin in
            file.map { Unmanaged<InputFile>.fromOpaque($0).takeUnretainedValue().seek(offset, origin) } ?? -1
        }
        archive_read_set_skip_callback(handle) { _, file, count in
            file.map { Unmanaged<InputFile>.fromOpaque($0).takeUnretainedValue().skip(count) } ?? 0
        }
        return archive_read_open1(handle)
    }

    // MARK: Members

    func nextHeader() throws(ArchiveError) -> Header {
        var entry: OpaquePointer?
        isMemberEncrypted = false
        if let paddingLimits {
            let (out, bytesIn) = (uncompressedByteCount, consumedByteCount)
            file.mustStop = { [unowned self] in
                paddingLimits.isBomb(uncompressedByteCount - out, of: consumedByteCount - bytesIn + (1 << 17))
            }
        }
        defer { file.mustStop = nil }
        let code = archive_read_next_header(handle, &entry)
        switch code {
        case ARCHIVE_EOF:
            return .end
        case ARCHIVE_OK, ARCHIVE_WARN:
            guard let entry else { throw failure(code, entry: nil) }
            isMemberEncrypted = archive_entry_is_encrypted(entry) != 0
            return .member(Self.member(of: entry))
        default:
            // RETRY too: libarchive would look for the next header that makes sense, and lose members on the way.
            throw failure(code, entry: nil)
        }
    }

    private static func member(of entry: OpaquePointer) -> ArchiveMember {
        let name = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry)
        let bytes = name.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
        let isLink = archive_entry_hardlink(entry) != nil || archive_entry_symlink(entry) != nil
        let kind: ArchiveMember.Kind =
            switch archive_entry_filetype(entry) & FileType.mask {
            case _ where isLink: .other
            case FileType.regular: .file
            case FileType.folder: .folder
            // Zip files made where there are no modes carry none.
            case 0: bytes.last == UInt8(ascii: "/") ? .folder : .file
            default: .other
            }
        let size = archive_entry_size_is_set(entry) != 0 ? max(0, Int(archive_entry_size(entry))) : nil
        return ArchiveMember(pathBytes: bytes, kind: kind, byteCount: size)
    }

    /// Reads up to `buffer.count` bytes of the member and returns how many; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer, entry: String?) throws(ArchiveError) -> Int {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        let count = archive_read_data(handle, base, buffer.count)
        guard count >= 0 else { throw failure(Int32(truncatingIfNeeded: count), entry: entry) }
        return count
    }

    /// Moves past the rest of the member without decompressing, where the format can; false where it cannot.
    func skipWithoutDecompressing(entry: String?) throws(ArchiveError) -> Bool {
        guard !isCompressed, formatFamily != ARCHIVE_FORMAT_7ZIP else { return false }
        let code = archive_read_data_skip(handle)
        guard code >= ARCHIVE_WARN else { throw failure(code, entry: entry) }
        return true
    }

    // MARK: Positions

    var fileByteCount: Int { file.byteCount }
    /// Bytes of the file that were used so far.
    var consumedByteCount: Int { file.isInflated ? file.readByteCount : Int(archive_filter_bytes(handle, -1)) }
    /// Bytes that came out of the compression filters so far.
    var uncompressedByteCount: Int { Int(archive_filter_bytes(handle, 0)) }
    var isTar: Bool { formatFamily == ARCHIVE_FORMAT_TAR }
    /// The whole of it, by a filter; zip and 7z compress each member.
    private var isCompressed: Bool { file.isInflated || archive_filter_count(handle) > 1 }
    private var formatFamily: Int32 { archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK }

    // MARK: Failures

    private var outOfMemory: Int32? { archive_errno(handle) == ENOMEM ? ENOMEM : nil }

    /// The typed error for a return code, with the library's message copied before anything can change it.
    func failure(_ status: Int32, entry: String?) -> ArchiveError {
        if file.isStopped, let paddingLimits {
            return ArchiveError(.expandsTooMuch(limit: paddingLimits.expansionRatio), archivePath: name, entry: entry)
        }
        let message = archive_error_string(handle).map { String(cString: $0) }
        let code: ArchiveError.Code
        if let number = file.systemError ?? outOfMemory {
            code = .unreadable(errno: number)
        } else if let error = gzipError(entry: entry) {
            return error
        } else if isMemberEncrypted || (entry == nil && archive_read_has_encrypted_entries(handle) > 0) {
            code = .encrypted
        } else {
            code = isTruncated ? .truncated : .corrupt
        }
        let isFatal = status == ARCHIVE_FATAL || status == ARCHIVE_RETRY || code == .truncated
        return ArchiveError(code, archivePath: name, entry: entry, libraryMessage: message, isFatal: isFatal)
    }

    private func gzipError(entry: String?) -> ArchiveError? {
        switch file.gzipFailure {
        case nil: nil
        case .truncated: ArchiveError(.truncated, archivePath: name, entry: entry)
        case .damaged(let message): ArchiveError(.corrupt, archivePath: name, entry: entry, libraryMessage: message)
        }
    }

    /// Reads on to the end of a gzip file, whose checksum stands there; all that libarchive has not asked for is padding.
    ///
    /// - Parameter account: told how many bytes came out, to end what does not end.
    func finish(account: (Int) throws(ArchiveError) -> Void) throws(ArchiveError) {
        guard file.isInflated else { return }
        while true {
            let count = file.read(nil)
            if count == 0 { return }
            if count < 0 { throw failure(ARCHIVE_FATAL, entry: nil) }
            try account(count)
        }
    }

    /// Whether the file is shorter than its own structure says: libarchive's codes do not tell.
    private var isTruncated: Bool {
        let ending = FileEnding(descriptor: file.descriptor, byteCount: file.byteCount)
        if let isWhole = ending.isWhole { return !isWhole }
        let rest = file.byteCount - consumedByteCount
        // A filter uses up what there is before it complains; tar leaves less than the header that it waits for.
        if file.isInflated { return file.isReadPastEnd }
        return isCompressed ? rest <= 0 : rest < 512
    }

    /// Why the file could not be opened. The library has then closed its filters: only its message may still be asked for.
    private func openingFailure(_ content: Content) -> ArchiveError {
        let message = archive_error_string(handle).map { String(cString: $0) }
        func error(_ code: ArchiveError.Code) -> ArchiveError {
            ArchiveError(code, archivePath: name, libraryMessage: message)
        }
        if let number = file.systemError ?? outOfMemory { return error(.unreadable(errno: number)) }
        if let error = gzipError(entry: nil) { return error }
        if ZstandardFrame.isWindowTooLarge(file.start) { return error(.windowTooLarge) }
        if file.byteCount == 0 { return error(.truncated) }
        switch FileEnding(descriptor: file.descriptor, byteCount: file.byteCount).isWhole {
        case false: return error(.truncated)
        case true: return error(.corrupt)
        case nil:
            if content == .stream { return error(file.isReadPastEnd ? .truncated : .corrupt) }
            return streamFailure() ?? ArchiveError(.unrecognizedFormat, archivePath: name)
        }
    }

    /// What is wrong with the compressed stream itself, if anything: a broken one hides whatever format it held.
    private func streamFailure() -> ArchiveError? {
        do throws(ArchiveError) {
            let stream = try ArchiveInput(path: path, name: name, content: .stream)
            guard case .member = try stream.nextHeader(), stream.isCompressed else { return nil }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
            defer { buffer.deallocate() }
            for _ in 0..<16 where try stream.read(into: buffer, entry: nil) == 0 { return nil }
            return nil
        } catch {
            return error
        }
    }
}
