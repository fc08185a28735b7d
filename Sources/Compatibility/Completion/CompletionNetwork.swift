package import LinearAlgebra

/// A network from a candidate's features to how well it completes an outfit. A layer sees each pair with an item of the rest
/// before they are pooled (Zaheer et al., 2017, Deep Sets), two see the candidate:
///
///     h = ReLU(p C + x D + c E + d F + s) for every pair p of a candidate x, of content c, with an item of content d
///     z = x, mean of h, greatest of h
///     a = dropout(ReLU(z A + t)),  b = ReLU(a B + q),  score = b · w + r
package struct CompletionNetwork: Sendable, Equatable {
    /// Columns of x, p, c and d, h, a and b, and where the parameters lie.
    package struct Shape: Sendable, Equatable {
        package let inputs: Int
        package let pairInputs: Int
        package let contentInputs: Int
        package let pairUnits: Int
        package let hidden: Int
        package var second: Int { max(1, hidden / 2) }
        /// Columns of what is pooled: means and greatest.
        var pooled: Int { 2 * pairUnits }

        package init(inputs: Int, pairInputs: Int, contentInputs: Int, pairUnits: Int, hidden: Int) {
            self.inputs = inputs
            self.pairInputs = pairInputs
            self.contentInputs = contentInputs
            self.pairUnits = pairUnits
            self.hidden = hidden
        }

        /// C, D, E, F, s, A, t, B, q, w, r; the rows of A for x come first.
        package var parts: [(name: String, range: Range<Int>)] {
            let sizes = [
                ("pair weights", pairInputs * pairUnits), ("pair candidate weights", inputs * pairUnits),
                ("pair candidate content weights", contentInputs * pairUnits),
                ("pair item content weights", contentInputs * pairUnits), ("pair bias", pairUnits),
                ("first weights", (inputs + pooled) * hidden), ("first bias", hidden),
                ("second weights", hidden * second), ("second bias", second), ("last weights", second),
                ("last bias", 1),
            ]
            var start = 0
            return sizes.map { name, size in
                defer { start += size }
                return (name, start..<start + size)
            }
        }

        package var parameterCount: Int { parts.last?.range.upperBound ?? 0 }
    }

    package let shape: Shape
    package var parameters: [Float]

    init(shape: Shape, parameters: [Float]) {
        precondition(parameters.count == shape.parameterCount, "parameters of another shape")
        self.shape = shape
        self.parameters = parameters
    }

    /// Weights with twice the variance that keeps a linear layer's (He et al., 2015), biases 0.
    package init(shape: Shape, random: inout RandomStream) {
        self.init(shape: shape, parameters: [Float](repeating: 0, count: shape.parameterCount))
        let ofPair = shape.pairInputs + shape.inputs + 2 * shape.contentInputs
        for (name, inputs) in [
            ("pair weights", ofPair), ("pair candidate weights", ofPair),
            ("pair candidate content weights", ofPair), ("pair item content weights", ofPair),
            ("first weights", shape.inputs + shape.pooled),
            ("second weights", shape.hidden), ("last weights", shape.second),
        ] {
            let deviation = (2 / Float(inputs)).squareRoot()
            guard let part = shape.parts.first(where: { $0.name == name }) else { continue }
            for place in part.range { parameters[place] = random.normal() * deviation }
        }
    }
}

/// Rows for a network, standardised.
struct CompletionInputs {
    /// count x `Shape.inputs`.
    let whole: UnsafePointer<Float>
    /// Of all rows the pairs: `ends[count - 1]` x `Shape.pairInputs`.
    let pairs: UnsafePointer<Float>
    /// Where the pairs of each row end; each has one at least.
    let ends: [Int32]
    /// Of each row's candidate, count x `Shape.contentInputs`.
    let candidateContent: UnsafePointer<Float>
    /// Of the items of all rests, one after another: `itemCount` x `Shape.contentInputs`.
    let itemContent: UnsafePointer<Float>
    let itemCount: Int
    /// Of each row where the items of its rest begin.
    let items: [Int32]

    var count: Int { ends.count }
    var pairCount: Int { Int(ends.last ?? 0) }
}
