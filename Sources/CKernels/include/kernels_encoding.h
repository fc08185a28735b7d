#ifndef ATELIER_KERNELS_ENCODING_H
#define ATELIER_KERNELS_ENCODING_H

#include <stdint.h>

typedef enum {
    ATELIER_FILTER_BOX = 0,
    ATELIER_FILTER_BILINEAR = 1,
    ATELIER_FILTER_BICUBIC = 2,
} atelier_filter;

/// Scales an interleaved 8-bit RGB picture to `scaled_width` x `scaled_height` and writes the window of the result that
/// starts at `left`, `top`. When shrinking, the filter widens with the scale, so that every source pixel counts. Columns
/// first, then rows, in fixed point with 22 bits, rounded to 8 bits between: the same bytes on every machine, and the
/// same as the `Image.resize` of Pillow before 13, with which most published encoders were trained (13 takes rows first
/// where the height shrinks much more: then single levels differ).
/// Returns 0 when there is no memory.
int atelier_resample(
    const uint8_t *source, int width, int height, atelier_filter filter, int scaled_width, int scaled_height, int left,
    int top, uint8_t *target, int target_width, int target_height);

/// Moves a picture's backdrop to white and leaves the rest: a pixel whose channels all lie within `near` of `backdrop`
/// gains what the backdrop lacks to 255, one with a channel farther than `far` gains nothing, between them linearly.
void atelier_whiten_backdrop(uint8_t *rgb, uint64_t pixel_count, const uint8_t *backdrop, int near, int far);

/// How often each level of each channel (3 x 256 counts) occurs in a picture's frame, `depth` pixels deep. Returns the
/// number of pixels in the frame: all of a picture that is narrower than two frames.
uint64_t atelier_frame_levels(const uint8_t *rgb, int width, int height, int depth, uint32_t *counts);

/// A model's input from a window of interleaved bytes and bars around it: value k of a place is table[k] at the level of
/// channel order[k]. `is_planar`: 3 x height x width, otherwise height x width x 3.
void atelier_input_from_window(
    const uint8_t *window, int window_width, int window_height, int x, int y, int width, int height,
    const uint8_t *bar_colour, const int *order, const float *table, int is_planar, float *input);

#endif
