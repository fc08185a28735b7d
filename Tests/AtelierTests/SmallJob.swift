import Foundation
import Testing

/// A job of two stages that take no time, over two small archives.
struct SmallJob {
    let program: Program

    init(_ further: String = "") throws {
        program = try Program()
        let sample = try program.run("sample", "data", "--items", "40", "--outfits", "60", "--picture-width", "72")
        try #require(sample.status == 0, "\(sample.errors)")
        try program.write(
            "version: 1\nname: small\nworkspace: ws\n\(further)stages:\n  ingest:\n"
                + "    archives: [data/polyvore.zip, data/maryland.tar.xz]\n"
                + "    retry: {count: 3, backoff_seconds: 60}\n", to: "job.yaml")
    }

    func remove() { program.remove() }

    func url(_ name: String) -> URL { program.folder.appending(path: name) }

    /// Takes the end off an archive: ingest fails, and pauses before it tries again.
    func truncateArchive() throws {
        let archive = url("data/maryland.tar.xz")
        let whole = try Data(contentsOf: archive)
        try whole.prefix(whole.count * 3 / 4).write(to: archive)
    }

    func json<Answer: Decodable>(_ type: Answer.Type, _ arguments: String...) throws -> Answer {
        try NightlyJob.decoded(type, try program.start(arguments + ["--json"]).finish())
    }
}
