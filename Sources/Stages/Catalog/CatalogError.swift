/// Why a catalogue or its pictures cannot be read or written.
package enum CatalogError: Error, Sendable, Equatable {
    /// What SQLite says of the file.
    case database(path: String, message: String)
    /// A catalogue of another version of the program.
    case unsupportedVersion(path: String, found: Int, supported: Int)
    /// Rows that contradict the schema.
    case inconsistent(path: String, problem: String)
    /// A picture that the index does not know.
    case unknownPicture(digest: String)
    /// A pack or its index that cannot be read.
    case pictures(path: String, problem: String)
}

extension CatalogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .database(let path, let message): "\(path): \(message)"
        case .unsupportedVersion(let path, let found, let supported):
            "\(path): catalog of version \(found); this program reads version \(supported)"
        case .inconsistent(let path, let problem): "\(path): \(problem)"
        case .unknownPicture(let digest): "no picture \(digest)"
        case .pictures(let path, let problem): "\(path): \(problem)"
        }
    }
}
