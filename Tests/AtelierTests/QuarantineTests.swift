import Foundation
import Media
import Pipeline
import Stages
import Testing

/// A picture that no stage can open: the terminal warns of it, and the published table names it.
@Test func undecodablePictureIsWarnedOfAndNamedInThePublishedTable() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    let picture = try ImageEncoder.jpeg(
        PixelBuffer(width: 32, height: 32, bytes: (0..<32 * 32 * 3).map { UInt8($0 % 251) }), quality: 90)
    let cut = Array(picture.dropLast(200))
    let writer = try ArchiveWriter(path: job.program.folder.appending(path: "late.tar").path, format: .tar)
    try writer.add(path: "cut.jpg", bytes: cut)
    let products = "item_id,category,family,title,image,price,available\nlate-cut,tops,shirts,Cut,cut.jpg,5,1\n"
    try writer.add(path: "products.csv", bytes: Array(products.utf8))
    try writer.finish()

    func quarantine(_ folder: String) throws -> [CatalogReader.Quarantined] {
        try CatalogReader(folder: job.program.folder.appending(path: folder)).quarantine()
    }
    // The sample archives hold one such picture already.
    let before = try quarantine("ws/current")
    #expect(before.last?.subject == "0000001-02" && before.last?.reason == "truncated JPEG")
    #expect(job.first.errors.contains("\nwarning: featurize: 1 of "), "\(job.first.errors)")
    let archives = ["catalogue.tar.gz", "polyvore.zip", "maryland.tar.xz", "arrivals.tar.zst"].map { "data/\($0)" }
    let setting = "ingest.archives=[\((archives + ["late.tar"]).joined(separator: ", "))]"
    let outcome = try job.program.run("run", "job.yaml", "--set", setting)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let warning: Substring = try #require(
        outcome.errors.split(separator: "\n").first { $0.hasPrefix("warning: featurize: ") })
    #expect(warning.contains(": 2 of ") && warning.contains(": truncated JPEG"), "\(warning)")
    #expect(warning.contains("the table 'quarantine' of current/catalog.sqlite"), "\(warning)")

    let after = try quarantine("ws/current")
    #expect(after.filter { $0.subject != "late-cut" } == before)
    let added = try #require(after.first { $0.subject == "late-cut" })
    #expect(added.archive.isEmpty && added.reason == "truncated JPEG")
    #expect(added.member == ContentDigest.sha256(of: cut))
    // The artifact stays as ingest wrote it, and nothing is out of order.
    let report = try job.run("--set", setting)
    #expect(report.executed.isEmpty)
    #expect(try quarantine("ws/" + report.folder(of: "catalog")) == before.filter { !$0.archive.isEmpty })
    let verified = try job.program.run("verify", "--workspace", "ws")
    #expect(verified.status == 0, "\(verified.errors)")
    // Published anew, the same bytes.
    let bytes = try job.bytes("ws/current/catalog.sqlite")
    #expect(try job.run("--set", setting, "--force", "publish").status == "succeeded")
    #expect(try job.bytes("ws/current/catalog.sqlite") == bytes)
}
