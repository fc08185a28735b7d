internal import Foundation
internal import Media

/// Streams one archive once and sorts what it holds into the files of a shard.
struct ArchiveIngestion {
    let path: String
    /// The archive as the job file has it, for errors.
    let name: String
    let parameters: IngestParameters
    let checkCancellation: () throws -> Void
    /// Told after each member, and within large ones, how many bytes of the archive have been read.
    let report: (_ byteCount: Int) -> Void

    /// Names shown when an archive holds nothing that is known.
    private static let exampleCount = 5

    /// - Throws: `ArchiveError` where the archive is truncated, damaged or a bomb: nothing of it is then ingested.
    ///   `IngestError` where a data file cannot be cut into records or nothing in it is known.
    func run(into folder: URL) throws {
        let output = try ShardOutput(folder: folder, outfitItemLimit: parameters.limits.outfitItemCount)
        let reader = try ArchiveReader(path: path, name: name, limits: archiveLimits)
        let readers = parameters.layout.readers(parameters)
        var examples: [String] = []
        var firstOfLayout: [(layout: DatasetLayout, member: String)] = []
        let tick = {
            try checkCancellation()
            report(reader.consumedByteCount)
        }
        while let member = try reader.nextMember() {
            try tick()
            if member.kind == .folder { continue }
            output.counts.members += 1
            if member.isMacMetadata {
                output.counts.ignoredMacFiles += 1
                continue
            }
            if examples.count < Self.exampleCount { examples.append(member.path) }
            guard let safePath = try safePath(of: member, output) else { continue }
            if let layoutReader = readers.first(where: { $0.claims(safePath) }) {
                if !firstOfLayout.contains(where: { $0.layout == layoutReader.layout }) {
                    firstOfLayout.append((layoutReader.layout, safePath))
                }
                let data = DataMember(
                    reader: reader, path: safePath, limits: parameters.limits, tick: tick)
                // A data file that cannot be read to its end fails the archive: half a table is worse than none.
                try layoutReader.read(data, into: output)
            } else {
                try takePicture(safePath, reader, output)
            }
        }
        guard firstOfLayout.count <= 1 else {
            throw IngestError.severalLayouts(archive: name, members: firstOfLayout.map(\.member))
        }
        guard !firstOfLayout.isEmpty || output.counts.pictures > 0 else {
            throw IngestError.nothingRecognised(archive: name, layout: parameters.layout, examples: examples)
        }
        for reader in readers { try reader.finish(output) }
        try output.finish()
    }

    private var archiveLimits: ArchiveLimits {
        ArchiveLimits(
            memberByteCount: parameters.limits.memberByteCount, totalByteCount: parameters.limits.totalByteCount,
            memberCount: parameters.limits.memberCount, expansionRatio: parameters.limits.expansionRatio)
    }

    /// The path to know a member by; nil where it was refused.
    private func safePath(of member: ArchiveMember, _ output: ShardOutput) throws -> String? {
        switch member.nameProblem {
        case .invalidUTF8: try output.refuse(.unreadableMemberName, member: member.path)
        case .absolute, .parentFolder, .controlCharacter, .empty:
            try output.refuse(.unsafeMemberName, member: member.path)
        case nil:
            if member.kind == .file { return member.safePath }
            try output.refuse(.notARegularFile, member: member.path)
        }
        return nil
    }

    /// Stores a picture, or refuses the member where it alone is at fault.
    private func takePicture(_ path: String, _ reader: ArchiveReader, _ output: ShardOutput) throws {
        let bytes: [UInt8]?
        do throws(ArchiveError) {
            bytes = try pictureBytes(path, reader)
        } catch {
            if error.isFatal { throw error }
            output.counts.pictures += 1
            let reason: QuarantineReason =
                switch error.code {
                case .memberTooLarge: .pictureTooLarge
                case .encrypted: .encryptedMember
                default: .unreadableMember
                }
            return try output.refuse(reason, member: path)
        }
        if let bytes {
            try output.add(picture: bytes, path: path)
        } else {
            output.counts.add(unrecognised: path)
        }
    }

    /// All bytes of a member that is named or begins like a picture; nil for any other.
    private func pictureBytes(_ path: String, _ reader: ArchiveReader) throws(ArchiveError) -> [UInt8]? {
        let limit = parameters.limits.pictureByteCount
        if PictureIntake.isPictureName(path) { return try reader.readAll(upTo: limit) }
        let start = try reader.read(upTo: 16)
        guard PictureIntake.isPicture(start) else { return nil }
        return start + (try reader.readAll(upTo: limit))
    }
}
