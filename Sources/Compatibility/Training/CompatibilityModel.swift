package import LinearAlgebra

/// The trained type-aware compatibility embedding.
///
/// The score of items i and j of categories a and b is symmetric:
///
///     score(i, j) = s e_iᵀ M_ab e_j + bias_i + bias_j,   M_ba = M_abᵀ
///
/// with a learned scale s and one matrix for each unordered pair of categories. For a known target category it is the
/// inner product of a query row and an embedding row, so an exact inner-product index serves it. Several members (seeds)
/// are one model: their embeddings stand side by side, and the score is their mean. A company term (`CompanyTerm`) scales
/// and shifts that score, which the embeddings carry, and adds to pairs that met, which they do not.
package struct CompatibilityModel: Sendable, Equatable {
    /// Ascending by name, as in the catalogue.
    package let categories: [String]
    package let members: [ModelMember]
    /// Known inputs and their recorded outputs; checked when the model is loaded.
    package let probe: ModelProbe?
    package let company: CompanyTerm?
    /// Scores outfits where there is one; the mean over pairs does otherwise.
    package let completion: CompletionModel?

    init(
        categories: [String], members: [ModelMember], probe: ModelProbe?, company: CompanyTerm? = nil,
        completion: CompletionModel? = nil
    ) {
        self.categories = categories
        self.members = members
        self.probe = probe
        self.company = company
        self.completion = completion
    }

    /// Columns of `embeddings` and `queries`.
    package var dimension: Int { members.reduce(0) { $0 + $1.width } + (company == nil ? 0 : 2) }

    /// The models as one; their probes are dropped for one of the whole over the first one's inputs.
    package static func combined(_ models: [CompatibilityModel]) throws(ModelError) -> CompatibilityModel {
        guard let first = models.first, models.allSatisfy({ $0.categories == first.categories }) else {
            throw .categoryMismatch
        }
        let whole = CompatibilityModel(categories: first.categories, members: models.flatMap(\.members), probe: nil)
        guard let probe = first.probe else { return whole }
        return whole.with(probe: try probe.recorded(by: whole))
    }

    func with(probe: ModelProbe?) -> CompatibilityModel {
        CompatibilityModel(
            categories: categories, members: members, probe: probe, company: company, completion: completion)
    }

    func with(company: CompanyTerm?) -> CompatibilityModel {
        CompatibilityModel(
            categories: categories, members: members, probe: probe, company: company, completion: completion)
    }

    func with(completion: CompletionModel?) -> CompatibilityModel {
        CompatibilityModel(
            categories: categories, members: members, probe: probe, company: company, completion: completion)
    }

    /// - Throws: `ModelError.itemCountMismatch` where what the model knows of company is of another catalogue.
    package func requireItems(_ count: Int) throws(ModelError) {
        for known in [company?.itemCount, completion?.itemCount].compactMap(\.self) where known != count {
            throw .itemCountMismatch(model: known, features: count)
        }
    }

    /// Embeddings of all items: n x `dimension`.
    ///
    /// - Parameter categoryOfItem: unused by the content tower itself, which knows categories as features; part of the
    ///   signature so that callers state the rows they mean.
    package func embeddings(
        of features: FeatureSet, categoryOfItem: [Int], parallelism: Parallelism = .serial
    ) throws(ModelError) -> Matrix {
        precondition(categoryOfItem.count == features.itemCount, "categories of other rows")
        try requireItems(features.itemCount)
        let rows = (0..<features.itemCount).map(Int32.init)
        var parts: [Matrix] = []
        for member in members {
            let embedder = ItemEmbedder(tower: try member.tower(over: features))
            parts.append(
                member.parameters.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return Matrix(rowCount: rows.count, columnCount: 0) }
                    return embedder.embeddings(rows: rows, parameters: base, parallelism: parallelism).vectors
                })
        }
        if parts.count == 1, company == nil { return parts[0] }
        var joined = Matrix(rowCount: rows.count, columnCount: dimension)
        var column = 0
        for part in parts {
            for row in 0..<rows.count {
                for place in 0..<part.columnCount { joined[row, column + place] = part[row, place] }
            }
            column += part.columnCount
        }
        if let company {
            for row in 0..<rows.count {
                joined[row, column] = company.offsets[row]
                joined[row, column + 1] = 1
            }
        }
        return joined
    }

    /// Of each row of `embeddings` the part that lies in the shared space: what two items have in common shows there. The
    /// other columns hold biases, offsets and their ones, which would make everything look alike.
    package func sharedSpace(of embeddings: Matrix) -> Matrix {
        precondition(embeddings.columnCount == dimension, "embeddings of another width")
        var shared = Matrix(
            rowCount: embeddings.rowCount, columnCount: members.reduce(0) { $0 + $1.shape.dimension })
        for row in 0..<embeddings.rowCount {
            var (from, to) = (0, 0)
            for member in members {
                for place in 0..<member.shape.dimension { shared[row, to + place] = embeddings[row, from + place] }
                from += member.width
                to += member.shape.dimension
            }
        }
        return shared
    }

    /// Queries: rows q such that q · e(candidate of `targetCategory`) is the compatibility score.
    ///
    /// - Parameters:
    ///   - anchors: rows of `embeddings`.
    ///   - anchorCategories: of each anchor, its position in `categories`.
    ///   - withCompany: false for the score of the embeddings alone.
    package func queries(
        _ anchors: Matrix, anchorCategories: [Int], targetCategory: Int, withCompany: Bool = true
    ) -> Matrix {
        precondition(anchors.columnCount == dimension, "anchors of another width")
        precondition(anchorCategories.count == anchors.rowCount, "a category for each anchor")
        let company = withCompany ? self.company : nil
        let share = (company?.temperature ?? 1) / Float(max(1, members.count))
        var joined = Matrix(rowCount: anchors.rowCount, columnCount: dimension)
        var column = 0
        for member in members {
            let part = anchors.values.withUnsafeBufferPointer { values -> Matrix in
                guard let base = values.baseAddress else { return Matrix(rowCount: 0, columnCount: member.width) }
                return member.queries(
                    base + column, stride: dimension, count: anchors.rowCount, categories: anchorCategories,
                    target: targetCategory)
            }
            if part.columnCount == dimension { return part }
            let (width, partWidth) = (dimension, part.columnCount)
            joined.values.withUnsafeMutableBufferPointer { joined in
                part.values.withUnsafeBufferPointer { part in
                    for row in 0..<anchors.rowCount {
                        for place in 0..<partWidth {
                            joined[row * width + column + place] = part[row * partWidth + place] * share
                        }
                    }
                }
            }
            column += member.width
        }
        if company != nil {
            // The candidate's offset comes from its embedding, the anchor's own from the query.
            for row in 0..<anchors.rowCount {
                joined[row, column] = 1
                joined[row, column + 1] = anchors[row, column]
            }
        }
        return joined
    }
}
