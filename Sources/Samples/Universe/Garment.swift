/// The kinds of garment that can be drawn.
package enum Garment: String, CaseIterable, Sendable {
    case tee = "T-shirts"
    case shirt = "Shirts"
    case sweater = "Sweaters"
    case trousers = "Trousers"
    case skirt = "Skirts"
    case jeans = "Jeans"
    case dress = "Dresses"
    case jumpsuit = "Jumpsuits"
    case coat = "Coats"
    case jacket = "Jackets"
    case boots = "Boots"
    case sneakers = "Sneakers"
    case heels = "Heels"
    case handbag = "Handbags"
    case backpack = "Backpacks"

    /// The top-level category.
    package var category: String {
        switch self {
        case .tee, .shirt, .sweater: "tops"
        case .trousers, .skirt, .jeans: "bottoms"
        case .dress, .jumpsuit: "dresses"
        case .coat, .jacket: "outerwear"
        case .boots, .sneakers, .heels: "shoes"
        case .handbag, .backpack: "bags"
        }
    }

    package var noun: String {
        switch self {
        case .tee: "T-shirt"
        case .shirt: "shirt"
        case .sweater: "sweater"
        case .trousers: "trousers"
        case .skirt: "skirt"
        case .jeans: "jeans"
        case .dress: "dress"
        case .jumpsuit: "jumpsuit"
        case .coat: "coat"
        case .jacket: "jacket"
        case .boots: "boots"
        case .sneakers: "sneakers"
        case .heels: "heels"
        case .handbag: "handbag"
        case .backpack: "backpack"
        }
    }

    package static let categories = ["tops", "bottoms", "dresses", "outerwear", "shoes", "bags"]
}
