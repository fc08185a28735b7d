#ifndef ATELIER_KERNELS_CLOTH_H
#define ATELIER_KERNELS_CLOTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Loops over a garment's pixels in all three planes at once: four floats a pixel, L, a, b and its weight. As in
// kernels_features.h, no sum is reassociated.

/// Three planes and the pixels' weights, side by side; and the same with L, a and b multiplied by the weight.
void atelier_interleave(const float *lightness, const float *a, const float *b, const float *weight, size_t count,
                        float *pixels, float *weighted);

/// Weighted means over a square of side 2 * radius + 1, clipped at the borders; 0 where the square has no weight; the
/// fourth float of a pixel is undefined. `scratch` holds 4 * width * (height + 1) floats.
void atelier_blurred_colours(const float *weighted, size_t width, size_t height, size_t radius, float *scratch,
                             float *blurred);

/// Weighted sums of squared differences between two pictures, L first, then a and b together. Added to.
void atelier_octave_energy(const float *finer, const float *coarser, const float *weight, size_t count,
                           float *lightness, float *chroma);

/// The first of the four floats of each pixel.
void atelier_first_plane(const float *pixels, size_t count, float *plane);

/// Pixels less their blurred ones, 0 where they have no weight, and the weighted sums of products of the differences
/// (L L, L a, L b, a a, a b, b b).
void atelier_slow_part_removed(const float *pixels, const float *blurred, size_t count, float *differences,
                               float *products);

/// Differences along an axis of colour, 0 where a pixel has no weight; the weighted sum of their squares, and the weights'.
void atelier_along_axis(const float *differences, const float *weight, size_t count, const float *axis, float *detail,
                        float *squares, float *total);

/// A matrix of `height` rows and which of its places count, turned.
void atelier_turned(const float *values, const bool *inside, size_t width, size_t height, float *turned_values,
                    bool *turned_inside);

/// Places that count and lie above a limit, or below its negative.
void atelier_sides(const float *values, const bool *inside, size_t count, float limit, bool *above, bool *below);

/// How much of the variance of lines lies in the means of their pieces of `piece` places: of each piece with at least
/// three places that count, the square of the sum over the number; and of the same pieces all squares.
///
/// Places of all lines lie side by side: place k of line n at `values[k * line_count + n]`. `scratch` holds
/// 3 * line_count * (number of pieces) floats.
void atelier_line_variance(const float *values, const bool *inside, size_t line_count, size_t length, size_t piece,
                           float *scratch, float *explained, float *squares);

/// For each line that has more than four places that count, and a third of its length: how often it changes between
/// above and below its own mean, with a dead band of `dead` to either side. Laid out as in `atelier_line_variance`.
/// `scratch` holds 4 * line_count floats. Returns the number of such lines; `changes` gets a number for each.
size_t atelier_alternations(const float *values, const bool *inside, size_t line_count, size_t length, float dead,
                            float *scratch, float *changes);

#endif
