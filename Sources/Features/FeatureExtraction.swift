/// Extraction of features from pictures and words.
package enum FeatureExtraction {}
