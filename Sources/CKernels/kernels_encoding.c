#include "kernels_encoding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define VECTOR_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define VECTOR_CLONES
#endif

#pragma clang fp contract(off)

enum { PRECISION = 32 - 8 - 2 };

/// The source places that make each result along one axis, and their weights.
typedef struct {
    int *first;
    int *count;
    int32_t *weights;
    int stride;
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
    free(t->count);
    free(t->weights);
}

static int make_taps(taps *t, atelier_filter filter, int size, int scaled, int start, int count) {
    const double scale = (double)size / scaled;
    const double filter_scale = scale < 1 ? 1 : scale;
    const double support = support_of(filter) * filter_scale;
    const double inverse = 1.0 / filter_scale;
    t->stride = (int)ceil(support) * 2 + 1;
    t->first = malloc((size_t)count * sizeof *t->first);
    t->count = malloc((size_t)count * sizeof *t->count);
    t->weights = malloc((size_t)count * (size_t)t->stride * sizeof *t->weights);
    double *exact = malloc((size_t)t->stride * sizeof *exact);
    if (!t->first || !t->count || !t->weights || !exact) {
        free(exact);
        return 0;
    }
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
            t->weights[(size_t)i * (size_t)t->stride + (size_t)k] =
                (int32_t)((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION));
        }
        t->first[i] = first;
        t->count[i] = end - first;
    }
    free(exact);
    return 1;
}

static inline uint8_t clipped(int32_t sum) {
    const int32_t value = sum >> PRECISION;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

typedef uint8_t byte4 __attribute__((vector_size(4)));
typedef uint32_t word4 __attribute__((vector_size(16)));

/// One row along x. `row` must be followed by one readable byte: a pixel is read with its right neighbour's first.
VECTOR_CLONES
static void resample_row(const uint8_t *row, const taps *columns, int count, uint8_t *target) {
    for (int i = 0; i < count; i++) {
        const int32_t *weights = columns->weights + (size_t)i * (size_t)columns->stride;
        const uint8_t *pixel = row + (size_t)columns->first[i] * 3;
        // Unsigned, since the neighbour's sum, which is not used, may wrap.
        word4 sum = {1 << (PRECISION - 1), 1 << (PRECISION - 1), 1 << (PRECISION - 1), 0};
        for (int k = 0; k < columns->count[i]; k++) {
            byte4 bytes;
            memcpy(&bytes, pixel + (size_t)k * 3, 4);
            sum += __builtin_convertvector(bytes, word4) * (uint32_t)weights[k];
        }
        for (int c = 0; c < 3; c++) target[i * 3 + c] = clipped((int32_t)sum[c]);
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

int atelier_resample(
    const uint8_t *source, int width, int height, atelier_filter filter, int scaled_width, int scaled_height, int left,
    int top, uint8_t *target, int target_width, int target_height) {
    taps columns = {0}, rows = {0};
    const size_t source_bytes = (size_t)width * 3, row_bytes = (size_t)target_width * 3;
    uint8_t *narrow = NULL, *padded = malloc(source_bytes + 1);
    int32_t *sums = malloc(row_bytes * sizeof *sums);
    int is_done = padded && sums && make_taps(&columns, filter, width, scaled_width, left, target_width)
        && make_taps(&rows, filter, height, scaled_height, top, target_height);
    if (is_done) {
        const int first = rows.first[0];
        const int end = rows.first[target_height - 1] + rows.count[target_height - 1];
        narrow = malloc((size_t)(end - first) * row_bytes);
        is_done = narrow != NULL;
        for (int y = first; is_done && y < end; y++) {
            uint8_t *row = narrow + (size_t)(y - first) * row_bytes;
            const uint8_t *from = source + (size_t)y * source_bytes;
            if (width == scaled_width) {
                memcpy(row, from + (size_t)left * 3, row_bytes);
                continue;
            }
            memcpy(padded, from, source_bytes);
            padded[source_bytes] = 0;
            resample_row(padded, &columns, target_width, row);
        }
        for (int y = 0; is_done && y < target_height; y++) {
            const uint8_t *row = narrow + (size_t)(rows.first[y] - first) * row_bytes;
            if (height == scaled_height) {
                memcpy(target + (size_t)y * row_bytes, narrow + (size_t)(top + y - first) * row_bytes, row_bytes);
                continue;
            }
            for (size_t i = 0; i < row_bytes; i++) sums[i] = 1 << (PRECISION - 1);
            const int32_t *weights = rows.weights + (size_t)y * (size_t)rows.stride;
            for (int k = 0; k < rows.count[y]; k++) add_weighted(sums, row + (size_t)k * row_bytes, weights[k], row_bytes);
            clip_row(sums, target + (size_t)y * row_bytes, row_bytes);
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

void atelier_planes_from_pixels(const uint8_t *rgb, uint64_t pixel_count, const float *table, float *planes) {
    float *red = planes, *green = planes + pixel_count, *blue = planes + 2 * pixel_count;
    for (uint64_t i = 0; i < pixel_count; i++) {
        red[i] = table[rgb[i * 3]];
        green[i] = table[256 + rgb[i * 3 + 1]];
        blue[i] = table[512 + rgb[i * 3 + 2]];
    }
}

void atelier_floats_from_pixels(const uint8_t *rgb, uint64_t pixel_count, const float *table, float *floats) {
    for (uint64_t i = 0; i < pixel_count; i++) {
        for (uint64_t c = 0; c < 3; c++) floats[i * 3 + c] = table[c * 256 + rgb[i * 3 + c]];
    }
}
