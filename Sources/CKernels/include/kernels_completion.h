#ifndef ATELIER_KERNELS_COMPLETION_H
#define ATELIER_KERNELS_COMPLETION_H

#include <stddef.h>
#include <stdint.h>

// Rows in segments: those of segment i lie between ends[i - 1], or 0, and ends[i]. No segment is empty.

/// Every row of a segment becomes the segment's row of `x` plus one of `y`, for the first row that of `starts`, then the next
/// ones in turn: `ends[count - 1]` x `width`.
void atelier_spread_rows(const float *x, const float *y, const int32_t *ends, const int32_t *starts, size_t count,
                         size_t width, float *rows);

/// The other way: to the rows of `y` are added all that they were added to.
void atelier_gather_rows(const float *rows, const int32_t *ends, const int32_t *starts, size_t count, size_t width,
                         float *y);

/// The mean of each segment's rows and beside it the greatest: `count` x (2 * width).
void atelier_pool_rows(const float *rows, const int32_t *ends, size_t count, size_t width, float *pooled);

/// Derivatives by rows that a ReLU gave, from those by what `atelier_pool_rows` made of them. The first of equal rows counts
/// as the greatest.
///
/// - `gradient`: `ends[count - 1]` x `width`, by what went into the ReLU.
/// - `sums`: `count` x `width`, the sum over each segment; until then what is left of the greatest's derivatives.
void atelier_pool_rows_gradient(const float *rows, const int32_t *ends, size_t count, size_t width, const float *pooled,
                                const float *pooled_gradient, float *gradient, float *sums);

/// sums += each of `count` rows of `width`.
void atelier_add_rows(const float *rows, size_t count, size_t width, float *sums);

/// Floats to their upper 16 bits, rounded to the nearest and halves to even: 8 significant bits (bfloat16).
void atelier_narrow(const float *x, uint16_t *output, size_t count);

/// output = clamp((x - mean) * scale, -limit, limit) over `rows` rows of narrowed floats.
///
/// `mean` and `scale` hold the row of `width` numbers `tile` times: a loop over many short rows would be mostly their ends.
void atelier_widen_standardise(const uint16_t *x, const float *mean, const float *scale, float limit, float *output,
                               size_t rows, size_t width, size_t tile);

#endif
