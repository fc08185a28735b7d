package import LinearAlgebra

extension ItemGroups {
    /// Clusters by k-means on the embeddings within each category.
    ///
    /// - Parameters:
    ///   - categories: no cluster holds items of two of them.
    ///   - itemsPerCluster: on average; decides the number of clusters of a category.
    package init(
        clustering embeddings: Matrix, categories: ItemGroups, itemsPerCluster: Int, seed: UInt64,
        parallelism: Parallelism = .serial
    ) {
        var groupOfItem = [Int](repeating: 0, count: embeddings.rowCount)
        var first = 0
        for category in 0..<categories.groupCount {
            let members = categories.members(ofGroup: category).map(Int.init)
            guard !members.isEmpty else { continue }
            let clusterCount = max(1, (members.count + itemsPerCluster / 2) / itemsPerCluster)
            let clustering = KMeans(clusterCount: clusterCount, seed: seed &+ UInt64(category))
                .clusters(of: embeddings.rows(at: members), parallelism: parallelism)
            for (place, member) in members.enumerated() {
                // What is not finite is a cluster of its own, behind the others.
                let cluster = Int(clustering.assignment[place])
                groupOfItem[member] = first + (cluster < 0 ? clusterCount : cluster)
            }
            first += clusterCount + 1
        }
        self.init(groupOfItem: groupOfItem)
    }
}
