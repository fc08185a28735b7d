/// How a property's name is written in the job file.
enum ParameterKey {
    /// `batchSize` is `batch_size`, `outfitID` is `outfit_id`. What is already in small letters stays as it is.
    static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        var key = ""
        for (position, letter) in letters.enumerated() {
            guard letter.isUppercase else {
                key.append(letter)
                continue
            }
            let afterSmall = position > 0 && letters[position - 1] != "_" && !letters[position - 1].isUppercase
            let endsCapitals =
                position > 0 && letters[position - 1].isUppercase
                && position + 1 < letters.count && letters[position + 1].isLowercase
            if afterSmall || endsCapitals { key.append("_") }
            key.append(letter.lowercased())
        }
        return key
    }
}
