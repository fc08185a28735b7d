/// Synthetic outfit archives with a planted style structure.
package enum SampleArchives {}
