#include "kernels_cloth.h"
#include "vector_clones.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

typedef float pixel __attribute__((vector_size(16), aligned(4), may_alias));

VECTOR_CLONES
void atelier_interleave(const float *lightness, const float *a, const float *b, const float *weight, size_t count,
                        float *pixels, float *weighted) {
    for (size_t i = 0; i < count; i++) {
        const float w = weight[i];
        pixels[4 * i] = lightness[i];
        pixels[4 * i + 1] = a[i];
        pixels[4 * i + 2] = b[i];
        pixels[4 * i + 3] = w;
        weighted[4 * i] = lightness[i] * w;
        weighted[4 * i + 1] = a[i] * w;
        weighted[4 * i + 2] = b[i] * w;
        weighted[4 * i + 3] = w;
    }
}

enum { ROWS = 4 };

// Running sums along `rows` rows side by side, since each addition of a row waits for the one before.
__attribute__((always_inline)) static inline void sums_along_rows(const pixel *from, size_t width, size_t radius,
                                                                  size_t rows, pixel *sums) {
    pixel sum[ROWS] = {{0}};
    for (size_t x = 0; x < radius && x < width; x++)
        for (size_t r = 0; r < rows; r++) sum[r] += from[r * width + x];
    for (size_t x = 0; x < width; x++) {
        if (x + radius < width)
            for (size_t r = 0; r < rows; r++) sum[r] += from[r * width + x + radius];
        if (x > radius)
            for (size_t r = 0; r < rows; r++) sum[r] -= from[r * width + x - radius - 1];
        for (size_t r = 0; r < rows; r++) sums[r * width + x] = sum[r];
    }
}

VECTOR_CLONES
static void add_row(float *restrict running, const float *restrict row, size_t count) {
    for (size_t i = 0; i < count; i++) running[i] += row[i];
}

VECTOR_CLONES
static void subtract_row(float *restrict running, const float *restrict row, size_t count) {
    for (size_t i = 0; i < count; i++) running[i] -= row[i];
}

void atelier_blurred_colours(const float *weighted, size_t width, size_t height, size_t radius, float *scratch,
                             float *blurred) {
    const size_t length = 4 * width;
    float *rows = scratch, *running = scratch + length * height;
    size_t y = 0;
    for (; y + ROWS <= height; y += ROWS)
        sums_along_rows((const pixel *)(weighted + y * length), width, radius, ROWS, (pixel *)(rows + y * length));
    for (; y < height; y++)
        sums_along_rows((const pixel *)(weighted + y * length), width, radius, 1, (pixel *)(rows + y * length));
    memset(running, 0, length * sizeof *running);
    for (y = 0; y < radius && y < height; y++) add_row(running, rows + y * length, length);
    for (y = 0; y < height; y++) {
        if (y + radius < height) add_row(running, rows + (y + radius) * length, length);
        if (y > radius) subtract_row(running, rows + (y - radius - 1) * length, length);
        pixel *target = (pixel *)(blurred + y * length);
        const pixel *sums = (const pixel *)running;
        const pixel none = {0};
        for (size_t x = 0; x < width; x++) {
            const float total = sums[x][3];
            target[x] = total > 0.01f ? sums[x] / total : none;
        }
    }
}

void atelier_octave_energy(const float *finer, const float *coarser, const float *weight, size_t count,
                           float *lightness, float *chroma) {
    float energy = *lightness, colour = *chroma;
    for (size_t i = 0; i < count; i++) {
        const float w = weight[i];
        if (w <= 0) continue;
        const pixel d = *(const pixel *)(finer + 4 * i) - *(const pixel *)(coarser + 4 * i);
        energy += w * d[0] * d[0];
        colour += w * (d[1] * d[1] + d[2] * d[2]);
    }
    *lightness = energy;
    *chroma = colour;
}

VECTOR_CLONES
void atelier_first_plane(const float *pixels, size_t count, float *plane) {
    for (size_t i = 0; i < count; i++) plane[i] = pixels[4 * i];
}

void atelier_slow_part_removed(const float *pixels, const float *blurred, size_t count, float *differences,
                               float *products) {
    pixel first = {0}, second = {0};
    const pixel none = {0};
    for (size_t i = 0; i < count; i++) {
        const pixel here = *(const pixel *)(pixels + 4 * i);
        const float w = here[3];
        if (w <= 0) {
            *(pixel *)(differences + 4 * i) = none;
            continue;
        }
        const pixel d = here - *(const pixel *)(blurred + 4 * i);
        *(pixel *)(differences + 4 * i) = d;
        const pixel wd = d * w;
        const pixel left = {wd[0], wd[0], wd[0], wd[1]}, right = {d[0], d[1], d[2], d[1]};
        const pixel left2 = {wd[1], wd[2], 0, 0}, right2 = {d[2], d[2], 0, 0};
        first += left * right;
        second += left2 * right2;
    }
    for (int k = 0; k < 4; k++) products[k] = first[k];
    products[4] = second[0];
    products[5] = second[1];
}

void atelier_along_axis(const float *differences, const float *weight, size_t count, const float *axis, float *detail,
                        float *squares, float *total) {
    float sum = 0, weights = 0;
    for (size_t i = 0; i < count; i++) {
        const float *d = differences + 4 * i;
        const float value = weight[i] > 0 ? axis[0] * d[0] + axis[1] * d[1] + axis[2] * d[2] : 0;
        detail[i] = value;
        if (weight[i] > 0) {
            sum += weight[i] * value * value;
            weights += weight[i];
        }
    }
    *squares = sum;
    *total = weights;
}

void atelier_turned(const float *values, const bool *inside, size_t width, size_t height, float *turned_values,
                    bool *turned_inside) {
    enum { TILE = 16 };
    for (size_t top = 0; top < height; top += TILE) {
        const size_t bottom = top + TILE < height ? top + TILE : height;
        for (size_t x = 0; x < width; x++) {
            for (size_t y = top; y < bottom; y++) {
                turned_values[x * height + y] = values[y * width + x];
                turned_inside[x * height + y] = inside[y * width + x];
            }
        }
    }
}

VECTOR_CLONES
void atelier_sides(const float *values, const bool *inside, size_t count, float limit, bool *above, bool *below) {
    const uint8_t *in = (const uint8_t *)inside;
    uint8_t *lighter = (uint8_t *)above, *darker = (uint8_t *)below;
    for (size_t i = 0; i < count; i++) {
        lighter[i] = (uint8_t)(in[i] & (values[i] > limit));
        darker[i] = (uint8_t)(in[i] & (values[i] < -limit));
    }
}

VECTOR_CLONES
static void add_places(const float *values, const uint8_t *inside, size_t count, float *sums, float *squares,
                       float *seen) {
    for (size_t n = 0; n < count; n++) {
        const float value = inside[n] ? values[n] : 0;
        sums[n] += value;
        squares[n] += value * value;
        seen[n] += (float)inside[n];
    }
}

void atelier_line_variance(const float *values, const bool *inside, size_t line_count, size_t length, size_t piece,
                           float *scratch, float *explained, float *squares) {
    const size_t pieces = (length + piece - 1) / piece;
    memset(scratch, 0, 3 * line_count * pieces * sizeof *scratch);
    for (size_t k = 0; k < length; k++) {
        float *sums = scratch + k / piece * 3 * line_count;
        add_places(values + k * line_count, (const uint8_t *)inside + k * line_count, line_count, sums,
                   sums + line_count, sums + 2 * line_count);
    }
    float of_means = 0, of_places = 0;
    for (size_t n = 0; n < line_count; n++) {
        for (size_t p = 0; p < pieces; p++) {
            const float *sums = scratch + p * 3 * line_count + n;
            const float sum = sums[0], seen = sums[2 * line_count];
            if (seen < 3) continue;
            of_means += sum * sum / seen;
            of_places += sums[line_count];
        }
    }
    *explained = of_means;
    *squares = of_places;
}

VECTOR_CLONES
static void add_changes(const float *values, const uint8_t *inside, size_t count, const float *means, float dead,
                        float *last, float *changes) {
    for (size_t n = 0; n < count; n++) {
        const float difference = values[n] - means[n];
        float side = difference > dead ? 1.0f : difference < -dead ? -1.0f : 0.0f;
        side = inside[n] ? side : 0.0f;
        // The product is -1 where the side is another one, 0 where either is none.
        changes[n] += side * last[n] < 0 ? 1.0f : 0.0f;
        last[n] = side != 0 ? side : last[n];
    }
}

size_t atelier_alternations(const float *values, const bool *inside, size_t line_count, size_t length, float dead,
                            float *scratch, float *changes) {
    float *means = scratch, *squares = means + line_count, *seen = squares + line_count, *last = seen + line_count;
    memset(scratch, 0, 4 * line_count * sizeof *scratch);
    memset(changes, 0, line_count * sizeof *changes);
    const uint8_t *in = (const uint8_t *)inside;
    for (size_t k = 0; k < length; k++)
        add_places(values + k * line_count, in + k * line_count, line_count, means, squares, seen);
    for (size_t n = 0; n < line_count; n++) means[n] = seen[n] > 0 ? means[n] / seen[n] : 0;
    for (size_t k = 0; k < length; k++)
        add_changes(values + k * line_count, in + k * line_count, line_count, means, dead, last, changes);
    size_t kept = 0;
    for (size_t n = 0; n < line_count; n++) {
        if (seen[n] * 3 >= (float)length && seen[n] > 4) changes[kept++] = changes[n];
    }
    return kept;
}
