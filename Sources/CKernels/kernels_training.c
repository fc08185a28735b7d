#include "kernels_training.h"
#include "vector_clones.h"

#include <math.h>
#include <string.h>

#pragma clang fp reassociate(on) contract(fast)

VECTOR_CLONES
void atelier_adam(const atelier_adam_step *step, float *parameters, const float *gradients, float *first, float *second,
                  size_t count) {
    const float rate = step->rate, beta1 = step->beta1, beta2 = step->beta2, epsilon = step->epsilon;
    const float correction1 = step->correction1, correction2 = step->correction2;
    const float keep = 1 - rate * step->decay, gradient_scale = step->gradient_scale;
    for (size_t i = 0; i < count; i++) {
        const float gradient = gradients[i] * gradient_scale;
        const float m = beta1 * first[i] + (1 - beta1) * gradient;
        const float v = beta2 * second[i] + (1 - beta2) * gradient * gradient;
        first[i] = m;
        second[i] = v;
        parameters[i] = parameters[i] * keep - rate * (m * correction1) / (sqrtf(v * correction2) + epsilon);
    }
}

VECTOR_CLONES
void atelier_standardise(const float *x, const float *mean, const float *scale, float limit, float *output, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float value = (x[i] - mean[i]) * scale[i];
        value = value > limit ? limit : value;
        output[i] = value < -limit ? -limit : value;
    }
}

VECTOR_CLONES
void atelier_relu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = x[i] > 0 ? x[i] : 0;
}

VECTOR_CLONES
void atelier_relu_gradient(const float *activation, float scale, float *gradient, size_t count) {
    for (size_t i = 0; i < count; i++) gradient[i] = activation[i] > 0 ? gradient[i] * scale : 0;
}

VECTOR_CLONES
void atelier_dropout(const uint64_t *restrict words, uint16_t threshold, float scale, float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        // Four draws a word, as they lie in memory: a shift by the place in its word is not turned into vectors.
        uint16_t draw;
        memcpy(&draw, (const char *)words + i * sizeof draw, sizeof draw);
        const float kept = x[i] * scale;
        x[i] = draw >= threshold ? kept : 0;
    }
}

VECTOR_CLONES
double atelier_sum_of_squares(const float *x, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
    return sum;
}
