private import Foundation

/// A choice among candidates whose log-odds are linear in their features (McFadden, 1974), fitted by Newton's method.
///
///     p(choice c of example x) = exp(f_c · θ) / Σ_d exp(f_d · θ)
///
/// with a ridge that pulls θ towards where it started: what the examples do not tell stays as it was. The loss is convex, so
/// the result does not depend on the path. Everything is computed in 64 bits, in one order.
package struct ConditionalLogit {
    /// Features of a candidate; every candidate has as many.
    package let featureCount: Int
    private(set) var features: [Double] = []
    /// The candidates of example `x` are `offsets[x]..<offsets[x + 1]`; the first is the one that was chosen.
    private(set) var offsets = [0]

    package init(featureCount: Int) {
        self.featureCount = featureCount
    }

    package var exampleCount: Int { offsets.count - 1 }

    /// - Parameter candidates: the chosen one's features first, `featureCount` values each.
    package mutating func append(candidates: [[Double]]) {
        for candidate in candidates {
            precondition(candidate.count == featureCount, "\(candidate.count) features, not \(featureCount)")
            features += candidate
        }
        offsets.append(offsets[exampleCount] + candidates.count)
    }

    /// The mean negative log-likelihood at `theta`.
    package func loss(_ theta: [Double]) -> Double {
        guard exampleCount > 0 else { return 0 }
        var sum = 0.0
        for example in 0..<exampleCount { sum += choices(example, theta).loss }
        return sum / Double(exampleCount)
    }

    /// The best parameters from `start`.
    ///
    /// - Parameters:
    ///   - ridge: of each parameter.
    ///   - isFree: parameters that may move.
    package func fitted(from start: [Double], ridge: [Double], isFree: [Bool]) -> [Double] {
        var theta = start
        let free = isFree.indices.filter { isFree[$0] }
        guard exampleCount > 0, !free.isEmpty else { return theta }
        func objective(_ theta: [Double]) -> Double {
            loss(theta) + free.reduce(0) { $0 + ridge[$1] * (theta[$1] - start[$1]) * (theta[$1] - start[$1]) / 2 }
        }
        var value = objective(theta)
        for _ in 0..<100 {
            var (gradient, hessian) = derivatives(theta, free)
            for (place, parameter) in free.enumerated() {
                gradient[place] += ridge[parameter] * (theta[parameter] - start[parameter])
                hessian[place * free.count + place] += ridge[parameter] + 1e-9
            }
            guard let step = Self.solve(hessian, gradient) else { return theta }
            // Newton's step, halved until the loss falls.
            var share = 1.0
            var moved = theta
            var movedValue = value
            repeat {
                moved = theta
                for (place, parameter) in free.enumerated() { moved[parameter] -= share * step[place] }
                movedValue = objective(moved)
                share /= 2
            } while !(movedValue < value) && share > 1e-6
            guard movedValue < value else { return theta }
            let gain = value - movedValue
            (theta, value) = (moved, movedValue)
            if gain < 1e-12 { return theta }
        }
        return theta
    }

    /// The best parameters from `start` of which some are not below 0: the lowest that would be is held at 0, one by one.
    package func fitted(from start: [Double], ridge: Double, nonNegative: Range<Int>) -> [Double] {
        var start = start
        let ridge = [Double](repeating: ridge, count: start.count)
        var isFree = [Bool](repeating: true, count: start.count)
        while true {
            let theta = fitted(from: start, ridge: ridge, isFree: isFree)
            guard let worst = nonNegative.filter({ theta[$0] < 0 }).min(by: { theta[$0] < theta[$1] }) else {
                return theta
            }
            isFree[worst] = false
            start[worst] = 0
        }
    }

    private func choices(_ example: Int, _ theta: [Double]) -> (shares: [Double], loss: Double) {
        let range = offsets[example]..<offsets[example + 1]
        var shares = range.map { candidate in
            (0..<featureCount).reduce(0.0) { $0 + features[candidate * featureCount + $1] * theta[$1] }
        }
        guard let highest = shares.max(), let chosen = shares.first else { return ([], 0) }
        var sum = 0.0
        for index in shares.indices {
            shares[index] = exp(shares[index] - highest)
            sum += shares[index]
        }
        for index in shares.indices { shares[index] /= sum }
        return (shares, log(sum) + highest - chosen)
    }

    /// Of the mean negative log-likelihood, by the free parameters.
    private func derivatives(_ theta: [Double], _ free: [Int]) -> (gradient: [Double], hessian: [Double]) {
        let count = free.count
        var gradient = [Double](repeating: 0, count: count)
        var hessian = [Double](repeating: 0, count: count * count)
        var mean = [Double](repeating: 0, count: count)
        for example in 0..<exampleCount {
            let (shares, _) = choices(example, theta)
            for index in mean.indices { mean[index] = 0 }
            for (place, share) in shares.enumerated() {
                let start = (offsets[example] + place) * featureCount
                for (row, parameter) in free.enumerated() { mean[row] += share * features[start + parameter] }
            }
            for (place, share) in shares.enumerated() {
                let start = (offsets[example] + place) * featureCount
                for (row, parameter) in free.enumerated() {
                    let left = features[start + parameter] - mean[row]
                    for column in 0...row {
                        hessian[row * count + column] += share * left * (features[start + free[column]] - mean[column])
                    }
                }
            }
            let chosen = offsets[example] * featureCount
            for (row, parameter) in free.enumerated() { gradient[row] += mean[row] - features[chosen + parameter] }
        }
        let scale = 1 / Double(exampleCount)
        for row in 0..<count {
            gradient[row] *= scale
            for column in 0...row {
                hessian[row * count + column] *= scale
                hessian[column * count + row] = hessian[row * count + column]
            }
        }
        return (gradient, hessian)
    }

    /// x of A x = b for a symmetric positive definite A (Cholesky); nil where it is not.
    static func solve(_ matrix: [Double], _ right: [Double]) -> [Double]? {
        let count = right.count
        var lower = matrix
        for column in 0..<count {
            for row in column..<count {
                var sum = lower[row * count + column]
                for inner in 0..<column { sum -= lower[row * count + inner] * lower[column * count + inner] }
                if row == column {
                    guard sum > 0 else { return nil }
                    lower[row * count + column] = sum.squareRoot()
                } else {
                    lower[row * count + column] = sum / lower[column * count + column]
                }
            }
        }
        var solution = right
        for row in 0..<count {
            for column in 0..<row { solution[row] -= lower[row * count + column] * solution[column] }
            solution[row] /= lower[row * count + row]
        }
        for row in (0..<count).reversed() {
            for column in row + 1..<count { solution[row] -= lower[column * count + row] * solution[column] }
            solution[row] /= lower[row * count + row]
        }
        return solution
    }
}
