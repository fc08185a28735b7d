#ifndef ATELIER_KERNELS_SEARCH_H
#define ATELIER_KERNELS_SEARCH_H

#include <stddef.h>
#include <stdint.h>

/// A key is a score and an index in one word, so that comparing keys is "better first, ties by the lower index":
/// the score's bits, made to ascend as unsigned numbers, above the complement of the index.

/// The key of a score that is not NaN. Minus zero counts as zero.
uint64_t atelier_key(float score, uint32_t index);
/// The score of a key.
float atelier_key_score(uint64_t key);
/// The index of a key.
uint32_t atelier_key_index(uint64_t key);

/// Moves the `best` highest of `count` distinct keys to the front, in no order, the lowest of them last. `best` >= 1.
void atelier_keep_best(uint64_t *keys, size_t count, size_t best);
/// Sorts distinct keys, highest first.
void atelier_sort_keys(uint64_t *keys, size_t count);

/// Appends a key for each score that is at least `threshold`, which must not be NaN; NaN scores never are.
///
/// Stops where fewer than 16 places are left of `room`; says how many keys were written.
/// @return how many scores were read.
size_t atelier_collect(
    const float *scores, size_t count, float threshold, uint32_t first_index, uint64_t *keys, size_t room,
    size_t *written);

/// Candidates of a search lie in panels of this many: a panel holds the first dimension of all of them, then the second.
#define ATELIER_PANEL 32

/// Writes rows of `dimension` floats into panels; the last panel is filled with zeros.
void atelier_pack_panels(const float *rows, size_t count, size_t dimension, float *panels);

/// The inner product exactly as `atelier_search` computes it: one sum, first dimension first.
float atelier_search_score(const float *query, const float *candidate, size_t dimension);

/// What `atelier_search` works on. All arrays are the caller's.
typedef struct {
    /// `query_count` rows of `dimension` floats.
    const float *queries;
    size_t query_count;
    size_t dimension;
    /// Panels of `candidate_count` candidates, aligned to 64 bytes.
    const float *panels;
    size_t candidate_count;
    /// How many to keep for each query.
    size_t best;
    /// `query_count` x `capacity` keys; `capacity` >= best + 16.
    uint64_t *keys;
    size_t capacity;
    /// How many keys each query holds, and what a candidate must exceed to be among its best; both set by the search.
    uint32_t *counts;
    float *thresholds;
    /// NULL, or `query_count + 1` offsets into `excluded`: for each query the ascending candidates never to keep.
    const size_t *excluded_offsets;
    const int32_t *excluded;
    /// Room for 12 x (dimension + 1) floats.
    float *scratch;
} atelier_search_task;

/// For each query the `best` candidates by inner product, their keys sorted, highest first, in the first `counts[query]`
/// places of its row of `keys`. Ties go to the lower candidate; NaN and minus infinity are never kept.
///
/// Products are computed in registers, compared with the query's threshold there, and only written when they pass. Each
/// is one chain of additions in the order of the dimensions, so it does not depend on what else is searched.
void atelier_search(const atelier_search_task *task);

#endif
