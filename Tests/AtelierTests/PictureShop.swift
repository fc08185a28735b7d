import Foundation
import Media
import Testing

extension Program {
    /// Writes `job.yaml` of a shop: a table of items, and pictures by their names in the archive.
    func writeShop(
        table: String, pictures: [(name: String, bytes: [UInt8])], featurize: String = "{}"
    ) throws {
        let writer = try ArchiveWriter(path: folder.appending(path: "shop.tar").path, format: .tar)
        for picture in pictures { try writer.add(path: picture.name, bytes: picture.bytes) }
        try writer.add(path: "products.csv", bytes: Array(table.utf8))
        try writer.finish()
        try write(
            """
            version: 1
            workspace: ws
            stages:
              ingest:
                archives: [shop.tar]
                tables:
                  products: {id: item_id, category: [category], picture: image}
              featurize: \(featurize)
            """, to: "job.yaml")
    }
}
