internal import Foundation

extension Workspace {
    private var reserveFile: URL { folder.appending(path: "reserve", directoryHint: .notDirectory) }

    /// As much as the ledger needs for a few rows, its journal included.
    private static let reserveByteCount = 1 << 16

    /// Takes disk space that `releaseReserve` gives back. Where there is none left, it is done without.
    func keepReserve() {
        let path = reserveFile.filePath
        if (try? FileSystem.status(path))?.signature.byteCount == Int64(Self.reserveByteCount) { return }
        do {
            try FileSystem.write(repeatElement(0, count: Self.reserveByteCount), to: path)
        } catch {
            releaseReserve()
        }
    }

    /// Makes room for what must be written though the disk is full; the next run takes it again.
    func releaseReserve() { try? FileSystem.remove(reserveFile.filePath) }
}
