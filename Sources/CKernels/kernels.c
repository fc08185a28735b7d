#include "kernels.h"

#include "vector_clones.h"

// Swift adds floats in strict order (2 GFLOP/s); these loops may be reassociated and are compiled for three instruction
// sets, chosen when the program is loaded.
#pragma clang fp reassociate(on) contract(fast)

VECTOR_CLONES
float atelier_dot(const float *a, const float *b, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

VECTOR_CLONES
void atelier_axpy(float alpha, const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += alpha * x[i];
}

VECTOR_CLONES
void atelier_gathered_products(
    const float *vector, const float *table, size_t dimension, const int32_t *rows, size_t count, float *products) {
    for (size_t i = 0; i < count; i++) {
        const float *row = table + (size_t)rows[i] * dimension;
        float sum = 0;
        for (size_t t = 0; t < dimension; t++) sum += vector[t] * row[t];
        products[i] = sum;
    }
}
