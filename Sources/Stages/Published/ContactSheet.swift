internal import Compatibility
internal import Foundation
internal import Media

/// One picture of an item and what is recommended with it: the item large at the left, the list in rows beside it.
package struct ContactSheet: Sendable {
    private static let tileWidth = 120
    private static let tileHeight = 160
    private static let gap = 8
    private static let columns = 5
    /// The grey of frames.
    private static let frameLevel: UInt8 = 200

    private let build: PublishedBuild

    package init(build: PublishedBuild) {
        self.build = build
    }

    /// A PNG. An empty frame is an item without a picture: a gap would look like an item too few.
    ///
    /// - Throws: `CatalogError` where the catalogue or the pictures of the build are damaged, `ImageError`.
    package func png(of item: String, recommendations: [PublishedBuild.Recommendation]) throws -> [UInt8] {
        let (tile, height, gap) = (Self.tileWidth, Self.tileHeight, Self.gap)
        let rows = max(2, (recommendations.count + Self.columns - 1) / Self.columns)
        let large = 2 * tile + gap
        let width = gap + large + 2 * gap + Self.columns * (tile + gap)
        let total = gap + rows * (height + gap)
        var sheet = [UInt8](repeating: 255, count: width * total * 3)
        let digests = try digests(of: [item] + recommendations.map(\.item.id))
        let store = try PictureStore(folder: build.folder.appendingPathComponent(PublishedBuild.picturesName))
        func place(_ id: String, x: Int, y: Int, width boxWidth: Int, height boxHeight: Int) throws {
            guard let digest = digests[id], let picture = try? ImageDecoder().decode(store.bytes(of: digest)) else {
                for row in y..<y + boxHeight {
                    let isEdge = row == y || row == y + boxHeight - 1
                    for column in isEdge ? Array(x..<x + boxWidth) : [x, x + boxWidth - 1] {
                        let pixel = (row * width + column) * 3
                        sheet.replaceSubrange(pixel..<pixel + 3, with: [UInt8](repeating: Self.frameLevel, count: 3))
                    }
                }
                return
            }
            let scaled = try picture.fitting(
                min(boxHeight, max(1, boxWidth * max(picture.width, picture.height) / picture.width)))
            let (left, top) = (x + (boxWidth - scaled.width) / 2, y + (boxHeight - scaled.height) / 2)
            for row in 0..<scaled.height where top + row >= 0 && top + row < total {
                let source = row * scaled.width * 3
                let target = ((top + row) * width + max(0, left)) * 3
                let count = min(scaled.width, width - max(0, left)) * 3
                sheet.replaceSubrange(target..<target + count, with: scaled.bytes[source..<source + count])
            }
        }
        try place(item, x: gap, y: gap, width: large, height: 2 * height + gap)
        for (number, entry) in recommendations.enumerated() {
            let (column, row) = (number % Self.columns, number / Self.columns)
            try place(
                entry.item.id, x: gap + large + 2 * gap + column * (tile + gap), y: gap + row * (height + gap),
                width: tile,
                height: height)
        }
        return try ImageEncoder.png(PixelBuffer(width: width, height: total, bytes: sheet))
    }

    private func digests(of ids: [String]) throws -> [String: String] {
        let wanted = Set(ids)
        var digests: [String: String] = [:]
        for item in try CatalogReader(folder: build.folder).items(attributes: .none)
        where wanted.contains(item.id.rawValue) {
            digests[item.id.rawValue] = item.pictureDigest
        }
        return digests
    }
}
