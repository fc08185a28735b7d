import Compatibility
import LinearAlgebra
import Testing

@Test func variantsOfEarlierEntriesStandBehindAllOthersInTheirOrder() {
    let groups = VariantGroups(["a", nil, "a", "b", nil, "b", "a"])
    let list = [0, 2, 1, 5, 6, 3, 4].map { ScoredIndex(index: $0, score: Float(10 - $0)) }
    func order(_ count: Int) -> [Int32] { groups.oneOfEachFirst(list, count: count).map(\.index) }
    #expect(order(7) == [0, 1, 5, 4, 2, 6, 3])
    #expect(order(5) == [0, 1, 5, 4, 2])
    #expect(order(2) == [0, 1] && order(0).isEmpty && order(9).count == 7)
    #expect(VariantGroups([nil, nil]).oneOfEachFirst(Array(list.prefix(1)), count: 3) == Array(list.prefix(1)))
}
