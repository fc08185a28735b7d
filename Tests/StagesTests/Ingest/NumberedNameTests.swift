import Stages
import Testing

@Test func numbersInNamesCompareByTheirValue() {
    // Of equal values the one with more zeros comes first: no digit is a smaller byte.
    let ordered = [
        "", "catalogue", "catalogue.tar", "catalogue-01.tar", "catalogue-1.tar", "catalogue-2.tar", "catalogue-2a.tar",
        "catalogue-10.tar", "catalogue-2026-9-30.tar", "catalogue-2026-11-01.tar",
        "catalogue-99999999999999999999999.tar", "catalogues-1.tar",
    ]
    for names in [ordered, ordered.reversed(), ordered.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }] {
        #expect(names.sorted { NumberedName($0) < NumberedName($1) } == ordered)
    }
}

@Test func fileThatOthersAreNamedAfterComesFirst() {
    let orders = [
        [
            "shop.tar.zst", "shop (1).tar.zst", "shop-2.zip", "shop-10.tar.gz", "shop.2026.7z", "shop2.zip",
            "shop_new.zip",
        ],
        ["2026.11.9", "2026.11.10", "2026.12"], ["a/x.zip", "a/x-2.zip", "a-2/x.zip", "a.old/x.zip"],
        ["X.TAR.GZ", "X-2.TAR.GZ"], ["x.tar", "x.tar.gz", "x.zip"], [".hidden", "hidden"],
    ]
    for ordered in orders {
        #expect(ordered.reversed().sorted { NumberedName($0) < NumberedName($1) } == ordered)
    }
}
