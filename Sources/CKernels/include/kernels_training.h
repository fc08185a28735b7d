#ifndef ATELIER_KERNELS_TRAINING_H
#define ATELIER_KERNELS_TRAINING_H

#include <stddef.h>
#include <stdint.h>

/// The constants of one Adam step, the bias corrections already worked in.
typedef struct {
    /// Learning rate of this step.
    float rate;
    float beta1;
    float beta2;
    /// 1 / (1 - beta1^t) and 1 / (1 - beta2^t).
    float correction1;
    float correction2;
    float epsilon;
    /// Decoupled weight decay, multiplied by `rate`; 0 for biases.
    float decay;
    /// What the gradient is multiplied by first: the clipping of its norm.
    float gradient_scale;
} atelier_adam_step;

/// Adam with decoupled weight decay (Kingma and Ba, 2015; Loshchilov and Hutter, 2019) over `count` parameters in place.
void atelier_adam(const atelier_adam_step *step, float *parameters, const float *gradients, float *first, float *second,
                  size_t count);

/// output = clamp((x - mean) * scale, -limit, limit) over `count` floats.
void atelier_standardise(const float *x, const float *mean, const float *scale, float limit, float *output, size_t count);

/// x = max(x, 0) in place.
void atelier_relu(float *x, size_t count);

/// gradient = activation > 0 ? gradient * scale : 0 in place.
void atelier_relu_gradient(const float *activation, float scale, float *gradient, size_t count);

/// Keeps each activation with the chance (65536 - threshold) / 65536 and multiplies what is kept by `scale`.
/// `words` holds one random word for each four activations.
void atelier_dropout(const uint64_t *words, uint16_t threshold, float scale, float *x, size_t count);

/// The sum of squares of `count` floats.
double atelier_sum_of_squares(const float *x, size_t count);

#endif
