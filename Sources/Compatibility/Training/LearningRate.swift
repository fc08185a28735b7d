private import Foundation

/// A learning rate that rises linearly over the first steps, then falls along half a cosine to its floor.
struct LearningRate {
    var peak: Double
    /// The share of all steps over which it rises.
    var warmup: Double
    /// What it ends at, as a share of its peak.
    var floor: Double

    func at(step: Int, of stepCount: Int) -> Double {
        let rising = max(1, Int(warmup * Double(stepCount)))
        if step < rising { return peak * Double(step + 1) / Double(rising) }
        let progress = Double(step - rising) / Double(max(1, stepCount - rising))
        return peak * (floor + (1 - floor) * (1 + cos(Double.pi * min(1, progress))) / 2)
    }
}

extension TrainingConfiguration {
    var rate: LearningRate {
        LearningRate(peak: learningRate, warmup: learningRateWarmup, floor: learningRateFloor)
    }
}
