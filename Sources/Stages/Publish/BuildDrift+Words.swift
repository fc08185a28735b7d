internal import Compatibility

extension BuildDrift {
    /// What a person should look at before trusting the new build: a line each.
    func warnings(since build: String) -> [String] {
        var lines = losses().map { change in
            let before = "\(Self.points(change.before ?? 0)) % in build \(build)"
            guard let now = change.now else {
                return "feature block '\(change.block)' is gone (missing for \(before)); check the archives' "
                    + "pictures and columns, and featurize's encoders"
            }
            return "feature block '\(change.block)' is missing for \(Self.points(now)) % of the items (\(before)); "
                + "check the archives' pictures and columns, and the table 'quarantine' of the build's catalog.sqlite"
        }
        if let scores, scores.level == .major {
            let hundredths = Int((scores.stabilityIndex * 100).rounded())
            let index = "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
            lines.append(
                "the scores of the lists moved since build \(build): population stability index \(index), major above "
                    + "0.25; set thresholds on scores anew")
        }
        return lines
    }

    private static func points(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
