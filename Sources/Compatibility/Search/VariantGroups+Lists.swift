package import LinearAlgebra

extension VariantGroups {
    /// The first `count` of a list in which one variant of each model stands before all others: those stand behind the
    /// entries that are no variant of an earlier one. The order stays as it is otherwise.
    package func oneOfEachFirst(_ candidates: [ScoredIndex], count: Int) -> [ScoredIndex] {
        if members.isEmpty { return Array(candidates.prefix(count)) }
        var (first, others): ([ScoredIndex], [ScoredIndex]) = ([], [])
        var shown: Set<Int32> = []
        for candidate in candidates {
            if first.count == count { break }
            if shown.insert(self.first(of: Int(candidate.index))).inserted {
                first.append(candidate)
            } else {
                others.append(candidate)
            }
        }
        return first + others.prefix(count - first.count)
    }
}
