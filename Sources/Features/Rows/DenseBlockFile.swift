private import Foundation
private import LinearAlgebra

/// Why a block could not be written row by row.
package enum DenseBlockFileError: Error, Sendable, Equatable {
    case cannotOpen(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
}

/// A `.npy` matrix of 32-bit floats that is written a row at a time in any order, so that a block of a million items
/// never lies in memory. Rows that nobody writes are zeros.
package final class DenseBlockFile {
    package let path: String
    package let rowCount: Int
    package let columnCount: Int
    private let file: FileHandle
    private let headerByteCount: Int

    package init(path: String, rowCount: Int, columnCount: Int) throws(DenseBlockFileError) {
        self.path = path
        self.rowCount = rowCount
        self.columnCount = columnCount
        let header = NPYHeader(type: .float32, shape: [rowCount, columnCount]).encoded()
        headerByteCount = header.count
        guard FileManager.default.createFile(atPath: path, contents: Data(header)),
            let file = FileHandle(forUpdatingAtPath: path)
        else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        self.file = file
        do {
            try file.truncate(atOffset: UInt64(header.count + rowCount * columnCount * 4))
        } catch {
            throw .cannotWrite(path: path, reason: "\(error)")
        }
    }

    /// Writes one row.
    package func write(_ values: some Collection<Float>, row: Int) throws(DenseBlockFileError) {
        precondition(row >= 0 && row < rowCount && values.count == columnCount, "the row does not fit the block")
        var bytes = Data(capacity: columnCount * 4)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        do {
            try file.seek(toOffset: UInt64(headerByteCount + row * columnCount * 4))
            try file.write(contentsOf: bytes)
        } catch {
            throw .cannotWrite(path: path, reason: "\(error)")
        }
    }

    /// Brings everything to the disk and closes the file.
    package func finish() throws(DenseBlockFileError) {
        do {
            try file.synchronize()
            try file.close()
        } catch {
            throw .cannotWrite(path: path, reason: "\(error)")
        }
    }
}
