internal import Compatibility
internal import Features
internal import LinearAlgebra
internal import Pipeline

/// What both training stages read: the catalogue, features and labels as `TrainingData`.
struct TrainingInputs {
    let catalog: OutfitCatalog
    let features: FeatureSet
    let labelled: LabelledOutfits

    init(_ context: StageContext) throws {
        catalog = try CatalogReader(folder: context.input("catalog")).catalog()
        features = try FeatureFiles(ArtifactFiles(context.input("features"))).read()
        labelled = try LabelFiles(ArtifactFiles(context.input("labels"))).read()
    }

    func traits(_ settings: TrainParameters, attributes: AttributeSelection) -> ItemTraits {
        ItemTraits(
            catalog, familyLevel: settings.training.negatives.familyLevel, attributes: { attributes.contains($0) })
    }

    func data(_ settings: TrainParameters, mined: MinedSet?, clusters: ItemGroups? = nil) -> TrainingData {
        let negatives = settings.training.negatives
        let level = negatives.familyLevel
        let family = ItemGroups(items: catalog.items, level: level == 0 ? .max : level)
        var groups = NegativeGroups(family: family, cluster: clusters, mined: mined)
        if !settings.contextAttribute.isEmpty {
            let context = ItemGroups(keys: catalog.items.map { $0.attributes[settings.contextAttribute] ?? "" })
            groups.context = family.divided(by: context)
        }
        if negatives.colourMatched > 0, let palette = features.palette {
            groups.colour = ColourMatches(
                similarity: palette, groups: ItemGroups(groupOfItem: catalog.categoryOfItem),
                seed: settings.training.seed)
        }
        return TrainingData(
            features: features, categories: catalog.categories, categoryOfItem: catalog.categoryOfItem,
            training: labelled.outfits(in: .train), validation: labelled.outfits(in: .validation),
            groups: groups, variants: VariantGroups(catalog))
    }
}
