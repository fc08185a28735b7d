internal import Compatibility
internal import Foundation
internal import Media
internal import Stages
import Testing

/// Catalogue tables in miniature, mapped as a job file would.
@Suite struct TablesTests {
    static func map(_ parameters: inout IngestParameters) {
        parameters.tables.products.id = "sku"
        parameters.tables.products.category = ["family", "kind"]
        parameters.tables.products.title = ["colour", "name"]
        parameters.tables.products.picture = "file"
        parameters.tables.products.price = "price"
        parameters.tables.products.available.column = "stock"
        parameters.tables.products.available.values = ["Yes"]
        parameters.tables.products.variantOf.column = "sku"
        parameters.tables.outfits.outfit = "outfit"
        parameters.tables.outfits.item = "sku"
        parameters.tables.outfits.split = "part"
    }

    static let products = """
        sku,family,kind,colour,name,file,price,stock,fabric
        0012-01,Tops,Shirts,Blue,"Shirt, ""slim"" fit",img/a.jpg,"1,299.50",yes,cotton
        0012-02,Tops,Shirts,Red,"Two
        lines",img/b.jpg,19.99,no,cotton
        7-01,Bottoms,,Blue,Blue,img/c.jpg,,yes,
        8-01,,Boots,Black,Boots,img/d.jpg,5,yes,leather
        9-01,Shoes,Boots,Black,Boots,img/missing.jpg,cheap,yes,leather
        10-01,Shoes,Boots

        """

    static let outfits = """
        outfit;sku;part
        0001;0012-01;train
        0002;9-01;valid
        0001;7-01;train
        0002;0012-02;valid
        0002;unheard-of;valid
        0003;8-01;tomorrow
        0003;9-01;tomorrow

        """

    static let members: [IngestBench.Member] = [
        .init("shop/data/products.csv", products),
        .init("shop/data/outfits.csv", outfits),
        .picture("shop/img/a.jpg"), .picture("shop/img/b.jpg"), .picture("shop/img/c.jpg"), .picture("shop/img/d.jpg"),
    ]

    @Test func partsOfColumnsBecomeAttributes() throws {
        func part(_ column: String, _ first: Int, _ last: Int) -> ColumnPart {
            var part = ColumnPart()
            (part.column, part.first, part.last) = (column, first, last)
            return part
        }
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("shop.tar", Self.members)]) { parameters in
            Self.map(&parameters)
            parameters.tables.products.attributes = ["fabric"]
            parameters.tables.products.derived = ["drop": part("sku", 3, 4), "initial": part("family", 1, 1)]
        }
        let items = try dataset.reader.items()
        // 7-01 has characters 3 and 4, too; what is shorter than asked for says nothing.
        #expect(items.map { $0.attributes["drop"] } == ["12", "12", "01", "01"])
        #expect(items.map { $0.attributes["initial"] } == ["T", "T", "B", "S"])
        #expect(items[0].attributes["fabric"] == "cotton")
        var parameters = IngestParameters()
        parameters.archives = ["shop.tar"]
        Self.map(&parameters)
        #expect(throws: Never.self) { try parameters.validate() }
        parameters.tables.products.derived = ["drop": part("sku", 3, 2)]
        #expect(throws: ParameterProblem.self) { try parameters.validate() }
    }

    @Test func keepsIdentifiersAsTextAndQuotedFieldsWhole() throws {
        let bench = try IngestBench()
        let dataset = try bench.ingest([try bench.archive("shop.tar", Self.members)], Self.map)
        let items = try dataset.reader.items()
        #expect(items.map(\.id.rawValue) == ["0012-01", "0012-02", "7-01", "9-01"])
        #expect(items.map(\.title) == ["Blue Shirt, \"slim\" fit", "Red Two\nlines", "Blue", "Black Boots"])
        #expect(
            items.map(\.categoryPath) == [["Tops", "Shirts"], ["Tops", "Shirts"], ["Bottoms"], ["Shoes", "Boots"]])
        #expect(items.map(\.price) == [1299.5, 19.99, nil, nil])
        #expect(items.map(\.isAvailable) == [true, false, true, true])
        #expect(items.map(\.variantGroup) == ["0012", "0012", "7", "9"])
        // All columns that mean nothing else, and those of which a title is joined.
        #expect(items[0].attributes == ["colour": "Blue", "name": "Shirt, \"slim\" fit", "fabric": "cotton"])
        #expect(items[2].attributes == ["colour": "Blue", "name": "Blue"])
        #expect(
            try items.map { try dataset.pictureContent($0.pictureDigest) }
                == ["shop/img/a.jpg", "shop/img/b.jpg", "shop/img/c.jpg", nil])
        let found = try dataset.reader.outfits()
        #expect(found.map(\.id) == ["0001", "0002"])
        #expect(found.map(\.items) == [[0, 2], [3, 1]])
        #expect(found.map(\.statedSplit) == [.train, .validation])
        #expect(
            try dataset.refusals() == [
                "shop/data/products.csv: 9-01: price is not a number",
                "shop/data/products.csv: line 8: row has more or fewer fields than the header",
                "shop/data/outfits.csv: 0003: tomorrow: outfit states an unknown split",
                "shop/data/outfits.csv: 0003: tomorrow: outfit states an unknown split",
                "shop/data/products.csv: 8-01: item without a category",
                "shop/data/products.csv: 9-01: img/missing.jpg: item names a picture that no archive holds",
                "shop/data/outfits.csv: 0002: unheard-of: outfit names unknown item",
                "shop/data/outfits.csv: 0003: 8-01: outfit names unknown item",
                "shop/data/outfits.csv: 0003: outfit has fewer than two known items",
            ])
    }

    @Test func readsAHeaderWhoseSeparatorDiffersFromTheRows() throws {
        let bench = try IngestBench()
        let table = "sku;family;kind\n1,Tops,Shirts\n2,Shoes,Boots\n"
        let dataset = try bench.ingest([try bench.archive("t.tar", [.init("products.csv", table)])]) { parameters in
            parameters.tables.products.id = "sku"
            parameters.tables.products.category = ["family", "kind"]
        }
        #expect(try dataset.reader.items().map(\.categoryPath) == [["Tops", "Shirts"], ["Shoes", "Boots"]])
        #expect(try dataset.count("archives.0.counts.mismatched_headers") == 1)
    }

    @Test func badRowsAreRefusedByLine() throws {
        let bench = try IngestBench()
        let table =
            Array("sku\tfamily\n1\tTops\n2\t".utf8) + [0xFF, 0xFE] + Array("\n\tTops\n3\tShoes\textra\n4\tBags\n".utf8)
        let dataset = try bench.ingest([try bench.archive("t.tar", [.init("products.tsv", table)])]) { parameters in
            parameters.tables.products.id = "sku"
            parameters.tables.products.category = ["family"]
        }
        #expect(try dataset.reader.items().map(\.id.rawValue) == ["1", "4"])
        #expect(
            try dataset.refusals() == [
                "products.tsv: line 3: text is not UTF-8", "products.tsv: line 4: item without an id",
                "products.tsv: line 5: row has more or fewer fields than the header",
            ])
    }

    @Test func laterArchivesAddAndCorrectWhatTheyGive() throws {
        let bench = try IngestBench()
        let tables = try bench.archive("1-tables.tar", Array(Self.members.prefix(2)))
        let pictures = try bench.archive("2-pictures.zip", Array(Self.members.dropFirst(2)), format: .zip)
        let correction = try bench.archive(
            "3-correction.tar.xz",
            [
                .init(
                    "products.csv", "sku,price,fabric,family\n0012-02,7.5,,\n11-01,3,silk,Bags\n7-01,2,linen,Skirts\n"),
                .init("outfits.csv", "outfit,sku\n0001,11-01\n0001,0012-02\n0004,11-01\n0004,9-01\n"),
                .picture("new/shop/img/b.jpg", "another photograph"),
            ], filter: .xz)
        let dataset = try bench.ingest([tables, pictures, correction], Self.map)
        let catalog = try dataset.reader.catalog()
        #expect(catalog.items.map(\.id.rawValue) == ["0012-01", "0012-02", "11-01", "7-01", "9-01"])
        let red = catalog.items[1]
        #expect(red.price == 7.5)
        #expect(red.title == "Red Two\nlines")
        #expect(red.categoryPath == ["Tops", "Shirts"])
        // A column that is given and empty takes away; one that is not given takes nothing away.
        #expect(red.attributes == ["colour": "Red", "name": "Two\nlines"])
        #expect(try dataset.pictureContent(red.pictureDigest) == "another photograph")
        #expect(try dataset.pictureContent(catalog.items[0].pictureDigest) == "shop/img/a.jpg")
        #expect(catalog.outfits.map(\.id) == ["0001", "0002", "0004"])
        #expect(catalog.outfits.map(\.items) == [[2, 1], [4, 1], [2, 4]])
        #expect(try dataset.count("items.corrected") == 2)
        #expect(try dataset.count("outfits.corrected") == 1)
    }

    @Test func picturesAreFoundThoughFoldersDifferAtTheFront() throws {
        let bench = try IngestBench()
        let table = """
            sku,family,file
            1,Tops,/home/me/shop/img/1.jpg
            2,Tops,2.jpg
            3,Tops,other/img/3.jpg
            4,Tops,./img/4.jpg
            5,Tops,C:\\shop\\img\\5.jpg
            6,Tops,img/same.jpg

            """
        let archive = try bench.archive(
            "t.tar",
            [
                .init("products.csv", table), .picture("shop/img/1.jpg"), .picture("shop/img/2.jpg"),
                .picture("wrong-img/1.jpg"), .picture("ximg/3.jpg"), .picture("shop/img/4.jpg"),
                .picture("shop/img/5.jpg"),
                .picture("a/img/same.jpg"), .picture("img/same.jpg"),
            ])
        let dataset = try bench.ingest([archive]) { parameters in
            parameters.tables.products.id = "sku"
            parameters.tables.products.category = ["family"]
            parameters.tables.products.picture = "file"
        }
        #expect(
            try dataset.reader.items().map { try dataset.pictureContent($0.pictureDigest) } == [
                "shop/img/1.jpg", "shop/img/2.jpg", nil, "shop/img/4.jpg", "shop/img/5.jpg", "img/same.jpg",
            ])
    }

    @Test func theLastOfSeveralRowsOfAnItemWinsAndIsCounted() throws {
        let bench = try IngestBench()
        let table = "sku,family\n1,Tops\n2,Shoes\n1,Bags\n"
        let dataset = try bench.ingest([try bench.archive("t.tar", [.init("products.csv", table)])]) { parameters in
            parameters.tables.products.id = "sku"
            parameters.tables.products.category = ["family"]
        }
        #expect(try dataset.reader.items().map(\.categoryPath) == [["Bags"], ["Shoes"]])
        #expect(try dataset.count("items.repeated_in_archive") == 1)
        #expect(try dataset.refusals().isEmpty)
    }

    @Test func aMappedColumnThatNoTableHasIsNamed() throws {
        let bench = try IngestBench()
        let archive = try bench.archive("shop.tar", Self.members)
        let wrongID = #expect(throws: IngestError.self) {
            try bench.ingest([archive]) {
                Self.map(&$0)
                $0.tables.products.id = "SKU"
            }
        }
        guard case .missingColumn(_, "shop/data/products.csv", "SKU", let header) = wrongID else {
            Issue.record("another error: \(String(describing: wrongID))")
            return
        }
        #expect(header.contains("sku"))
        #expect(
            wrongID?.description.contains("no column 'SKU'; did you mean 'sku'? (the header has: sku, family") == true)
        let wrongPicture = #expect(throws: IngestError.self) {
            try bench.ingest([archive]) {
                Self.map(&$0)
                $0.tables.products.picture = "flie"
            }
        }
        #expect(
            wrongPicture?.description
                == "'ingest.tables.products.picture' names the column 'flie', which no table has; did you mean 'file'? "
                + "(there are: colour, fabric, family, file, kind, name, price, sku, stock)")
        let keys: [(String, (inout TableMapping) -> Void)] = [
            ("products.category", { $0.products.category = ["family", "photo"] }),
            ("products.available.column", { $0.products.available.column = "photo" }),
            (
                "products.derived.line.column",
                {
                    var part = ColumnPart()
                    part.column = "photo"
                    $0.products.derived["line"] = part
                }
            ),
            ("outfits.split", { $0.outfits.split = "photo" }),
        ]
        for (key, change) in keys {
            let error = #expect(throws: IngestError.self) {
                try bench.ingest([archive]) {
                    Self.map(&$0)
                    change(&$0.tables)
                }
            }
            #expect(error?.description.hasPrefix("'ingest.tables.\(key)' names the column 'photo', which") == true)
        }
    }

    @Test func productsWhoseIdsAreNotMappedAreAskedFor() throws {
        let bench = try IngestBench()
        let archive = try bench.archive("shop.tar", Self.members)
        let error = #expect(throws: IngestError.self) {
            try bench.ingest([archive]) {
                Self.map(&$0)
                $0.tables.products.id = ""
            }
        }
        #expect(error == .noItems(isUnmapped: true))
        #expect(error?.description.contains("where ingest.tables.products.id names its column of ids") == true)
    }

    @Test func tooManyRefusalsFailTheStageWithTheirReasons() throws {
        let bench = try IngestBench()
        let archive = try bench.archive("shop.tar", Self.members)
        let error = #expect(throws: IngestError.self) {
            try bench.ingest([archive]) {
                Self.map(&$0)
                $0.quarantineFractionLimit = 0.4
            }
        }
        guard case .tooManyQuarantined(let summary) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(summary.refusedCount == 8)
        // Six rows of products, seven memberships, four pictures.
        #expect(summary.subjectCount == 17)
        #expect(summary.lines.map(\.count) == [2, 2, 1, 1, 1, 1])
        #expect(summary.lines[0].reason == .unknownSplit)
        #expect(summary.lines[0].example == "shop.tar: shop/data/outfits.csv: 0003: tomorrow")
    }

    @Test(arguments: [
        ("", "it is empty"), ("\u{1F}\u{8B}\u{8}", "it is gzip"), ("PK\u{3}\u{4}", "it is a workbook or a zip file"),
        ("sku,caf\u{E9}\n", "its header is not UTF-8"),
        ("s\0k\0u\0,\0f\0\n\0", "its header holds zero bytes, as UTF-16"),
    ])
    func aTableThatIsNoneSaysWhatItIs(_ table: String, _ words: String) throws {
        let bench = try IngestBench()
        let bytes = table.unicodeScalars.map { UInt8($0.value) }
        let archive = try bench.archive("t.tar", [.init("products.csv", bytes)])
        let error = try #require(throws: IngestError.self) { try bench.ingest([archive], IngestBench.mapSkus) }
        #expect(error.description.hasPrefix("t.tar: entry 'products.csv': " + words), "\(error)")
    }

    @Test(arguments: [
        ("19.99", PriceCase.amount(19.99)), ("1,299.00", .amount(1299)), ("19,99 €", .amount(19.99)),
        ("$5", .amount(5)),
        ("USD 7", .amount(7)), ("1.234,50", .amount(1234.5)), ("1,299", .amount(1299)),
        ("1,234,567.5", .amount(1_234_567.5)),
        ("1e3", .amount(1000)), ("1.2345678E7", .amount(12_345_678)), ("EUR 2.5E+2", .amount(250)),
        ("5E-1", .amount(0.5)),
        ("₹500", .amount(500)), ("₺1.299,00", .amount(1299)), ("12 zł", .amount(12)),
        ("1\u{202F}299,00\u{A0}€", .amount(1299)), ("CHF 1'299.50", .amount(1299.5)), ("1’299’000", .amount(1_299_000)),
        ("12'50", .unreadable), ("1'29", .unreadable), ("₹", .none),
        ("1 299,50 kr.", .amount(1299.5)), ("Rs. 500", .amount(500)), ("5 E", .amount(5)), ("1e999", .unreadable),
        ("1,5e3", .unreadable),
        ("12a5", .unreadable), ("0x1F", .unreadable), ("12€50", .unreadable), ("2 for 10", .unreadable),
        ("1.2.3", .unreadable), ("", .none), (" ", .none), ("cheap", .unreadable), ("-3", .unreadable),
    ])
    func pricesAreReadAsShopsWriteThem(_ text: String, _ expected: PriceCase) throws {
        let bench = try IngestBench()
        let table = "sku;family;price\n1;Tops;\(text)\n2;Tops;1\n"
        let dataset = try bench.ingest([try bench.archive("t.tar", [.init("products.csv", table)])]) { parameters in
            parameters.tables.products.id = "sku"
            parameters.tables.products.category = ["family"]
            parameters.tables.products.price = "price"
            parameters.tables.delimiter = .semicolon
        }
        #expect(try dataset.reader.items()[0].price == expected.amount)
        #expect(try dataset.refusals().count == (expected == .unreadable ? 1 : 0))
    }

    enum PriceCase: Equatable {
        case none
        case amount(Double)
        case unreadable

        var amount: Double? {
            if case .amount(let value) = self { return value }
            return nil
        }
    }
}
