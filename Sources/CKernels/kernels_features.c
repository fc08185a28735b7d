#include "kernels_features.h"
#include "vector_clones.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

// sRGB's transfer function without the C library's `pow`, whose last bit differs between versions:
// x^2.4 = x^2 * (x^2)^(1/5), the fifth root by Newton's method in doubles.
static float linear_value(int byte) {
    double c = byte / 255.0;
    if (c <= 0.04045) return (float)(c / 12.92);
    double x = (c + 0.055) / 1.055, square = x * x, root = 0.9;
    for (int i = 0; i < 40; i++) root = (4 * root + square / (root * root * root * root)) / 5;
    return (float)(square * root);
}

static float linear_table[256];

__attribute__((constructor)) static void fill_linear_table(void) {
    for (int i = 0; i < 256; i++) linear_table[i] = linear_value(i);
}

// The cube root of a positive number: a guess from the exponent, then two steps of Halley's method.
static inline float cube_root(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = bits / 3 + 709921077u;
    float t;
    memcpy(&t, &bits, sizeof t);
    for (int i = 0; i < 2; i++) {
        float cube = t * t * t;
        t = t * (cube + 2 * x) / (2 * cube + x);
    }
    return t;
}

static inline float lab_curve(float x) {
    float root = cube_root(x > 0.008856452f ? x : 0.008856452f);
    float line = 7.787037f * x + 0.13793103f;
    return x > 0.008856452f ? root : line;
}

VECTOR_CLONES
void atelier_lab_from_srgb(const uint8_t *rgb, size_t count, float *lightness, float *a, float *b) {
    for (size_t i = 0; i < count; i++) {
        lightness[i] = linear_table[rgb[3 * i]];
        a[i] = linear_table[rgb[3 * i + 1]];
        b[i] = linear_table[rgb[3 * i + 2]];
    }
    for (size_t i = 0; i < count; i++) {
        float red = lightness[i], green = a[i], blue = b[i];
        float x = lab_curve(0.43395275f * red + 0.37621936f * green + 0.18982789f * blue);
        float y = lab_curve(0.21267290f * red + 0.71515220f * green + 0.07217490f * blue);
        float z = lab_curve(0.01775658f * red + 0.10946890f * green + 0.87277452f * blue);
        lightness[i] = 116 * y - 16;
        a[i] = 500 * (x - y);
        b[i] = 200 * (y - z);
    }
}

VECTOR_CLONES
void atelier_background_distance(const float *lightness, const float *a, const float *b, size_t width, size_t height,
                                 const float *columns, const float *rows, float *distance, float *lightening) {
    const float *planes[3] = {lightness, a, b};
    size_t count = width * height;
    for (size_t i = 0; i < count; i++) distance[i] = 0;
    for (int channel = 0; channel < 3; channel++) {
        const float *plane = planes[channel];
        const float *left = columns + channel * height, *right = columns + (3 + channel) * height;
        const float *top = rows + channel * width, *bottom = rows + (3 + channel) * width;
        float top_left = (left[0] + top[0]) / 2, top_right = (right[0] + top[width - 1]) / 2;
        float bottom_left = (left[height - 1] + bottom[0]) / 2;
        float bottom_right = (right[height - 1] + bottom[width - 1]) / 2;
        float factor = channel == 0 ? 1 : 2;
        for (size_t y = 0; y < height; y++) {
            float v = height > 1 ? (float)y / (float)(height - 1) : 0;
            float start = left[y] - ((1 - v) * top_left + v * bottom_left);
            float end = right[y] - ((1 - v) * top_right + v * bottom_right);
            float across = width > 1 ? 1 / (float)(width - 1) : 0;
            for (size_t x = 0; x < width; x++) {
                float u = (float)x * across;
                float background = (1 - u) * start + u * end + (1 - v) * top[x] + v * bottom[x];
                float difference = plane[y * width + x] - background;
                distance[y * width + x] += factor * difference * difference;
                if (channel == 0) lightening[y * width + x] = difference;
            }
        }
    }
    for (size_t i = 0; i < count; i++) distance[i] = __builtin_sqrtf(distance[i]);
}

VECTOR_CLONES
void atelier_gradients(const float *plane, size_t width, size_t height, float *horizontal, float *vertical) {
    for (size_t y = 0; y < height; y++) {
        const float *row = plane + y * width;
        const float *above = y > 0 ? row - width : row, *below = y + 1 < height ? row + width : row;
        float *across = horizontal + y * width, *down = vertical + y * width;
        for (size_t x = 0; x < width; x++) down[x] = (below[x] - above[x]) * 0.5f;
        for (size_t x = 1; x + 1 < width; x++) across[x] = (row[x + 1] - row[x - 1]) * 0.5f;
        across[0] = width > 1 ? (row[1] - row[0]) * 0.5f : 0;
        if (width > 1) across[width - 1] = (row[width - 1] - row[width - 2]) * 0.5f;
    }
}

enum { ROWS = 8 };

// Sums over 2 * radius + 1 neighbours along each row, clipped: running sums, so that the cost does not grow; of several
// rows side by side, since each addition waits for the one before.
__attribute__((always_inline)) static inline void sums_along_rows(const float *plane, size_t width, size_t radius,
                                                                  size_t rows, float *sums) {
    float sum[ROWS] = {0};
    for (size_t x = 0; x < radius && x < width; x++)
        for (size_t r = 0; r < rows; r++) sum[r] += plane[r * width + x];
    for (size_t x = 0; x < width; x++) {
        if (x + radius < width)
            for (size_t r = 0; r < rows; r++) sum[r] += plane[r * width + x + radius];
        if (x > radius)
            for (size_t r = 0; r < rows; r++) sum[r] -= plane[r * width + x - radius - 1];
        for (size_t r = 0; r < rows; r++) sums[r * width + x] = sum[r];
    }
}

static void row_sums(const float *plane, size_t width, size_t height, size_t radius, float *sums) {
    size_t y = 0;
    for (; y + ROWS <= height; y += ROWS) sums_along_rows(plane + y * width, width, radius, ROWS, sums + y * width);
    for (; y < height; y++) sums_along_rows(plane + y * width, width, radius, 1, sums + y * width);
}

VECTOR_CLONES
static void column_sums(const float *plane, size_t width, size_t height, size_t radius, float *running, float *sums) {
    for (size_t x = 0; x < width; x++) running[x] = 0;
    for (size_t y = 0; y < radius && y < height; y++)
        for (size_t x = 0; x < width; x++) running[x] += plane[y * width + x];
    for (size_t y = 0; y < height; y++) {
        if (y + radius < height)
            for (size_t x = 0; x < width; x++) running[x] += plane[(y + radius) * width + x];
        if (y > radius)
            for (size_t x = 0; x < width; x++) running[x] -= plane[(y - radius - 1) * width + x];
        for (size_t x = 0; x < width; x++) sums[y * width + x] = running[x];
    }
}

VECTOR_CLONES
void atelier_weighted_blur(const float *plane, const float *weight, size_t width, size_t height, size_t radius,
                           float *scratch, float *blurred) {
    size_t count = width * height;
    float *weighted = scratch, *rows = scratch + count, *weights = scratch + 2 * count, *running = scratch + 3 * count;
    row_sums(weight, width, height, radius, rows);
    column_sums(rows, width, height, radius, running, weights);
    for (size_t i = 0; i < count; i++) weighted[i] = plane[i] * weight[i];
    row_sums(weighted, width, height, radius, rows);
    column_sums(rows, width, height, radius, running, blurred);
    for (size_t i = 0; i < count; i++) blurred[i] = weights[i] > 0.01f ? blurred[i] / weights[i] : 0;
}

// Angle of a direction as a share of half a turn, 0..<1; good to 1e-4.
static inline float orientation(float x, float y) {
    float ax = x < 0 ? -x : x, ay = y < 0 ? -y : y;
    float small = ax < ay ? ax : ay, large = ax < ay ? ay : ax;
    float q = large > 0 ? small / large : 0, s = q * q;
    float angle = (((-0.0464964749f * s + 0.15931422f) * s - 0.327622764f) * s * q + q) * 0.318309886f;
    if (ay > ax) angle = 0.5f - angle;
    if ((x < 0) != (y < 0) && angle > 0) angle = 1 - angle;
    return angle >= 1 ? 0 : angle;
}

enum { PIXELS = 128 };

// Votes of some pixels: how much each casts, and where it points in units of bins.
VECTOR_CLONES
static void orientation_votes(const float *horizontal, const float *vertical, const float *weight, size_t count,
                              float bin_count, float *votes, float *positions) {
    for (size_t i = 0; i < count; i++) {
        const float square = horizontal[i] * horizontal[i] + vertical[i] * vertical[i];
        const float vote = __builtin_sqrtf(square) * weight[i];
        votes[i] = weight[i] > 0 && square >= 0.01f ? vote : 0;
        positions[i] = orientation(horizontal[i], vertical[i]) * bin_count;
    }
}

void atelier_orientation_histograms(const float *horizontal, const float *vertical, const float *weight, size_t width,
                                    size_t left, size_t top, size_t box_width, size_t box_height, size_t cell_rows,
                                    size_t cell_columns, size_t bin_count, float *histogram) {
    float votes[PIXELS], positions[PIXELS];
    for (size_t y = 0; y < box_height; y++) {
        float *cells = histogram + y * cell_rows / box_height * cell_columns * bin_count;
        const size_t row = (top + y) * width + left;
        for (size_t start = 0; start < box_width; start += PIXELS) {
            const size_t count = start + PIXELS < box_width ? PIXELS : box_width - start;
            const size_t first = row + start;
            orientation_votes(horizontal + first, vertical + first, weight + first, count, (float)bin_count, votes,
                              positions);
            // The cell that column `start + i` lies in, and the first column that does not.
            size_t column = start * cell_columns / box_width;
            size_t end = ((column + 1) * box_width + cell_columns - 1) / cell_columns;
            for (size_t i = 0; i < count; i++) {
                if (start + i == end) {
                    column++;
                    end = ((column + 1) * box_width + cell_columns - 1) / cell_columns;
                    // A box of fewer pixels than cells leaves some out.
                    while (start + i == end) end = ((++column + 1) * box_width + cell_columns - 1) / cell_columns;
                }
                if (votes[i] == 0) continue;
                float *cell = cells + column * bin_count;
                size_t bin = (size_t)positions[i];
                const float share = positions[i] - (float)bin;
                bin = bin < bin_count ? bin : bin_count - 1;
                cell[bin] += votes[i] * (1 - share);
                cell[bin + 1 < bin_count ? bin + 1 : 0] += votes[i] * share;
            }
        }
    }
}

// One bit for each neighbour that is brighter than a pixel by more than the threshold.
VECTOR_CLONES
static void pattern_codes(const float *plane, const long *steps, float threshold, size_t count, unsigned char *codes) {
    for (size_t i = 0; i < count; i++) {
        const float limit = plane[i] + threshold;
        unsigned code = 0;
        for (int k = 0; k < 8; k++) code |= (unsigned)(plane[(long)i + steps[k]] > limit) << k;
        codes[i] = (unsigned char)code;
    }
}

void atelier_local_patterns(const float *plane, const float *weight, size_t width, size_t height, size_t radius,
                            float threshold, float *counts) {
    // Around the circle; the four diagonals stand at the nearest pixel.
    long r = (long)radius, d = radius == 1 ? 1 : (long)(radius * 0.7071f + 0.5f), w = (long)width;
    long steps[8] = {r, d * w + d, r * w, d * w - d, -r, -d * w - d, -r * w, -d * w + d};
    if (height <= 2 * radius || width <= 2 * radius) {
        for (size_t i = 0; i < width * height; i++) counts[0] += weight[i];
        return;
    }
    unsigned char class_of_code[256];
    for (unsigned code = 0; code < 256; code++) {
        unsigned rotated = ((code << 1) | (code >> 7)) & 255;
        int changes = __builtin_popcount(code ^ rotated);
        class_of_code[code] = changes <= 2 ? (unsigned char)__builtin_popcount(code) : 9;
    }
    unsigned char codes[PIXELS];
    for (size_t y = radius; y + radius < height; y++) {
        const size_t end = (y + 1) * width - radius;
        for (size_t first = y * width + radius; first < end; first += PIXELS) {
            const size_t count = first + PIXELS < end ? PIXELS : end - first;
            pattern_codes(plane + first, steps, threshold, count, codes);
            for (size_t i = 0; i < count; i++) {
                if (weight[first + i] > 0) counts[class_of_code[codes[i]]] += weight[first + i];
            }
        }
    }
}

// The centre at or below each value, at most the last but one, and the share of the next one.
VECTOR_CLONES
static void centres_below(const float *values, size_t count, const float *centres, size_t centre_count, int32_t *below,
                          float *shares) {
    for (size_t i = 0; i < count; i++) {
        below[i] = 0;
        shares[i] = (values[i] - centres[0]) / (centres[1] - centres[0]);
    }
    for (size_t k = 1; k + 1 < centre_count; k++) {
        for (size_t i = 0; i < count; i++) {
            const float share = (values[i] - centres[k]) / (centres[k + 1] - centres[k]);
            below[i] = values[i] >= centres[k] ? (int32_t)k : below[i];
            shares[i] = values[i] >= centres[k] ? share : shares[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        shares[i] = values[i] <= centres[0] ? 0 : values[i] >= centres[centre_count - 1] ? 1 : shares[i];
    }
}

void atelier_colour_histogram(const float *lightness, const float *a, const float *b, const float *weight, size_t count,
                              const float *lightness_centres, size_t lightness_count, const float *chroma_centres,
                              size_t chroma_count, float *histogram) {
    int32_t below[3][PIXELS];
    float shares[3][PIXELS];
    for (size_t first = 0; first < count; first += PIXELS) {
        const size_t length = first + PIXELS < count ? PIXELS : count - first;
        centres_below(lightness + first, length, lightness_centres, lightness_count, below[0], shares[0]);
        centres_below(a + first, length, chroma_centres, chroma_count, below[1], shares[1]);
        centres_below(b + first, length, chroma_centres, chroma_count, below[2], shares[2]);
        for (size_t i = 0; i < length; i++) {
            const float w = weight[first + i];
            if (w <= 0) continue;
            const float sl = shares[0][i], sa = shares[1][i], sb = shares[2][i];
            for (size_t l = 0; l < 2; l++) {
                const float wl = w * (l ? sl : 1 - sl);
                float *plane = histogram
                    + (((size_t)below[0][i] + l) * chroma_count + (size_t)below[1][i]) * chroma_count + below[2][i];
                plane[0] += wl * (1 - sa) * (1 - sb);
                plane[1] += wl * (1 - sa) * sb;
                plane[chroma_count] += wl * sa * (1 - sb);
                plane[chroma_count + 1] += wl * sa * sb;
            }
        }
    }
}

static inline int32_t cell_index(float value, float offset, float scale) {
    const float position = (value + offset) * scale;
    return (int32_t)(position <= 0 ? 0 : position >= 15 ? 15 : position);
}

VECTOR_CLONES
static void cell_indexes(const float *lightness, const float *a, const float *b, size_t count, int32_t *cells) {
    for (size_t i = 0; i < count; i++) {
        cells[i] = cell_index(lightness[i], 0, 0.16f) * 256 + cell_index(a[i], 96, 1 / 12.0f) * 16
                   + cell_index(b[i], 96, 1 / 12.0f);
    }
}

void atelier_colour_cells(const float *lightness, const float *a, const float *b, const float *weight, size_t count,
                          float *cells) {
    int32_t indexes[PIXELS];
    for (size_t first = 0; first < count; first += PIXELS) {
        const size_t length = first + PIXELS < count ? PIXELS : count - first;
        cell_indexes(lightness + first, a + first, b + first, length, indexes);
        for (size_t k = 0; k < length; k++) {
            const size_t i = first + k;
            if (weight[i] <= 0) continue;
            float *sums = cells + 4 * (size_t)indexes[k];
            sums[0] += weight[i];
            sums[1] += weight[i] * lightness[i];
            sums[2] += weight[i] * a[i];
            sums[3] += weight[i] * b[i];
        }
    }
}

VECTOR_CLONES
void atelier_palette_distances(const float *anchor, const float *palettes, size_t count, float *distances) {
    for (size_t p = 0; p < count; p++) {
        const float *other = palettes + 20 * p;
        float nearest_other[5], nearest_anchor[5];
        for (int j = 0; j < 5; j++) nearest_anchor[j] = 1e12f;
        for (int i = 0; i < 5; i++) {
            float nearest = 1e12f;
            for (int j = 0; j < 5; j++) {
                float dl = anchor[5 + i] - other[5 + j], da = anchor[10 + i] - other[10 + j];
                float db = anchor[15 + i] - other[15 + j];
                float square = dl * dl + da * da + db * db;
                nearest = square < nearest ? square : nearest;
                nearest_anchor[j] = square < nearest_anchor[j] ? square : nearest_anchor[j];
            }
            nearest_other[i] = nearest;
        }
        float sum = 0;
        for (int i = 0; i < 5; i++)
            sum += anchor[i] * __builtin_sqrtf(nearest_other[i]) + other[i] * __builtin_sqrtf(nearest_anchor[i]);
        distances[p] = sum * 0.5f;
    }
}
