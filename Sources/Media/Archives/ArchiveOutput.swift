private import CArchive
private import Foundation

/// Owns a libarchive writer and the file below it: all that touches the C handle for writing is here.
final class ArchiveOutput {
    private let handle: OpaquePointer
    private let file: OutputFile
    private var isFinished = false

    /// A container, or with nil the bare compressed stream.
    init(path: String, format: ArchiveFormat?, filter: CompressionFilter) throws(ArchiveError) {
        ArchiveInput.prepareLocale()
        file = try OutputFile(path: path)
        guard let handle = archive_write_new() else {
            throw ArchiveError(.unwritable(errno: ENOMEM), archivePath: path)
        }
        self.handle = handle
        switch format {
        case .tar: try check(archive_write_set_format_pax_restricted(handle))
        case .zip: try check(archive_write_set_format_zip(handle))
        case .sevenZip: try check(archive_write_set_format_7zip(handle))
        case nil: try check(archive_write_set_format_raw(handle))
        }
        switch filter {
        case .none: try check(archive_write_add_filter_none(handle))
        case .gzip:
            try check(archive_write_add_filter_gzip(handle))
            // No time stamp: the same members give the same bytes.
            try check(archive_write_set_filter_option(handle, "gzip", "timestamp", nil))
        case .zstd: try check(archive_write_add_filter_zstd(handle))
        case .xz: try check(archive_write_add_filter_xz(handle))
        }
        try check(archive_write_open_fd(handle, file.descriptor))
    }

    deinit {
        if !isFinished { archive_write_fail(handle) }
        archive_write_free(handle)
    }

    /// Starts a member; `byteCount` is nil only in a bare stream.
    func beginMember(path: [UInt8], byteCount: Int?) throws(ArchiveError) {
        guard let entry = archive_entry_new() else {
            throw ArchiveError(.unwritable(errno: ENOMEM), archivePath: file.path)
        }
        defer { archive_entry_free(entry) }
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
            archive_entry_set_pathname(entry, $0.baseAddress)
        }
        archive_entry_set_filetype(entry, FileType.regular)
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_mtime(entry, 0, 0)
        archive_entry_set_uid(entry, 0)
        archive_entry_set_gid(entry, 0)
        if let byteCount { archive_entry_set_size(entry, Int64(byteCount)) }
        try check(archive_write_header(handle, entry), entry: path)
    }

    func write(_ bytes: UnsafeRawBufferPointer, entry: [UInt8]? = nil) throws(ArchiveError) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let written = archive_write_data(handle, base, rest.count)
            guard written > 0 else { throw failure(Int32(truncatingIfNeeded: written), entry: entry) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    func endMember() throws(ArchiveError) {
        try check(archive_write_finish_entry(handle))
    }

    /// Completes the container and puts the file under its name.
    func finish() throws(ArchiveError) {
        guard !isFinished else { return }
        try check(archive_write_close(handle))
        isFinished = true
        try file.commit()
    }

    private func check(_ status: Int32, entry: [UInt8]? = nil) throws(ArchiveError) {
        guard status == ARCHIVE_OK else { throw failure(status, entry: entry) }
    }

    private func failure(_ status: Int32, entry: [UInt8]?) -> ArchiveError {
        let message = archive_error_string(handle).map { String(cString: $0) }
        let number = archive_errno(handle)
        let isSystem = [EIO, ENOSPC, EDQUOT, EFBIG, EBADF, EROFS, ENOMEM].contains(number)
        let code: ArchiveError.Code = isSystem ? .unwritable(errno: number) : .notWritten
        let name = entry.map { String(decoding: $0, as: UTF8.self) }
        return ArchiveError(code, archivePath: file.path, entry: name, libraryMessage: message)
    }
}
