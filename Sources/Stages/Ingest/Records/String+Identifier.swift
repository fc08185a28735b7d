internal import Foundation

extension String {
    /// The id in Unicode's composed form (NFC), so that one id is the same bytes however a system writes its accents: macOS
    /// and some exports part `é` in two, and SQLite, files and the order of rows go by bytes.
    var composed: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }
}
