/// Cuts texts into the numbered pieces that a model was trained on.
package protocol TextTokenizer: Sendable {
    /// The numbers of a text's tokens, the model's opening and closing tokens among them; at most `limit` of them, of
    /// which the text's own are cut off at its end.
    ///
    /// Everything in `text` is text: what looks like a special token is cut up like any other word.
    func tokenIDs(of text: String, limit: Int) -> [Int]

    /// The greatest number that the vocabulary gives.
    var greatestID: Int { get }
    /// What rows are filled up with where the model takes rows of one length.
    var paddingID: Int { get }
    /// The token that ends a text.
    var endID: Int { get }
    /// The most tokens that such models take, where nothing else is said.
    var standardLimit: Int { get }
    /// The vocabulary file, for errors.
    var vocabularyPath: String { get }
    /// A token's spelling in the vocabulary.
    func spelling(of id: Int) -> String?
}

/// The spelling of a token as bytes. Swift's strings take "é" for the same however it is composed; vocabularies do not.
struct TokenSpelling: Hashable {
    let bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
    }
}
