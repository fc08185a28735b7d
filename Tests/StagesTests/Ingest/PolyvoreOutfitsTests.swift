internal import Compatibility
internal import Foundation
internal import Media
internal import Stages
import Testing

/// Polyvore Outfits in miniature, with the traps of its archives.
@Suite struct PolyvoreOutfitsTests {
    /// On one line, as the real one is.
    private static let metadata = """
        {"100": {"url_name": "silk blouse", "description": "soft", "catgeories": ["Clothing", "Tops"], "title": "", \
        "related": ["white"], "category_id": "11", "semantic_category": "tops"}, \
        "0200": {"url_name": "jeans", "description": "", "catgeories": [], "title": "Blue \\"slim\\" jeans", \
        "related": [], "category_id": "27", "semantic_category": "bottoms"}, \
        "300": {"url_name": "boots", "title": "Boots", "category_id": "41", "semantic_category": "shoes"}, \
        "400": {"url_name": "thing", "title": "No category at all", "category_id": "", "semantic_category": ""}, \
        "500": {"url_name": "bag", "title": "Bag", "category_id": "35", "semantic_category": "bags"}}
        """

    static let members: [IngestBench.Member] = [
        .init("polyvore/.DS_Store", "junk"),
        .init("polyvore/._polyvore_item_metadata.json", "junk"),
        .init("__MACOSX/polyvore/images/._100.jpg", "junk"),
        .init(
            "polyvore/categories.csv",
            "11,blouse,tops\n11,shirt,tops\n27,\"jeans, denim\",bottoms\n41,ankle boots,shoes\n"),
        .init("polyvore/polyvore_item_metadata.json", metadata),
        .init(
            "polyvore/polyvore_outfit_titles.json",
            #"{"7_a": {"url_name": "street", "title": ""}, "999": {"title": "x"}}"#),
        .init(
            "polyvore/nondisjoint/train.json",
            """
            [{"set_id": "7_a", "items": [{"item_id": "100", "index": 1}, {"item_id": "0200", "index": 2},
              {"item_id": "100", "index": 3}, {"item_id": "777", "index": 4}]},
             {"set_id": "8", "items": [{"item_id": "300", "index": 1}, {"item_id": "778", "index": 2}]}]
            """),
        .init(
            "polyvore/nondisjoint/test.json",
            """
            [{"set_id": "9", "items": [{"item_id": "500", "index": 1}, {"item_id": "300", "index": 2},
              {"item_id": "0200", "index": 4}]}]
            """),
        .init(
            "polyvore/nondisjoint/fill_in_blank_test.json",
            """
            [{"question": ["9_1", "9_2"], "blank_position": 3, "answers": ["7_a_1", "9_4", "8_1", "8_2"]},
             {"question": ["9_1", "9_77"], "blank_position": 3, "answers": ["7_a_1", "9_4"]},
             {"question": ["9_1"], "blank_position": 2, "answers": ["7_a_1", "8_1"]}]
            """),
        .init("polyvore/nondisjoint/compatibility_test.txt", "1 9_1 9_2 9_4\r\n0 9_1 7_a_1\nmaybe 9_1 9_2\n"),
        .init(
            "polyvore/disjoint/train.json", #"[{"set_id": "50", "items": [{"item_id": "300"}, {"item_id": "500"}]}]"#),
        .picture("polyvore/images/100.jpg"),
        .picture("polyvore/images/0200.jpg"),
        .init("polyvore/images/300.jpg", "<html>404</html>"),
        .init("polyvore/README.md", "words"),
    ]

    @Test func keepsWhatIsGoodOfEveryTrap() throws {
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("p.tar.gz", Self.members, filter: .gzip)])
        let catalog = try dataset.reader.catalog()

        #expect(catalog.items.map(\.id.rawValue) == ["0200", "100", "300", "500"])
        #expect(catalog.items.map(\.title) == ["Blue \"slim\" jeans", "silk blouse", "Boots", "Bag"])
        #expect(
            catalog.items.map(\.categoryPath)
                == [["bottoms", "jeans, denim"], ["tops", "blouse"], ["shoes", "ankle boots"], ["bags"]])
        let blouse = catalog.items[1].attributes
        #expect(blouse["categories"] == "Clothing | Tops")
        #expect(blouse["description"] == "soft")
        #expect(blouse["category_id"] == "11")
        // An item without a picture, or with a bad one, stays.
        #expect(
            try catalog.items.map { try dataset.pictureContent($0.pictureDigest) }
                == ["polyvore/images/0200.jpg", "polyvore/images/100.jpg", nil, nil])

        #expect(catalog.outfits.map(\.id) == ["7_a", "9"])
        #expect(catalog.outfits.map(\.items) == [[1, 0], [3, 2, 0]])
        #expect(catalog.outfits.map(\.statedSplit) == [.train, .test])
        #expect(try dataset.reader.outfitTitles() == ["street", ""])
        #expect(try dataset.count("outfits.repeated_items") == 1)
        #expect(try dataset.count("outfits.titles_without_outfit") == 1)
        #expect(try dataset.count("archives.0.counts.ignored_mac_files") == 3)
        #expect(try dataset.count("archives.0.counts.other_variant_files") == 1)
        #expect(try dataset.count("archives.0.counts.unrecognised_files") == 1)
        #expect(try dataset.count("items.missing_pictures") == 2)
    }

    @Test func refusesTheRestByName() throws {
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("p.zip", Self.members, format: .zip)])
        let folder = "polyvore/nondisjoint"
        #expect(
            try dataset.refusals() == [
                "\(folder)/compatibility_test.txt: line 3: question is malformed",
                "polyvore/images/300.jpg: picture is neither JPEG, PNG nor WebP",
                "polyvore/polyvore_item_metadata.json: 400: item without a category",
                // The bad picture of 300 has its entry above.
                "polyvore/polyvore_item_metadata.json: 500: images/500.jpg: item names a picture that no archive holds",
                "\(folder)/train.json: 7_a: 777: outfit names unknown item",
                "\(folder)/train.json: 8: 778: outfit names unknown item",
                "\(folder)/train.json: 8: outfit has fewer than two known items",
                "\(folder)/fill_in_blank_test.json: question 2: question names an unknown outfit position",
                "\(folder)/fill_in_blank_test.json: question 3: question has no answer, or several, from its own outfit",
            ])
        #expect(try dataset.reader.quarantine().allSatisfy { $0.archive == "p.zip" })
        #expect(try dataset.reader.quarantineCounts().first?.count == 2)
    }

    @Test func resolvesAnswersByTheSetThatTheyComeFrom() throws {
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("p.tar", Self.members)])
        let catalog = try dataset.reader.catalog()
        let questions = try dataset.reader.questions(in: catalog)
        // Item 778 of the last answer is unknown; the right answer stands second.
        #expect(
            questions.test.fillInTheBlank == [
                FillInTheBlankQuestion(question: [3, 2], answers: [1, 0, 2, nil], correct: 1, outfitID: "9")
            ])
        #expect(questions.test.unknownItemCount == 1)
        #expect(
            questions.test.compatibility == [
                CompatibilityQuestion(items: [3, 2, 0], isOutfit: true),
                CompatibilityQuestion(items: [3, 1], isOutfit: false),
            ])
        #expect(questions.validation == DatasetQuestions.Set())
    }

    /// Items that are named twice, that have no record, and that only a refused outfit shows are named by number as well.
    @Test func aQuestionFileMeansWhatTheDatasetMeant() throws {
        let bench = try IngestBench()
        let reader = try bench.ingest([try bench.archive("p.tar", Self.members)]).reader
        #expect(
            try reader.outfitPlaces() == ["7_a": [1: 1, 2: 0, 3: 1], "8": [1: 2], "9": [1: 3, 2: 2, 4: 0]])
        let tokens = QuestionTokens(catalog: try reader.catalog(), numbered: try reader.outfitPlaces())
        let text = #"[{"question": ["9_1", "9_2"], "blank_position": 3, "answers": ["7_a_3", "9_4", "8_1", "8_2"]}]"#
        let read = try FillInTheBlankFormat.read(Array(text.utf8), tokens: tokens)
        #expect(
            read.questions == [
                FillInTheBlankQuestion(
                    question: [3, 2], answers: [1, 0, 2, nil], correct: 1, outfitID: "9", blankPosition: 3)
            ])
    }

    @Test func readsTheOtherVariantOnRequest() throws {
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("p.tar", Self.members)]) { $0.variant = .disjoint }
        #expect(try dataset.reader.catalog().outfits.map(\.id) == ["50"])
        #expect(try dataset.count("archives.0.counts.other_variant_files") == 4)
    }

    @Test func oneBadRecordCostsItselfAlone() throws {
        let bench = try IngestBench()
        let bad =
            Array(#"{"1": {"title": "A", "semantic_category": "tops"}, "2": {"title": broken}, "3": {"title": ""#.utf8)
            + [0xC3, 0x28]
            + Array(#"", "semantic_category": "tops"}, "4": ["list"], "5": {"semantic_category": "hats"}}"#.utf8)
        let dataset = try bench.ingest([try bench.archive("p.tar", [.init("polyvore_item_metadata.json", bad)])])
        #expect(try dataset.reader.items().map(\.id.rawValue) == ["1", "5"])
        #expect(
            try dataset.refusals() == [
                "polyvore_item_metadata.json: 2: record is not valid JSON",
                "polyvore_item_metadata.json: 3: text is not UTF-8",
                "polyvore_item_metadata.json: 4: record has not the shape of its layout",
                "polyvore_item_metadata.json: 1: images/1.jpg: item names a picture that no archive holds",
                "polyvore_item_metadata.json: 5: images/5.jpg: item names a picture that no archive holds",
            ])
    }

    @Test(arguments: [
        #"{"1": {"title": "A", "semantic_category": "tops"}, "2": {"ti"#, #"{"1": {}} {"#, #"{"1": {]}"#, "",
    ])
    func jsonThatBreaksOffFailsTheArchiveNamingTheMember(_ text: String) throws {
        let bench = try IngestBench()
        let archive = try bench.archive("p.tar", [.init("x/polyvore_item_metadata.json", text)])
        let error = #expect(throws: IngestError.self) { try bench.ingest([archive]) }
        guard case .malformedMember(let path, "x/polyvore_item_metadata.json", let problem) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(path.hasSuffix("p.tar"))
        #expect(problem.hasPrefix("byte "))
    }
}
