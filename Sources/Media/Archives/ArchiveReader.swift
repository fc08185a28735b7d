/// Streams the members of a tar (plain, gz, bz2, xz, zst, lz4), zip or 7z file; nothing is unpacked to named paths. Tars that
/// were joined are read to the end of the last.
///
/// A read error never looks like the end of the data: end of archive, warnings, damaged members and damaged archives are
/// told apart, and a tar file without its end-of-archive marker is truncated even where libarchive is content. After a
/// fatal error every further call throws it again; after another one the next member can be asked for.
///
/// Checksums are verified: those of zip and 7z members that are read to their end, of gzip, xz and bzip2 files, and of
/// zstd files that have one (the `zstd` program writes it). A tar that is not compressed has none for its contents.
///
/// Not `Sendable`: one thread at a time.
package final class ArchiveReader {
    package let path: String
    /// What errors call the archive.
    package let name: String
    package let limits: ArchiveLimits
    private let input: ArchiveInput
    private var current: ArchiveMember?
    /// The last member that was begun.
    private var lastMember: String?
    private var isCurrentRead = true
    private var isEnded = false
    private var failed: ArchiveError?
    /// Bytes that came out of the member in hand, and of all.
    private var memberBytes = 0
    private var totalBytes = 0
    private var members = 0
    /// The file position where the member in hand began.
    private var memberStart = 0

    /// - Parameter name: what errors call the archive, where that is not its path.
    /// - Throws: `.unreadable`, `.unrecognizedFormat`, `.truncated` (an empty file too), `.corrupt`, `.encrypted`.
    package init(path: String, name: String? = nil, limits: ArchiveLimits = .standard) throws(ArchiveError) {
        self.path = path
        self.name = name ?? path
        self.limits = limits
        input = try ArchiveInput(path: path, name: name ?? path, content: .members)
        input.paddingLimits = limits
    }

    /// Bytes of the archive that were used so far, of `archiveByteCount`: for progress.
    package var consumedByteCount: Int { min(input.consumedByteCount, archiveByteCount) }
    package var archiveByteCount: Int { input.fileByteCount }

    /// The next member, past whatever was not read of the one before; nil at the archive's end.
    package func nextMember() throws(ArchiveError) -> ArchiveMember? {
        if let failed { throw failed }
        if isEnded { return nil }
        return try recording { () throws(ArchiveError) in
            try skipRest()
            current = nil
            let position = input.uncompressedByteCount
            guard case .member(let member) = try input.nextHeader() else {
                // POSIX closes a tar with two blocks of zeros; without them the file was cut between two members.
                if input.isTar, input.uncompressedByteCount == position { throw failure(.truncated) }
                try input.finish { count throws(ArchiveError) in try account(for: count) }
                isEnded = true
                return nil
            }
            members += 1
            current = member
            lastMember = member.path
            isCurrentRead = false
            memberBytes = 0
            memberStart = input.consumedByteCount
            if members > limits.memberCount { throw failure(.tooManyMembers(limit: limits.memberCount)) }
            return member
        }
    }

    /// Up to `byteCount` bytes of the current member; empty at its end.
    ///
    /// - Throws: `.memberTooLarge`, `.archiveTooLarge`, `.expandsTooMuch`, `.encrypted`, `.truncated`, `.corrupt`.
    package func read(upTo byteCount: Int) throws(ArchiveError) -> [UInt8] {
        if let failed { throw failed }
        guard !isCurrentRead, byteCount > 0 else { return [] }
        return try recording { () throws(ArchiveError) in
            if input.isMemberEncrypted { throw failure(.encrypted, isFatal: false) }
            if let claimed = current?.byteCount, claimed > limits.memberByteCount {
                throw failure(.memberTooLarge(limit: limits.memberByteCount), isFatal: false)
            }
            var error: ArchiveError?
            let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
                do throws(ArchiveError) {
                    while filled < byteCount {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                        let count = try input.read(into: rest, entry: current?.path)
                        if count == 0 {
                            isCurrentRead = true
                            break
                        }
                        filled += count
                        try account(for: count)
                    }
                } catch let caught {
                    error = caught
                }
            }
            if let error { throw error }
            if memberBytes > limits.memberByteCount {
                throw failure(.memberTooLarge(limit: limits.memberByteCount), isFatal: false)
            }
            return bytes
        }
    }

    /// All bytes of the current member.
    ///
    /// - Throws: `.memberTooLarge(limit:)` where there are more than `limit`; the next member can then be asked for.
    package func readAll(upTo limit: Int) throws(ArchiveError) -> [UInt8] {
        if let failed { throw failed }
        if let claimed = current?.byteCount, claimed > limit {
            throw failure(.memberTooLarge(limit: limit), isFatal: false)
        }
        // One byte more than claimed, to see the end with the same call.
        var bytes = try read(upTo: min(current?.byteCount ?? 1 << 16, limit, 1 << 24) + 1)
        while !isCurrentRead, bytes.count <= limit {
            let more = try read(upTo: min(max(bytes.count, 1 << 16), limit + 1 - bytes.count))
            if more.isEmpty { break }
            bytes += more
        }
        guard bytes.count <= limit else { throw failure(.memberTooLarge(limit: limit), isFatal: false) }
        return bytes
    }

    // MARK: Accounting

    private func skipRest() throws(ArchiveError) {
        guard current != nil else { return }
        // An encrypted member, or one given up for its own damage, is passed by its size.
        if try input.skipWithoutDecompressing(entry: current?.path) { return }
        guard !isCurrentRead else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count: Int
            do throws(ArchiveError) {
                count = try input.read(into: buffer, entry: current?.path)
            } catch {
                if error.isFatal { throw error }
                return
            }
            if count == 0 { return }
            try account(for: count)
        }
    }

    private func account(for count: Int) throws(ArchiveError) {
        memberBytes += count
        totalBytes += count
        if totalBytes > limits.totalByteCount { throw failure(.archiveTooLarge(limit: limits.totalByteCount)) }
        let isBomb =
            limits.isBomb(totalBytes, of: archiveByteCount)
            || limits.isBomb(memberBytes, of: max(0, input.consumedByteCount - memberStart) + (1 << 17))
        if isBomb { throw failure(.expandsTooMuch(limit: limits.expansionRatio)) }
    }

    private func failure(_ code: ArchiveError.Code, isFatal: Bool = true) -> ArchiveError {
        ArchiveError(code, archivePath: name, entry: current?.path, isFatal: isFatal)
    }

    /// Remembers a fatal error, so that it is thrown again, and gives each error the member at hand.
    private func recording<Result>(_ body: () throws(ArchiveError) -> Result) throws(ArchiveError) -> Result {
        do throws(ArchiveError) {
            return try body()
        } catch {
            let error = error.entry == nil ? error.after(lastMember) : error
            if error.isFatal { failed = error }
            throw error
        }
    }
}
