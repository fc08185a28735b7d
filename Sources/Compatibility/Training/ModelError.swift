package import LinearAlgebra

/// Why bytes are no model, or a model does not fit the data at hand.
package enum ModelError: Error, Sendable, Equatable {
    case container(SafeTensorsError)
    /// Written by another version of the format.
    case unknownVersion(String)
    /// A field of the description is missing or does not parse.
    case damagedDescription(String)
    /// The bytes of the tensors are not those that were written.
    case damagedTensors
    /// A parameter is not a finite number.
    case notFinite(member: Int)
    /// The loaded model does not give the outputs that were recorded when it was trained.
    case probeMismatch(largestDifference: Float)
    /// The features at hand lack a block that the model was trained on, or have it in another width or kind.
    case featureMismatch(block: String)
    /// The features at hand have another number of items than the model's item embeddings.
    case itemCountMismatch(model: Int, features: Int)
    /// Models of different categories cannot be one.
    case categoryMismatch
}
