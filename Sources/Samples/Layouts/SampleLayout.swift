/// How a sample archive is laid out inside; the layouts of the public datasets.
package enum SampleLayout: String, Sendable, CaseIterable {
    case tables
    case polyvoreOutfits = "polyvore-outfits"
    case marylandPolyvore = "maryland-polyvore"
}
