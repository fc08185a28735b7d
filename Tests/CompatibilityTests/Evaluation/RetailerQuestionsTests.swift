import Compatibility
import Foundation
import LinearAlgebra
import Testing

/// The retailer's validation questions, which lie beside the project where they are at hand and never in it.
private let questionFolder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/data/mango/questions").standardizedFileURL
private let isAtHand = FileManager.default.fileExists(atPath: questionFolder.path)

/// A catalogue of every item that a file names.
private func catalogue(naming bytes: [UInt8]) -> OutfitCatalog {
    let words = String(decoding: bytes, as: UTF8.self).split { !($0.isLetter || $0.isNumber || $0 == "-") }
    let ids = Set(words.filter { $0.count == 11 && $0.contains("-") })
    return OutfitCatalog(items: ids.sorted().map { CatalogItem(id: ItemID(String($0)), categoryPath: ["any"]) })
}

@Test(
    .enabled(if: isAtHand, "the retailer's questions are not beside the project"),
    arguments: ["fill_in_blank_valid", "fill_in_blank_matched_valid", "fill_in_blank_random_valid"])
func theRetailersBlanksReadWithoutLoss(name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: questionFolder.appending(path: name + ".json")))
    let tokens = QuestionTokens(catalog: catalogue(naming: bytes))
    let read = try FillInTheBlankFormat.read(bytes, tokens: tokens)
    let stated = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\"correct\"").count - 1
    #expect(read.questions.count == stated && stated > 100)
    #expect(read.unknownQuestionItems.count == 0 && read.unknownAnswers.count == 0 && read.undecided.isEmpty)
    #expect(read.questions.allSatisfy { $0.answers.count == 4 && $0.isAnswerable })
    let again = try FillInTheBlankFormat.read(
        FillInTheBlankFormat.write(read.questions, tokens: tokens), tokens: tokens)
    #expect(again == read)
    let chance = FillInTheBlankEvaluator().evaluate(
        read.questions, by: MeanPairScore(RandomScorer()), parallelism: Parallelism(width: 2))
    #expect(abs(try #require(chance.accuracy) - 0.25) < 0.08)
}

@Test(.enabled(if: isAtHand, "the retailer's questions are not beside the project"))
func theRetailersFalseOutfitsReadWithoutLoss() throws {
    let bytes = [UInt8](try Data(contentsOf: questionFolder.appending(path: "compatibility_valid.txt")))
    let tokens = QuestionTokens(catalog: catalogue(naming: bytes))
    let read = try CompatibilityFormat.read(bytes, tokens: tokens)
    #expect(read.questions.count == bytes.count { $0 == UInt8(ascii: "\n") })
    #expect(read.unknownItems.count == 0)
    #expect(CompatibilityFormat.write(read.questions, tokens: tokens) == bytes)
}
