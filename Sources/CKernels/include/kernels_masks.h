#ifndef ATELIER_KERNELS_MASKS_H
#define ATELIER_KERNELS_MASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Loops over sets of pixels and over the borders of a picture. As in kernels_features.h, no sum is reassociated.

/// Set pixels side by side in one row, `start` ..< `end`, and the connected region that they belong to.
typedef struct {
    int32_t start;
    int32_t end;
    int32_t region;
} atelier_run;

/// The runs of a set of pixels, ascending, at most (width + 1) / 2 * height of them. Regions hang together by edges, and
/// by `corners` too where asked; they are numbered in the order of their first pixel, and `region_count` gets how many
/// there are. Returns the number of runs.
size_t atelier_find_runs(const bool *members, size_t width, size_t height, bool corners, atelier_run *runs,
                         size_t *region_count);

/// Set pixels all of whose four neighbours are set; pixels of the border never are. Returns how many there are.
size_t atelier_eroded(const bool *members, size_t width, size_t height, bool *eroded);

/// 1 for a set pixel, 0 for another. Returns how many are set.
size_t atelier_weights(const bool *members, size_t count, float *weights);

/// Where a flood of the backdrop may go: `steps` (squared) below `step_limit`, and either nearer to the backdrop than
/// `alike`, or, where shadows are allowed, within `depth` below and `glow` above it at a squared distance in colour
/// below `colour_limit`.
void atelier_passable(const float *steps, const float *distance, const float *lightening, size_t count, float alike,
                      float step_limit, bool allows_shadow, float depth, float glow, float colour_limit,
                      bool *passable);

/// The sum over the set pixels of `values`, each cut at `limit`.
float atelier_masked_sum(const float *values, const bool *members, size_t count, float limit);

/// The squared values of the set pixels, 0 for others.
void atelier_masked_squares(const float *values, const bool *members, size_t count, float *squares);

/// Set pixels whose value is below `share` of the typical one, where that is above `least`.
void atelier_below_share(const float *values, const float *typical, const bool *members, size_t count, float share,
                         float least, bool *below);

/// The value that would stand at `rank` were the values sorted; changes their order. `count` > `rank`.
float atelier_ranked(float *values, size_t count, size_t rank);

/// A running median over half the profile, at some twenty places with lines between them. At the ends the window
/// shrinks evenly, to a quarter at least. `scratch` holds `count` floats; a profile of at most four stays as it is.
void atelier_smoothed_profile(const float *profile, size_t count, float *scratch, float *smoothed);

#endif
