#ifndef ATELIER_KERNELS_H
#define ATELIER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The inner product of two vectors of `count` floats. The order of summation is fixed by the build and the processor's
/// vector width, never by the thread.
float atelier_dot(const float *a, const float *b, size_t count);

/// y += alpha * x over `count` floats.
void atelier_axpy(float alpha, const float *x, float *y, size_t count);

/// The inner products of a vector with the named rows of a table of `dimension` columns.
void atelier_gathered_products(
    const float *vector, const float *table, size_t dimension, const int32_t *rows, size_t count, float *products);

#endif
