#ifndef ATELIER_KERNELS_FEATURES_H
#define ATELIER_KERNELS_FEATURES_H

#include <stddef.h>
#include <stdint.h>

// Loops over the pixels of a small picture. None of them reassociates or contracts a sum, so that a picture's features
// are the same bytes on every processor.

/// CIELAB (D65) of `count` interleaved sRGB pixels, as three planes.
void atelier_lab_from_srgb(const uint8_t *rgb, size_t count, float *lightness, float *a, float *b);

/// Distance of each pixel from a background that is interpolated between its four borders (a Coons patch).
///
/// `columns` holds six profiles of `height` floats (left L a b, right L a b), `rows` six of `width` (top L a b, bottom
/// L a b). `distance` gets sqrt(dL^2 + 2 (da^2 + db^2)), `lightening` the signed difference in lightness.
void atelier_background_distance(const float *lightness, const float *a, const float *b, size_t width, size_t height,
                                 const float *columns, const float *rows, float *distance, float *lightening);

/// Central differences, one-sided at the borders.
void atelier_gradients(const float *plane, size_t width, size_t height, float *horizontal, float *vertical);

/// Weighted mean over a square of side 2 * radius + 1, clipped at the borders; 0 where the square has no weight.
/// `scratch` holds 4 * width * height floats.
void atelier_weighted_blur(const float *plane, const float *weight, size_t width, size_t height, size_t radius,
                           float *scratch, float *blurred);

/// Histograms of unsigned gradient orientation in `cell_rows` x `cell_columns` cells over a box, each of `bin_count`
/// bins, votes weighted by magnitude and shared between the two nearest bins. `histogram` is added to.
void atelier_orientation_histograms(const float *horizontal, const float *vertical, const float *weight, size_t width,
                                    size_t left, size_t top, size_t box_width, size_t box_height, size_t cell_rows,
                                    size_t cell_columns, size_t bin_count, float *histogram);

/// Rotation-invariant uniform local binary patterns of eight neighbours at `radius` (Ojala et al., 2002): ten counts
/// weighted by `weight`; a neighbour counts as brighter only beyond `threshold`. `counts` is added to.
void atelier_local_patterns(const float *plane, const float *weight, size_t width, size_t height, size_t radius,
                            float threshold, float *counts);

/// Soft histogram: each pixel's weight is shared, linearly in each dimension, between the centres around it.
/// `histogram` has lightness_count * chroma_count * chroma_count bins and is added to.
void atelier_colour_histogram(const float *lightness, const float *a, const float *b, const float *weight, size_t count,
                              const float *lightness_centres, size_t lightness_count, const float *chroma_centres,
                              size_t chroma_count, float *histogram);

/// Sums of weight, L, a and b in 16 x 16 x 16 cells of CIELAB (4 floats a cell; a and b from -96 to 96). Added to.
void atelier_colour_cells(const float *lightness, const float *a, const float *b, const float *weight, size_t count,
                          float *cells);

/// Distance between one palette and each of `count` others: the mean, over both sides, of each colour's CIE76 distance
/// to the nearest colour of the other side, weighted by the colours' shares.
///
/// A palette is 20 floats: 5 weights, 5 L, 5 a, 5 b; unused colours have weight 0 and a far-away lightness.
void atelier_palette_distances(const float *anchor, const float *palettes, size_t count, float *distances);

#endif
