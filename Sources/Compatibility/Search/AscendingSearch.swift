extension RandomAccessCollection where Element: Comparable, Index == Int {
    /// The first position whose element is not below `element`; the elements ascend. O(log n).
    func lowerBound(of element: Element) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
