#include "kernels_completion.h"
#include "vector_clones.h"

#include <string.h>

#pragma clang fp contract(fast)

VECTOR_CLONES
void atelier_spread_rows(const float *x, const float *y, const int32_t *ends, const int32_t *starts, size_t count,
                         size_t width, float *rows) {
    size_t row = 0;
    for (size_t i = 0; i < count; i++) {
        const float *restrict of_segment = x + i * width, *restrict of_row = y + (size_t)starts[i] * width;
        for (; row < (size_t)ends[i]; row++, of_row += width) {
            float *restrict out = rows + row * width;
            for (size_t k = 0; k < width; k++) out[k] = of_segment[k] + of_row[k];
        }
    }
}

VECTOR_CLONES
void atelier_gather_rows(const float *rows, const int32_t *ends, const int32_t *starts, size_t count, size_t width,
                         float *y) {
    size_t row = 0;
    for (size_t i = 0; i < count; i++) {
        float *restrict to = y + (size_t)starts[i] * width;
        for (; row < (size_t)ends[i]; row++, to += width) {
            const float *restrict from = rows + row * width;
            for (size_t k = 0; k < width; k++) to[k] += from[k];
        }
    }
}

VECTOR_CLONES
void atelier_pool_rows(const float *rows, const int32_t *ends, size_t count, size_t width, float *pooled) {
    size_t row = 0;
    for (size_t i = 0; i < count; i++) {
        float *restrict mean = pooled + 2 * i * width, *restrict most = mean + width;
        const float share = 1 / (float)((size_t)ends[i] - row);
        const float *first = rows + row * width;
        for (size_t k = 0; k < width; k++) mean[k] = most[k] = first[k];
        for (row++; row < (size_t)ends[i]; row++) {
            const float *restrict x = rows + row * width;
            for (size_t k = 0; k < width; k++) {
                mean[k] += x[k];
                most[k] = x[k] > most[k] ? x[k] : most[k];
            }
        }
        for (size_t k = 0; k < width; k++) mean[k] *= share;
    }
}

VECTOR_CLONES
void atelier_pool_rows_gradient(const float *rows, const int32_t *ends, size_t count, size_t width, const float *pooled,
                                const float *pooled_gradient, float *gradient, float *sums) {
    size_t row = 0;
    for (size_t i = 0; i < count; i++) {
        const float *restrict most = pooled + 2 * i * width + width;
        const float *restrict by_mean = pooled_gradient + 2 * i * width, *restrict by_most = by_mean + width;
        // Of the greatest's derivative nothing is left once a row has taken it.
        float *restrict left = sums + i * width;
        const float share = 1 / (float)((size_t)ends[i] - row);
        const size_t start = row;
        for (size_t k = 0; k < width; k++) left[k] = by_most[k];
        for (; row < (size_t)ends[i]; row++) {
            const float *restrict x = rows + row * width;
            float *restrict out = gradient + row * width;
            for (size_t k = 0; k < width; k++) {
                const float taken = x[k] == most[k] ? left[k] : 0;
                left[k] -= taken;
                out[k] = x[k] > 0 ? by_mean[k] * share + taken : 0;
            }
        }
        for (size_t k = 0; k < width; k++) left[k] = 0;
        for (size_t at = start; at < row; at++) {
            const float *restrict out = gradient + at * width;
            for (size_t k = 0; k < width; k++) left[k] += out[k];
        }
    }
}

VECTOR_CLONES
void atelier_add_rows(const float *restrict rows, size_t count, size_t width, float *restrict sums) {
    for (size_t row = 0; row < count; row++) {
        for (size_t k = 0; k < width; k++) sums[k] += rows[row * width + k];
    }
}

VECTOR_CLONES
void atelier_narrow(const float *x, uint16_t *output, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        output[i] = (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}

VECTOR_CLONES
void atelier_widen_standardise(const uint16_t *x, const float *mean, const float *scale, float limit, float *output,
                               size_t rows, size_t width, size_t tile) {
    for (size_t row = 0; row < rows; row += tile) {
        const size_t count = (rows - row < tile ? rows - row : tile) * width;
        const uint16_t *restrict values = x + row * width;
        float *restrict out = output + row * width;
        for (size_t k = 0; k < count; k++) {
            const uint32_t bits = (uint32_t)values[k] << 16;
            float value;
            memcpy(&value, &bits, sizeof value);
            value = (value - mean[k]) * scale[k];
            value = value > limit ? limit : value;
            out[k] = value < -limit ? -limit : value;
        }
    }
}
