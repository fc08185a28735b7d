import Stages
import Testing

@Test func numbersInNamesCompareByTheirValue() {
    // Of equal values the one with more zeros comes first: no digit is a smaller byte.
    let ordered = [
        "", "catalogue", "catalogue-01.tar", "catalogue-1.tar", "catalogue-2.tar", "catalogue-2a.tar",
        "catalogue-10.tar", "catalogue-2026-9-30.tar", "catalogue-2026-11-01.tar",
        "catalogue-99999999999999999999999.tar", "catalogue.tar", "catalogues-1.tar",
    ]
    for names in [ordered, ordered.reversed(), ordered.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }] {
        #expect(names.sorted { NumberedName($0) < NumberedName($1) } == ordered)
    }
}
