internal import Compatibility
internal import Media
internal import Stages
import Testing

/// Maryland Polyvore in miniature.
@Suite struct MarylandPolyvoreTests {
    private static let train = """
        [{"name": "Look", "views": 3, "set_id": "10", "set_url": "u", "desc": "", "likes": 2, "date": "d", "image": "i", "items": [
            {"index": 1, "name": "red dress", "price": 19.5, "likes": 7, "image": "http://h/img-thing?.out=jpg&tid=555", "categoryid": 2},
            {"index": 3, "name": "pumps", "price": "free", "likes": 1, "image": "http://h/img-thing?tid=666&size=m", "categoryid": 9},
            {"index": 8, "name": "no address", "price": 0, "likes": 0, "image": "", "categoryid": 2}]},
         {"name": "Again", "set_id": "20", "items": [
            {"index": 2, "name": "red dress, again", "price": 21, "likes": 9, "image": "http://h/img-thing?tid=555", "categoryid": 2},
            {"index": 5, "name": "pumps", "price": 3, "likes": 1, "image": "http://h/img-thing?tid=666", "categoryid": 9},
            {"index": 6, "name": "mystery", "price": 3, "likes": 1, "image": "http://h/img-thing?tid=777", "categoryid": 12345}]}]
        """

    private static let blanks =
        #"[{"question": ["10_1"], "blank_position": 2, "answers": ["10_3", "20_2", "20_6"]}]"#

    static let members: [IngestBench.Member] = [
        .init("label/train_no_dup.json", train),
        .init("label/category_id.txt", "2 Day Dresses\n9 Pumps\n\nbroken\n"),
        .init("label/fill_in_blank_test.json", blanks),
        .init("label/fashion_compatibility_prediction.txt", "1 10_1 10_3\n0 10_1 20_6\n"),
        .picture("images/10/1.jpg"),
        .picture("images/10/3.jpg"),
    ]

    @Test func knowsItemsByTheirAddressAndNotByTheirPlace() throws {
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("m.tar.zst", Self.members, filter: .zstd)])
        let items = try dataset.reader.items()
        #expect(items.map(\.id.rawValue) == ["10_8", "555", "666"])
        #expect(items.map(\.title) == ["no address", "red dress, again", "pumps"])
        #expect(items.map(\.categoryPath) == [["Day Dresses"], ["Day Dresses"], ["Pumps"]])
        #expect(items.map(\.price) == [0, 21, 3])
        #expect(items.map { $0.attributes["likes"] } == ["0", "9", "1"])
        // The second outfit's pictures are missing: those of the first stand in.
        #expect(
            try items.map { try dataset.pictureContent($0.pictureDigest) } == [
                nil, "images/10/1.jpg", "images/10/3.jpg",
            ])
        #expect(try dataset.reader.outfits().map(\.items) == [[1, 2, 0], [1, 2]])
        #expect(try dataset.count("archives.0.counts.items_without_identity") == 1)
        #expect(
            try dataset.refusals() == [
                "label/train_no_dup.json: 666: price is not a number",
                "label/category_id.txt: line 4: record has not the shape of its layout",
                "label/train_no_dup.json: 777: item's category id has no name",
                "label/train_no_dup.json: 10_8: images/10/8.jpg: item names a picture that no archive holds",
                "label/train_no_dup.json: 20: 777: outfit names unknown item",
            ])
    }

    @Test func questionsNamePlacesThatNeedNotBeConsecutive() throws {
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("m.7z", Self.members, format: .sevenZip)])
        let questions = try dataset.reader.questions(in: try dataset.reader.catalog()).test
        #expect(
            questions.fillInTheBlank == [
                FillInTheBlankQuestion(question: [1], answers: [2, 1, nil], correct: 0, outfitID: "10")
            ])
        #expect(
            questions.compatibility == [
                CompatibilityQuestion(items: [1, 2], isOutfit: true),
                CompatibilityQuestion(items: [1], isOutfit: false),
            ])
        #expect(questions.unknownItemCount == 2)
    }

    /// `evaluate` is given the dataset's own file, and only the build.
    @Test func aQuestionFileMeansWhatTheDatasetMeant() throws {
        let bench = try IngestBench()
        let reader = try bench.ingest([try bench.archive("m.tar", Self.members)]).reader
        let tokens = QuestionTokens(catalog: try reader.catalog(), numbered: try reader.outfitPlaces())
        let read = try FillInTheBlankFormat.read(Array(Self.blanks.utf8), tokens: tokens)
        #expect(
            read.questions == [
                FillInTheBlankQuestion(
                    question: [1], answers: [2, 1, nil], correct: 0, outfitID: "10", blankPosition: 2)
            ])
        #expect(read.unknownAnswers.examples == ["20_6"])
        for nothing in ["10_2", "20_1", "20_3"] { #expect(tokens.row(of: nothing) == nil, "\(nothing)") }
    }

    @Test func categoryIDsStandForThemselvesWhereNothingNamesThem() throws {
        let bench = try IngestBench()
        let members = Self.members.filter { !$0.path.hasSuffix("category_id.txt") }
        let dataset = try bench.ingest([try bench.archive("m.tar", members)])
        #expect(try dataset.reader.items().map(\.categoryPath) == [["2"], ["2"], ["9"], ["12345"]])
    }
}
