/// A fill-in-the-blank question: the rest of an outfit, and candidates for the item that was taken out.
package struct FillInTheBlankQuestion: Sendable, Equatable {
    /// Rows of the catalogue; items that the catalogue does not know are left out and counted by the reader.
    package var question: [Int]
    /// Rows of the catalogue, or nil for a candidate that the catalogue does not know.
    package var answers: [Int?]
    /// The position in `answers` of the right one.
    package var correct: Int
    package var outfitID: String?
    /// Where in the outfit the blank stands, from 1; nil where the source does not say.
    package var blankPosition: Int?

    package init(
        question: [Int], answers: [Int?], correct: Int, outfitID: String? = nil, blankPosition: Int? = nil
    ) {
        self.question = question
        self.answers = answers
        self.correct = correct
        self.outfitID = outfitID
        self.blankPosition = blankPosition
    }
}

/// A compatibility question: is this set of items an outfit?
package struct CompatibilityQuestion: Sendable, Equatable {
    package var items: [Int]
    package var isOutfit: Bool

    package init(items: [Int], isOutfit: Bool) {
        self.items = items
        self.isOutfit = isOutfit
    }
}
