#include "image_codecs.h"

#include <stdlib.h>
#include <string.h>

// Compiled for three instruction sets, chosen when the program is loaded. All arithmetic is exact in integers (or rounded
// to them), so that every machine gives the same bytes.
#if defined(__x86_64__) && defined(__linux__)
#define VECTOR_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define VECTOR_CLONES
#endif

#pragma clang fp contract(off)

/// round(value / 255) for 0 <= value <= 255 * 255.
static inline uint32_t divided_by_255(uint32_t value) {
    value += 128;
    return (value + (value >> 8)) >> 8;
}

VECTOR_CLONES
void atelier_over_white(const uint8_t *rgba, uint8_t *rgb, size_t pixel_count) {
    for (size_t i = 0; i < pixel_count; i++) {
        uint32_t alpha = rgba[i * 4 + 3];
        for (size_t c = 0; c < 3; c++) rgb[i * 3 + c] = (uint8_t)(divided_by_255(rgba[i * 4 + c] * alpha) + 255 - alpha);
    }
}

VECTOR_CLONES
void atelier_cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t pixel_count, int inverted) {
    uint32_t flip = inverted ? 0 : 255;
    for (size_t i = 0; i < pixel_count; i++) {
        uint32_t key = cmyk[i * 4 + 3] ^ flip;
        for (size_t c = 0; c < 3; c++) rgb[i * 3 + c] = (uint8_t)divided_by_255((cmyk[i * 4 + c] ^ flip) * key);
    }
}

int atelier_has_memory(size_t count) {
    // Volatile, or the compiler leaves out an allocation that nobody uses, and takes it for granted.
    void *volatile memory = malloc(count);
    int has_memory = memory != NULL;
    free(memory);
    return has_memory;
}

/// sums[i] += weight * row[i].
VECTOR_CLONES
static void add_row(uint32_t *restrict sums, const uint8_t *restrict row, uint32_t weight, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] += weight * row[i];
}

// The added half rounds half up; the bias, smaller than 1 / total, undoes what the inverse loses at exact halves.
static const double half_up = 0.5 + 0x1p-32;

/// One row of results from the column sums. A source pixel is `new_width` units wide, a new one `width`, so all weights
/// are whole numbers; their total over both axes is `total`, and the sums stay below 2^38.
static void shrink_row(const uint32_t *sums, uint32_t width, uint32_t new_width, double inverse, uint8_t *target) {
    uint32_t x = 0, left = new_width;
    for (uint32_t i = 0; i < new_width; i++) {
        uint64_t red = 0, green = 0, blue = 0;
        uint32_t wanted = width;
        while (wanted > 0) {
            uint32_t weight = left < wanted ? left : wanted;
            red += (uint64_t)weight * sums[x * 3];
            green += (uint64_t)weight * sums[x * 3 + 1];
            blue += (uint64_t)weight * sums[x * 3 + 2];
            wanted -= weight;
            left -= weight;
            if (left == 0) {
                left = new_width;
                x++;
            }
        }
        target[i * 3] = (uint8_t)((double)red * inverse + half_up);
        target[i * 3 + 1] = (uint8_t)((double)green * inverse + half_up);
        target[i * 3 + 2] = (uint8_t)((double)blue * inverse + half_up);
    }
}

/// Where width * height is below 2^23 the sums fit 31 bits.
static const uint64_t small_total = 1u << 23;

typedef int32_t int4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef double double4 __attribute__((vector_size(32)));

/// `shrink_row` for totals below `small_total`, a pixel's three sums (and one neighbour) at once. `sums` must be followed
/// by one readable element. The numbers are the same.
VECTOR_CLONES
static void shrink_small_row(const uint32_t *sums, uint32_t width, uint32_t new_width, double inverse, uint8_t *target) {
    uint32_t x = 0, left = new_width;
    for (uint32_t i = 0; i < new_width; i++) {
        int4 sum = {0, 0, 0, 0};
        uint32_t wanted = width;
        while (wanted > 0) {
            uint32_t weight = left < wanted ? left : wanted;
            sum += *(const int4 *)(sums + (size_t)x * 3) * (int32_t)weight;
            wanted -= weight;
            left -= weight;
            if (left == 0) {
                left = new_width;
                x++;
            }
        }
        int4 mean = __builtin_convertvector(__builtin_convertvector(sum, double4) * inverse + half_up, int4);
        for (int c = 0; c < 3; c++) target[i * 3 + c] = (uint8_t)mean[c];
    }
}

int atelier_area_resize(
    const uint8_t *source, uint32_t width, uint32_t height, uint8_t *target, uint32_t new_width, uint32_t new_height) {
    size_t count = (size_t)width * 3;
    uint32_t *sums = malloc((count + 1) * sizeof(uint32_t));
    if (!sums) return 0;
    sums[count] = 0;
    const double inverse = 1.0 / ((double)width * (double)height);
    const int is_small = (uint64_t)width * height < small_total;
    uint32_t y = 0, left = new_height;
    for (uint32_t j = 0; j < new_height; j++) {
        memset(sums, 0, count * sizeof(uint32_t));
        uint32_t wanted = height;
        while (wanted > 0) {
            uint32_t weight = left < wanted ? left : wanted;
            add_row(sums, source + (size_t)y * count, weight, count);
            wanted -= weight;
            left -= weight;
            if (left == 0) {
                left = new_height;
                y++;
            }
        }
        uint8_t *row = target + (size_t)j * new_width * 3;
        if (is_small) {
            shrink_small_row(sums, width, new_width, inverse, row);
        } else {
            shrink_row(sums, width, new_width, inverse, row);
        }
    }
    free(sums);
    return 1;
}

void atelier_orient(const uint8_t *source, uint32_t width, uint32_t height, int orientation, uint8_t *target) {
    const int swaps = orientation >= 5;
    const int mirrors_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const int mirrors_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const uint32_t out_width = swaps ? height : width, out_height = swaps ? width : height;
    for (uint32_t y = 0; y < out_height; y++) {
        for (uint32_t x = 0; x < out_width; x++) {
            uint32_t from_x = swaps ? y : x, from_y = swaps ? x : y;
            if (mirrors_x) from_x = width - 1 - from_x;
            if (mirrors_y) from_y = height - 1 - from_y;
            memcpy(target, source + ((size_t)from_y * width + from_x) * 3, 3);
            target += 3;
        }
    }
}
