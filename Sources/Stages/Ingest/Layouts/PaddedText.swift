extension String {
    /// Without spaces before and behind: columns that were padded to one width, and lists with a space after each comma. Names
    /// and ids are compared, and `shoes ` is meant to be `shoes`; what is inside stays, and so do line breaks and tabs, which
    /// an id is refused for.
    var unpadded: String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .spaceSeparator }
        var scalars = unicodeScalars[...].drop(while: isSpace)
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        return scalars.count == unicodeScalars.count ? self : String(scalars)
    }
}
