import Foundation
import Media
import Pipeline
import Testing

/// A night on which the machine had too little memory for one picture.
struct ScarceMemoryTests {
    /// Breaks off after its header, which asks for 30,000 x 30,000 pixels of four channels in several passes: the decoder
    /// wants memory for all of them before it sees that nothing comes.
    private static func hugePicture() -> [UInt8] {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let header = chunk("IHDR", big(30_000) + big(30_000) + [8, 6, 0, 0, 1])
        return signature + header + chunk("IDAT", [0x78, 0x01]).dropLast(5)
    }

    private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + body
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in named {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? 0xEDB8_8320 ^ (checksum >> 1) : checksum >> 1 }
        }
        return big(UInt32(body.count)) + named + big(~checksum)
    }

    private static func big(_ word: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    /// Breaks off where its first scan begins. Coefficients are kept for all of a progressive picture's 30,000 x 30,000
    /// pixels, though eighths of its sides are all that is decoded.
    private static func hugeJPEG() -> [UInt8] {
        func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
            let count = body.count + 2
            return [0xFF, marker, UInt8(count >> 8), UInt8(count & 0xFF)] + body
        }
        let table = [0] + [UInt8](repeating: 1, count: 64)
        let frame: [UInt8] = [8, 0x75, 0x30, 0x75, 0x30, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
        let scan: [UInt8] = [3, 1, 0, 2, 0, 3, 0, 0, 0, 0]
        return [0xFF, 0xD8] + segment(0xDB, table) + segment(0xC2, frame) + segment(0xDA, scan)
    }

    struct Shortage: Sendable, CustomStringConvertible {
        let description: String
        let picture: [UInt8]
        let format: String
        let kibibytes: Int
    }

    private static let shortages = [
        // Room for the pixels of the result, and not for those of the passes as well.
        Shortage(description: "passes", picture: hugePicture(), format: "PNG", kibibytes: 6_200_000),
        Shortage(description: "result", picture: hugePicture(), format: "PNG", kibibytes: 2_500_000),
        Shortage(description: "coefficients", picture: hugeJPEG(), format: "JPEG", kibibytes: 2_500_000),
    ]

    @Test(arguments: shortages)
    func aPictureThatFoundNoMemoryIsLookedAtAgain(_ shortage: Shortage) throws {
        let program = try Program()
        defer { program.remove() }
        try program.writeShop(
            table: "item_id,category,image\n1,tops,huge\n2,shoes,\n", pictures: [("huge", shortage.picture)],
            featurize: "{maximum_pixels: 1000000000, quarantine_fraction_limit: 1}")
        let path = try #require(Program.path)
        let command = "ulimit -v \(shortage.kibibytes); '\(path)' run job.yaml --until featurize --jobs 1"
        let scarce = try program.shell(command)
        #expect(scarce.status == 1, "\(scarce.errors)")
        let words = scarce.errors.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let digest = ContentDigest.sha256(of: shortage.picture)
        #expect(words.contains("not enough memory for picture \(digest)"), "\(words)")
        #expect(words.contains("--jobs") && words.contains("featurize.maximum_pixels"), "\(words)")

        let ample = try program.run("run", "job.yaml", "--until", "featurize")
        #expect(ample.status == 0, "\(ample.errors)")
        let warning = ample.errors.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let told = "1 of 1 pictures cannot be used, such as 1: truncated \(shortage.format)"
        #expect(warning.contains(told), "\(warning)")
    }
}
