import Compatibility
import Testing

private func catalog() -> OutfitCatalog {
    OutfitFixtures.catalog(
        itemCount: 12,
        outfits: [
            Outfit(id: "100", items: [0, 1, 2]), Outfit(id: "200", items: [5, 6]), Outfit(id: "300", items: [3, 7]),
        ]
    )
}

private func read(_ text: String) throws -> FillInTheBlankFormat.Questions {
    try FillInTheBlankFormat.read(Array(text.utf8), tokens: QuestionTokens(catalog: catalog()))
}

@Test func setTokensAreCountedFromOne() {
    let tokens = QuestionTokens(catalog: catalog())
    #expect(tokens.row(of: "100_1") == 0)
    #expect(tokens.row(of: "100_3") == 2)
    #expect(tokens.row(of: "100_4") == nil)
    #expect(tokens.row(of: "100_0") == nil)
    #expect(tokens.row(of: "900_1") == nil)
    #expect(tokens.row(of: "i00007") == 7)
    #expect(tokens.row(of: "i7") == nil)
    for odd in ["", "_", "_1", "100_", "100_-1", "100_1x", "100"] { #expect(tokens.row(of: odd) == nil, "\(odd)") }
}

@Test func indexesWithGapsGoByTheSourcesOwnCount() {
    let tokens = QuestionTokens(catalog: catalog(), numbered: ["100": [2: 0, 5: 1], "refused": [3: 4]])
    #expect(tokens.row(of: "100_1") == nil)
    #expect(tokens.row(of: "100_2") == 0)
    #expect(tokens.row(of: "100_5") == 1)
    #expect(tokens.row(of: "200_2") == 6)
    #expect(tokens.row(of: "refused_3") == 4)
}

@Test func theRightAnswerIsThatOfTheQuestionsSet() throws {
    let first = try read(
        #"[{"question": ["100_1", "100_2"], "blank_position": 3, "answers": ["100_3", "200_1", "300_1"]}]"#)
    let shuffled = try read(
        #"[{"answers": ["200_1", "100_3", "300_1"], "question": ["100_1", "100_2"], "blank_position": 3}]"#)
    #expect(
        first.questions == [
            FillInTheBlankQuestion(
                question: [0, 1], answers: [2, 5, 3], correct: 0, outfitID: "100", blankPosition: 3)
        ])
    #expect(shuffled.questions[0].correct == 1)
    #expect(shuffled.undecided.isEmpty)
}

@Test func theBlankTellsTwoAnswersOfOneSetApart() throws {
    let decided = try read(#"[{"question": ["100_1"], "blank_position": 2, "answers": ["100_3", "100_2", "200_1"]}]"#)
    #expect(decided.questions[0].correct == 1)
    let undecided = try read(#"[{"question": ["100_1"], "blank_position": 9, "answers": ["100_3", "100_2", "200_1"]}]"#)
    #expect(undecided.undecided == [0])
    #expect(undecided.questions.count == 1)
    #expect(!undecided.questions[0].isAnswerable)
}

@Test func correctWinsOverEveryConvention() throws {
    let read = try read(#"[{"question": ["100_1"], "answers": ["100_3", "200_1"], "correct": 1}]"#)
    #expect(read.questions[0].correct == 1)
    let ids = try FillInTheBlankFormat.read(
        Array(#"[{"question":["i00001"],"answers":["i00002","i00003"]}]"#.utf8),
        tokens: QuestionTokens(catalog: catalog()))
    #expect(ids.questions[0].correct == 0)
}

/// Ids of models and colours look like places in sets.
@Test func anIdOfTheCatalogueIsNoPlaceInASet() throws {
    let ids = ["10012_1", "10013_1", "10013_2", "10014_1"]
    let catalog = OutfitCatalog(
        items: ids.map { CatalogItem(id: ItemID($0), categoryPath: ["tops"]) },
        outfits: [Outfit(id: "1", items: [0, 1])])
    func read(_ text: String) throws -> FillInTheBlankFormat.Questions {
        try FillInTheBlankFormat.read(Array(text.utf8), tokens: QuestionTokens(catalog: catalog))
    }
    let first = try read(
        #"[{"question": ["10013_1"], "answers": ["10012_1", "10013_2", "10014_1"], "blank_position": 2}]"#)
    #expect(first.questions[0].correct == 0)
    #expect(first.questions[0].outfitID == nil)
    #expect(first.undecided.isEmpty)
    let unknown = try read(#"[{"question": ["10013_1", "99999_1"], "answers": ["10012_1", "99999_2"]}]"#)
    #expect(unknown.questions[0].answers == [0, nil])
    #expect(unknown.questions[0].correct == 0)
    #expect(unknown.undecided.isEmpty)
}

/// The Maryland dataset has items without an id; they are called by their place, beside items that have one.
@Test func anIdThatIsItsOwnPlaceIsAPlaceToo() throws {
    let catalog = OutfitCatalog(
        items: ["100_1", "200_1", "900"].map { CatalogItem(id: ItemID($0), categoryPath: ["tops"]) },
        outfits: [Outfit(id: "100", items: [0, 2]), Outfit(id: "200", items: [1, 2])])
    let read = try FillInTheBlankFormat.read(
        Array(#"[{"question": ["100_1"], "answers": ["200_1", "200_2", "100_2"], "blank_position": 2}]"#.utf8),
        tokens: QuestionTokens(catalog: catalog))
    #expect(read.questions[0].correct == 2)
    #expect(read.questions[0].outfitID == "100")
    #expect(read.questions[0].answers == [1, 2, 2])
}

@Test func unknownItemsAreCountedAndNothingIsDropped() throws {
    let read = try read(
        """
        [{"question": ["i00001", "nobody", null], "answers": ["i00002", "nothing", "nobody", "nothing"], "correct": 0},
         {"question": ["nobody"], "answers": ["i00002", "i00003"], "correct": 1}]
        """)
    #expect(read.questions.count == 2)
    #expect(read.questions[0].question == [1])
    #expect(read.questions[0].answers == [2, nil, nil, nil])
    #expect(read.unknownQuestionItems.count == 3)
    #expect(read.unknownQuestionItems.examples == ["nobody", "null"])
    #expect(read.unknownAnswers.count == 3)
    #expect(read.unknownAnswers.examples == ["nothing", "nobody"])
}

@Test func otherKeysEscapesAndAByteOrderMarkDoNotDisturb() throws {
    let text = #"""
        [{"id": 7, "nested": {"a": [1, -2.5e3, true, null, "]"]}, "\u0071uestion": ["i0000\u0031"],
          "answers": ["i00002", "\ud83d\ude00", "i\/x\n"], "correct": 0}]
        """#
    let read = try FillInTheBlankFormat.read(
        [0xEF, 0xBB, 0xBF] + text.utf8, tokens: QuestionTokens(catalog: catalog()))
    #expect(read.questions[0].question == [1])
    #expect(read.unknownAnswers.examples == ["\u{1F600}", "i/x\n"])
    #expect(try FillInTheBlankFormat.read(Array("[]".utf8), tokens: QuestionTokens(catalog: catalog())).questions == [])
}

@Test(arguments: [
    ("", QuestionFormatError.Problem.truncated, 1, 1),
    ("{}", .expected("an array"), 1, 1),
    ("[\n  {\"question\": [1]}]", .expected("a string"), 2, 17),
    ("[\n{\"question\": [\"a\"], \"answers\": [\"b\"", .truncated, 2, 36),
    ("[{\"question\": [\"a\"], \"answers\": []}]", .missingKey("answers"), 1, 2),
    ("[{\"answers\": [\"a\"]}]", .missingKey("question"), 1, 2),
    ("[{\"question\": [\"a\"], \"answers\": [\"b\"], \"correct\": 1}]", .noSuchAnswer(1), 1, 2),
    ("[{\"question\": [\"a\"], \"answers\": [\"b\"], \"correct\": 1.5}]", .expected("a whole number"), 1, 51),
    ("[] x", .expected("the end of the file"), 1, 4),
    ("[{\"question\": [\"\\x\"]}]", .expected("a known escape"), 1, 18),
    ("[{\"other\": nan}]", .expected("a value"), 1, 12),
    ("[{\"question\": [\"\\ud800\"]}]", .expected("a Unicode scalar"), 1, 23),
])
func brokenTextIsNamedWithItsPlace(text: String, problem: QuestionFormatError.Problem, line: Int, column: Int) {
    #expect(throws: QuestionFormatError(problem: problem, line: line, column: column)) { try read(text) }
}

@Test func invalidUTF8AndBottomlessNestingAreRefused() {
    let tokens = QuestionTokens(catalog: catalog())
    let bad = Array("[{\"question\": [\"".utf8) + [0xC3, 0x28] + Array("\"]}]".utf8)
    #expect(throws: QuestionFormatError(problem: .invalidUTF8, line: 1, column: 17)) {
        try FillInTheBlankFormat.read(bad, tokens: tokens)
    }
    let deep = "[{\"x\": " + String(repeating: "[", count: 100_000)
    #expect(throws: QuestionFormatError.self) { try FillInTheBlankFormat.read(Array(deep.utf8), tokens: tokens) }
}

@Test func everyTruncationOfAQuestionFileIsAnError() {
    let whole = Array(#"[{"question": ["i00001"], "blank_position": 2, "answers": ["i00002"], "correct": 0}]"#.utf8)
    let tokens = QuestionTokens(catalog: catalog())
    #expect(throws: Never.self) { try FillInTheBlankFormat.read(whole, tokens: tokens) }
    for length in 0..<whole.count {
        #expect(throws: QuestionFormatError.self) {
            try FillInTheBlankFormat.read(Array(whole[..<length]), tokens: tokens)
        }
    }
}

@Test func writtenQuestionsReadBackTheSame() throws {
    let items = [
        CatalogItem(id: ItemID("a\"\\\u{1}é😀"), categoryPath: ["x"]),
        CatalogItem(id: ItemID("001"), categoryPath: ["x"]),
    ]
    let catalog = OutfitCatalog(items: items)
    let tokens = QuestionTokens(catalog: catalog)
    let questions = [
        FillInTheBlankQuestion(question: [0], answers: [1, nil, 0], correct: 1, outfitID: "s\n1", blankPosition: 4),
        FillInTheBlankQuestion(question: [1, 0], answers: [0, 1], correct: 0),
    ]
    #expect(
        try FillInTheBlankFormat.read(FillInTheBlankFormat.write(questions, tokens: tokens), tokens: tokens)
            .questions == questions)
    #expect(FillInTheBlankFormat.write([], tokens: tokens) == Array("[\n]\n".utf8))
}

@Test func compatibilityLinesReadBackTheSame() throws {
    let tokens = QuestionTokens(catalog: catalog())
    let text = "1 100_1 100_2\r\n\n0  i00005\ti00009 nobody\n1 nobody"
    let read = try CompatibilityFormat.read(Array(text.utf8), tokens: tokens)
    #expect(
        read.questions == [
            CompatibilityQuestion(items: [0, 1], isOutfit: true),
            CompatibilityQuestion(items: [5, 9], isOutfit: false),
            CompatibilityQuestion(items: [], isOutfit: true),
        ])
    #expect(read.unknownItems.count == 2)
    #expect(read.unknownItems.examples == ["nobody"])
    let again = try CompatibilityFormat.read(CompatibilityFormat.write(read.questions, tokens: tokens), tokens: tokens)
    #expect(again.questions == read.questions)
}

@Test func idsWithSpacesReadBackTheSame() throws {
    let items = ["red shoe", "red", "shoe", "hat "].map {
        CatalogItem(id: ItemID($0), categoryPath: ["tops"], title: "")
    }
    let catalog = OutfitCatalog(items: items.sorted { $0.id < $1.id }, outfits: [])
    let tokens = QuestionTokens(catalog: catalog)
    let questions = catalog.items.indices.flatMap { first in
        catalog.items.indices.map { CompatibilityQuestion(items: [first, $0], isOutfit: first == $0) }
    }
    let bytes = CompatibilityFormat.write(questions, tokens: tokens)
    let read = try CompatibilityFormat.read(bytes, tokens: tokens)
    #expect(read.questions == questions && read.unknownItems.count == 0)
    // Ids without spaces stand between spaces, as others write them.
    #expect(String(decoding: bytes, as: UTF8.self).contains("\n1 shoe shoe\n"))
    // A line of others may mix the two.
    let mixed = try CompatibilityFormat.read(Array("0\tred shoe\tnobody\n1\tred shoe\tred\r\n".utf8), tokens: tokens)
    #expect(mixed.questions.map { $0.items.map(tokens.token) } == [["red shoe"], ["red shoe", "red"]])
    #expect(mixed.unknownItems.examples == ["nobody"])
    // One name that is unknown does not break the others apart.
    let hats = try CompatibilityFormat.read(Array("1\that \tnobody at all\tred shoe\n".utf8), tokens: tokens)
    #expect(hats.questions.map { $0.items.map(tokens.token) } == [["hat ", "red shoe"]])
    #expect(hats.unknownItems.examples == ["nobody at all"])
}

@Test func aLineWithAnotherLabelIsNamed() {
    let tokens = QuestionTokens(catalog: catalog())
    #expect(throws: QuestionFormatError(problem: .unknownLabel("2"), line: 2, column: 1)) {
        try CompatibilityFormat.read(Array("1 a b\n2 a b\n".utf8), tokens: tokens)
    }
    #expect(throws: QuestionFormatError(problem: .invalidUTF8, line: 2, column: 1)) {
        try CompatibilityFormat.read(Array("1 a b\n0 ".utf8) + [0xFF], tokens: tokens)
    }
}
