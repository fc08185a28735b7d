/// The words that a title is made of. One title in twelve is empty, and one is in Japanese, as in real catalogues.
struct TitleWords {
    let word: String
    let pattern: FabricPattern.Kind
    let material: String
    let garment: Garment
    let colour: String

    func title(_ form: Int) -> String {
        switch form {
        case 0: return ""
        case 1: return "\(Self.japanese[garment] ?? "服")（\(word)）"
        case 2, 3: return "\(capitalised(material)) \(garment.noun), \(word), \(colour)"
        case 4, 5: return "\(capitalised(word)) \(garment.noun) in \(colour)"
        default:
            let patternWord = pattern == .plain ? "" : pattern.word + " "
            return "\(capitalised(word)) \(patternWord)\(material) \(garment.noun)"
        }
    }

    private func capitalised(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    private static let japanese: [Garment: String] = [
        .tee: "Tシャツ", .shirt: "シャツ", .sweater: "セーター", .trousers: "パンツ", .skirt: "スカート", .jeans: "ジーンズ",
        .dress: "ワンピース", .jumpsuit: "ジャンプスーツ", .coat: "コート", .jacket: "ジャケット", .boots: "ブーツ",
        .sneakers: "スニーカー", .heels: "ハイヒール", .handbag: "ハンドバッグ", .backpack: "リュックサック",
    ]
}
