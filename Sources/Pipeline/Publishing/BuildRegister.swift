internal import Foundation

/// `builds/register.json`: when builds were made and published, and what was decided on them.
///
/// `{"builds": {id: {"created_at": …, "published_at": …, "reason": …, "verdict": …}}, "digest": …, "format": 2}`
///
/// | format | change |
/// |---|---|
/// | 1 | first |
/// | 2 | `digest`, over all that is said: a flipped digit of a date is valid JSON |
///
/// Format 1 is read, and becomes 2 with the next change.
struct BuildRegister: Codable, Sendable, Equatable {
    struct Entry: Codable, Sendable, Equatable {
        var verdict: BuildVerdict
        var createdAt: Date
        var publishedAt: Date?
        var reason: String?

        enum CodingKeys: String, CodingKey {
            case verdict, reason
            case createdAt = "created_at"
            case publishedAt = "published_at"
        }
    }

    private(set) var format = 2
    private var digest: String?
    var builds: [String: Entry] = [:]

    /// - Returns: nil where the bytes are no register of a known format, or not what was written.
    static func decode(_ bytes: [UInt8]) -> BuildRegister? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let register = try? decoder.decode(Self.self, from: Data(bytes)) else { return nil }
        switch (register.format, register.digest) {
        case (1, nil): return register
        case (2, let digest?): return digest == register.contentDigest ? register : nil
        default: return nil
        }
    }

    func encoded() throws -> [UInt8] {
        var sealed = self
        sealed.format = 2
        sealed.builds = builds.mapValues { entry in
            var entry = entry
            // As it will be read.
            entry.createdAt = entry.createdAt.wholeSecond
            entry.publishedAt = entry.publishedAt?.wholeSecond
            return entry
        }
        sealed.digest = sealed.contentDigest
        return try JSONText.encode(sealed)
    }

    /// SHA-256 over the values and not the bytes, which a later version of the encoder may lay out otherwise.
    private var contentDigest: String {
        var fields = ["atelier-register-\(format)"]
        for (id, entry) in builds.sorted(by: { $0.key < $1.key }) {
            fields += [id, entry.verdict.rawValue, entry.createdAt.seconds, entry.publishedAt?.seconds ?? ""]
            // A mark before it: an empty reason is not none.
            fields.append(entry.reason.map { "." + $0 } ?? "")
        }
        return ContentDigest.sha256(ofFields: fields)
    }
}

extension Date {
    fileprivate var wholeSecond: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }

    fileprivate var seconds: String { "\(timeIntervalSince1970)" }
}
