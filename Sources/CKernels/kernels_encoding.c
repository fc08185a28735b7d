#include "kernels_encoding.h"
#include "vector_clones.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#pragma clang fp contract(off)

enum { PRECISION = 32 - 8 - 2 };

/// The source places that make each result along one axis, and their weights. All results have `count` places, so that
/// the loops over them do not branch; places beyond a filter's end have no weight.
typedef struct {
    int *first;
    int32_t *weights;
    int count;
} taps;

static double support_of(atelier_filter filter) {
    return filter == ATELIER_FILTER_BOX ? 0.5 : filter == ATELIER_FILTER_BILINEAR ? 1.0 : 2.0;
}

static double weight_of(atelier_filter filter, double x) {
    if (filter == ATELIER_FILTER_BOX) return x > -0.5 && x <= 0.5 ? 1 : 0;
    if (x < 0) x = -x;
    if (filter == ATELIER_FILTER_BILINEAR) return x < 1 ? 1 - x : 0;
    const double a = -0.5;
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

static void free_taps(taps *t) {
    free(t->first);
    free(t->weights);
}

static int make_taps(taps *t, atelier_filter filter, int size, int scaled, int start, int count) {
    const double scale = (double)size / scaled;
    const double filter_scale = scale < 1 ? 1 : scale;
    const double support = support_of(filter) * filter_scale;
    const double inverse = 1.0 / filter_scale;
    t->count = (int)ceil(support) * 2 + 1;
    if (t->count > size) t->count = size;
    const size_t places = (size_t)t->count;
    t->first = malloc((size_t)count * sizeof *t->first);
    t->weights = calloc((size_t)count * places, sizeof *t->weights);
    double *exact = malloc(places * sizeof *exact);
    if (!t->first || !t->weights || !exact) {
        free(exact);
        return 0;
    }
    int used = 1;
    for (int i = 0; i < count; i++) {
        const double center = (start + i + 0.5) * scale;
        int first = (int)(center - support + 0.5);
        if (first < 0) first = 0;
        int end = (int)(center + support + 0.5);
        if (end > size) end = size;
        double total = 0;
        for (int x = first; x < end; x++) {
            exact[x - first] = weight_of(filter, (x - center + 0.5) * inverse);
            total += exact[x - first];
        }
        for (int k = 0; k < end - first; k++) {
            const double weight = total == 0 ? exact[k] : exact[k] / total;
            t->weights[(size_t)i * places + (size_t)k] =
                (int32_t)((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION));
        }
        t->first[i] = first;
        if (end - first > used) used = end - first;
    }
    // As many places as the widest result uses; where they would leave the source, earlier ones without weight.
    for (int i = 0; i < count; i++) {
        const int excess = t->first[i] + used > size ? t->first[i] + used - size : 0;
        const int32_t *from = t->weights + (size_t)i * places;
        int32_t *to = t->weights + (size_t)i * (size_t)used;
        memmove(to + excess, from, (size_t)(used - excess) * sizeof *to);
        memset(to, 0, (size_t)excess * sizeof *to);
        t->first[i] -= excess;
    }
    t->count = used;
    free(exact);
    return 1;
}

static inline uint8_t clipped(int32_t sum) {
    const int32_t value = sum >> PRECISION;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

typedef uint8_t byte4 __attribute__((vector_size(4)));
typedef uint32_t word4 __attribute__((vector_size(16)));
typedef int32_t int4 __attribute__((vector_size(16)));

/// One row along x. `row` must be followed by one readable byte and `target` by one that is overwritten: a pixel is read
/// and written with its right neighbour's first byte.
__attribute__((always_inline)) static inline void row_of_taps(
    const uint8_t *row, const taps *columns, int tap_count, int count, uint8_t *target) {
    const int32_t *weights = columns->weights;
    for (int i = 0; i < count; i++, weights += tap_count) {
        const uint8_t *pixel = row + (size_t)columns->first[i] * 3;
        // Unsigned, since the neighbour's sum, which is not used, may wrap.
        word4 sum = {1 << (PRECISION - 1), 1 << (PRECISION - 1), 1 << (PRECISION - 1), 0};
        for (int k = 0; k < tap_count; k++) {
            byte4 bytes;
            memcpy(&bytes, pixel + (size_t)k * 3, 4);
            sum += __builtin_convertvector(bytes, word4) * (uint32_t)weights[k];
        }
        int4 value = (int4)sum >> PRECISION;
        value = value & ~(value >> 31);
        value = (value | ((255 - value) >> 31)) & 255;
        const byte4 bytes = __builtin_convertvector(value, byte4);
        memcpy(target + (size_t)i * 3, &bytes, 4);
    }
}

VECTOR_CLONES
static void resample_row(const uint8_t *row, const taps *columns, int count, uint8_t *target) {
    switch (columns->count) {
        case 1: row_of_taps(row, columns, 1, count, target); break;
        case 2: row_of_taps(row, columns, 2, count, target); break;
        case 3: row_of_taps(row, columns, 3, count, target); break;
        case 4: row_of_taps(row, columns, 4, count, target); break;
        case 5: row_of_taps(row, columns, 5, count, target); break;
        case 6: row_of_taps(row, columns, 6, count, target); break;
        default: row_of_taps(row, columns, columns->count, count, target);
    }
}

/// One row of results from `tap_count` rows of `count` bytes each.
__attribute__((always_inline)) static inline void column_of_taps(
    const uint8_t *restrict rows, const int32_t *weights, int tap_count, uint8_t *restrict target, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int32_t sum = 1 << (PRECISION - 1);
        for (int k = 0; k < tap_count; k++) sum += weights[k] * rows[(size_t)k * count + i];
        target[i] = clipped(sum);
    }
}

VECTOR_CLONES
static void add_weighted(int32_t *restrict sums, const uint8_t *restrict row, int32_t weight, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] += weight * row[i];
}

VECTOR_CLONES
static void clip_row(const int32_t *restrict sums, uint8_t *restrict target, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = clipped(sums[i]);
}

VECTOR_CLONES
static void resample_column(
    const uint8_t *rows, const int32_t *weights, int tap_count, int32_t *sums, uint8_t *target, size_t count) {
    switch (tap_count) {
        case 1: column_of_taps(rows, weights, 1, target, count); return;
        case 2: column_of_taps(rows, weights, 2, target, count); return;
        case 3: column_of_taps(rows, weights, 3, target, count); return;
        case 4: column_of_taps(rows, weights, 4, target, count); return;
        case 5: column_of_taps(rows, weights, 5, target, count); return;
        default: break;
    }
    for (size_t i = 0; i < count; i++) sums[i] = 1 << (PRECISION - 1);
    for (int k = 0; k < tap_count; k++) add_weighted(sums, rows + (size_t)k * count, weights[k], count);
    clip_row(sums, target, count);
}

int atelier_resample(
    const uint8_t *source, int width, int height, atelier_filter filter, int scaled_width, int scaled_height, int left,
    int top, uint8_t *target, int target_width, int target_height) {
    taps columns = {0}, rows = {0};
    const size_t source_bytes = (size_t)width * 3, row_bytes = (size_t)target_width * 3;
    uint8_t *narrow = NULL, *padded = calloc(source_bytes + 1, 1);
    int32_t *sums = malloc(row_bytes * sizeof *sums);
    int is_done = padded && sums && make_taps(&columns, filter, width, scaled_width, left, target_width)
        && make_taps(&rows, filter, height, scaled_height, top, target_height);
    if (is_done) {
        const int first = rows.first[0];
        const int end = rows.first[target_height - 1] + rows.count;
        narrow = malloc((size_t)(end - first) * row_bytes + 1);
        is_done = narrow != NULL;
        for (int y = first; is_done && y < end; y++) {
            uint8_t *row = narrow + (size_t)(y - first) * row_bytes;
            const uint8_t *from = source + (size_t)y * source_bytes;
            if (width == scaled_width) {
                memcpy(row, from + (size_t)left * 3, row_bytes);
                continue;
            }
            // Nothing follows the last row.
            if (y == height - 1) from = memcpy(padded, from, source_bytes);
            resample_row(from, &columns, target_width, row);
        }
        for (int y = 0; is_done && y < target_height; y++) {
            const uint8_t *row = narrow + (size_t)(rows.first[y] - first) * row_bytes;
            if (height == scaled_height) {
                memcpy(target + (size_t)y * row_bytes, narrow + (size_t)(top + y - first) * row_bytes, row_bytes);
                continue;
            }
            const int32_t *weights = rows.weights + (size_t)y * (size_t)rows.count;
            resample_column(row, weights, rows.count, sums, target + (size_t)y * row_bytes, row_bytes);
        }
    }
    free_taps(&columns);
    free_taps(&rows);
    free(narrow);
    free(padded);
    free(sums);
    return is_done;
}

void atelier_whiten_backdrop(uint8_t *rgb, uint64_t pixel_count, const uint8_t *backdrop, int near, int far) {
    for (uint64_t i = 0; i < pixel_count; i++) {
        uint8_t *pixel = rgb + i * 3;
        int distance = 0;
        for (int c = 0; c < 3; c++) {
            const int d = abs((int)pixel[c] - (int)backdrop[c]);
            if (d > distance) distance = d;
        }
        if (distance >= far) continue;
        const int weight = distance <= near ? far - near : far - distance;
        for (int c = 0; c < 3; c++) {
            const int value = pixel[c] + ((255 - backdrop[c]) * weight + (far - near) / 2) / (far - near);
            pixel[c] = value > 255 ? 255 : (uint8_t)value;
        }
    }
}

static void count_levels(const uint8_t *rgb, int pixel_count, uint32_t counts[2][3 * 256]) {
    // Two tables in turns, since neighbours are mostly alike and would wait for each other.
    for (int i = 0; i < pixel_count; i++) {
        uint32_t *table = counts[i & 1];
        table[rgb[3 * i]]++;
        table[256 + rgb[3 * i + 1]]++;
        table[512 + rgb[3 * i + 2]]++;
    }
}

uint64_t atelier_frame_levels(const uint8_t *rgb, int width, int height, int depth, uint32_t *counts) {
    uint32_t tables[2][3 * 256] = {{0}};
    const int is_whole = 2 * depth >= width;
    uint64_t pixel_count = 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = rgb + (size_t)y * (size_t)width * 3;
        if (is_whole || y < depth || y >= height - depth) {
            count_levels(row, width, tables);
            pixel_count += (uint64_t)width;
        } else {
            count_levels(row, depth, tables);
            count_levels(row + (size_t)(width - depth) * 3, depth, tables);
            pixel_count += 2 * (uint64_t)depth;
        }
    }
    for (int k = 0; k < 3 * 256; k++) counts[k] = tables[0][k] + tables[1][k];
    return pixel_count;
}

static void fill(float *values, float value, int count) {
    for (int i = 0; i < count; i++) values[i] = value;
}

static void plane_from_window(
    const uint8_t *channel, int window_width, int window_height, int x, int y, int width, int height, float bar,
    const float *table, float *plane) {
    fill(plane, bar, y * width);
    float *row = plane + (size_t)y * (size_t)width;
    for (int j = 0; j < window_height; j++, row += width) {
        fill(row, bar, x);
        for (int i = 0; i < window_width; i++, channel += 3) row[x + i] = table[*channel];
        fill(row + x + window_width, bar, width - x - window_width);
    }
    fill(row, bar, (height - y - window_height) * width);
}

void atelier_input_from_window(
    const uint8_t *window, int window_width, int window_height, int x, int y, int width, int height,
    const uint8_t *bar_colour, const int *order, const float *table, int is_planar, float *input) {
    const size_t place_count = (size_t)width * (size_t)height;
    if (is_planar) {
        for (int k = 0; k < 3; k++)
            plane_from_window(window + order[k], window_width, window_height, x, y, width, height,
                              table[k * 256 + bar_colour[order[k]]], table + k * 256, input + (size_t)k * place_count);
        return;
    }
    for (size_t i = 0; i < place_count; i++) {
        for (int k = 0; k < 3; k++) input[3 * i + (size_t)k] = table[k * 256 + bar_colour[order[k]]];
    }
    for (int j = 0; j < window_height; j++) {
        float *row = input + 3 * ((size_t)(y + j) * (size_t)width + (size_t)x);
        for (int i = 0; i < window_width; i++, window += 3) {
            for (int k = 0; k < 3; k++) row[3 * i + k] = table[k * 256 + window[order[k]]];
        }
    }
}
