#include "kernels_search.h"

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// MARK: Keys

INLINE uint64_t key_of(float score, uint32_t index) {
    score += 0.0f;
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    bits ^= (uint32_t)((int32_t)bits >> 31) | 0x80000000u;
    return (uint64_t)bits << 32 | (uint32_t)~index;
}

uint64_t atelier_key(float score, uint32_t index) { return key_of(score, index); }

float atelier_key_score(uint64_t key) {
    uint32_t bits = (uint32_t)(key >> 32);
    bits ^= (bits & 0x80000000u) ? 0x80000000u : 0xFFFFFFFFu;
    float score;
    memcpy(&score, &bits, sizeof score);
    return score;
}

uint32_t atelier_key_index(uint64_t key) { return ~(uint32_t)key; }

INLINE uint64_t median(uint64_t a, uint64_t b, uint64_t c) {
    if (a < b) return b < c ? b : (a < c ? c : a);
    return a < c ? a : (b < c ? c : b);
}

/// A pivot for the part low..<high: of nine keys in long parts, of three in short ones.
INLINE uint64_t pivot_of(const uint64_t *keys, size_t low, size_t high) {
    size_t count = high - low, middle = low + count / 2;
    if (count < 64) return median(keys[low], keys[middle], keys[high - 1]);
    size_t step = count / 8;
    return median(
        median(keys[low], keys[low + step], keys[low + 2 * step]),
        median(keys[middle - step], keys[middle], keys[middle + step]),
        median(keys[high - 1 - 2 * step], keys[high - 1 - step], keys[high - 1]));
}

/// Moves what is at least the pivot to the front, without a branch that depends on the keys.
/// @return where the rest begins.
INLINE size_t partition(uint64_t *keys, size_t low, size_t high, uint64_t pivot) {
    size_t split = low;
    for (size_t i = low; i < high; i++) {
        uint64_t key = keys[i];
        keys[i] = keys[split];
        keys[split] = key;
        split += key >= pivot;
    }
    return split;
}

INLINE void insertion_sort(uint64_t *keys, size_t low, size_t high) {
    for (size_t i = low + 1; i < high; i++) {
        uint64_t key = keys[i];
        size_t j = i;
        for (; j > low && keys[j - 1] < key; j--) keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

void atelier_keep_best(uint64_t *keys, size_t count, size_t best) {
    if (best == 0 || count < best) return;
    size_t low = 0, high = count;
    // low < best <= high. The median of distinct keys leaves some on both sides; equal keys end the search early.
    while (high - low > 24) {
        size_t split = partition(keys, low, high, pivot_of(keys, low, high));
        if (split == high) break;
        if (best <= split) high = split; else low = split;
    }
    insertion_sort(keys, low, high);
}

void atelier_sort_keys(uint64_t *keys, size_t count) {
    size_t low = 0, high = count;
    // The shorter part by recursion, the longer by the loop: the stack stays logarithmic.
    while (high - low > 24) {
        size_t split = partition(keys, low, high, pivot_of(keys, low, high));
        if (split == high) break;
        if (split - low < high - split) {
            atelier_sort_keys(keys + low, split - low);
            low = split;
        } else {
            atelier_sort_keys(keys + split, high - split);
            high = split;
        }
    }
    if (high > low) insertion_sort(keys, low, high);
}

// MARK: Vectors

// Sixteen floats: one register with AVX-512, two with AVX2, four with NEON. Every build computes the same sums: a lane
// is one candidate, and adds its products in the order of the dimensions. Vectors go by pointer between functions, since
// their way through registers depends on the instruction set.
typedef float floats __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t masks __attribute__((vector_size(64)));
typedef _Bool flags __attribute__((ext_vector_type(16)));

INLINE uint32_t bits_of(const masks *mask) {
    flags flag = __builtin_convertvector(*mask, flags);
    uint16_t bits;
    memcpy(&bits, &flag, sizeof bits);
    return bits;
}

INLINE size_t collect(
    const float *scores, size_t count, float threshold, uint32_t first_index, uint64_t *keys, size_t room,
    size_t *written) {
    size_t filled = 0, i = 0;
    for (; i + 16 <= count && filled + 16 <= room; i += 16) {
        masks passing = *(const floats *)(scores + i) >= ((floats){0} + threshold);
        uint32_t bits = bits_of(&passing);
        while (bits) {
            uint32_t lane = (uint32_t)__builtin_ctz(bits);
            bits &= bits - 1;
            keys[filled++] = key_of(scores[i + lane], first_index + (uint32_t)i + lane);
        }
    }
    if (count - i < 16) {
        for (; i < count && filled + 16 <= room; i++) {
            if (scores[i] >= threshold) keys[filled++] = key_of(scores[i], first_index + (uint32_t)i);
        }
    }
    *written = filled;
    return i;
}

// MARK: Search

#define GROUP 12
// The sums stay in registers only when these loops are gone.
#define UNROLLED _Pragma("clang loop unroll(full)")

void atelier_pack_panels(const float *rows, size_t count, size_t dimension, float *panels) {
    for (size_t first = 0; first < count; first += ATELIER_PANEL) {
        size_t filled = count - first < ATELIER_PANEL ? count - first : ATELIER_PANEL;
        float *panel = panels + first * dimension;
        if (filled < ATELIER_PANEL) memset(panel, 0, ATELIER_PANEL * dimension * sizeof(float));
        for (size_t lane = 0; lane < filled; lane++) {
            const float *row = rows + (first + lane) * dimension;
            for (size_t t = 0; t < dimension; t++) panel[t * ATELIER_PANEL + lane] = row[t];
        }
    }
}

INLINE int is_excluded(const atelier_search_task *task, size_t query, uint32_t candidate) {
    if (!task->excluded_offsets) return 0;
    size_t low = task->excluded_offsets[query], high = task->excluded_offsets[query + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (task->excluded[middle] < (int32_t)candidate) low = middle + 1; else high = middle;
    }
    return low < task->excluded_offsets[query + 1] && task->excluded[low] == (int32_t)candidate;
}

/// Keeps the lanes of `bits`. Not inlined: products seldom pass.
static __attribute__((noinline)) void keep(
    const atelier_search_task *task, size_t query, uint32_t first, const float *lanes, uint32_t bits, float *threshold) {
    uint64_t *keys = task->keys + query * task->capacity;
    uint32_t count = task->counts[query];
    while (bits) {
        uint32_t lane = (uint32_t)__builtin_ctz(bits);
        bits &= bits - 1;
        uint32_t candidate = first + lane;
        if (candidate < task->candidate_count && !is_excluded(task, query, candidate)) {
            keys[count++] = key_of(lanes[lane], candidate);
        }
    }
    if (count + 16 > task->capacity) {
        atelier_keep_best(keys, count, task->best);
        count = (uint32_t)task->best;
        // Later candidates lose ties, so only what is greater can enter.
        *threshold = atelier_key_score(keys[count - 1]);
    }
    task->counts[query] = count;
}

/// One group of 12 queries (dimension after dimension in `packed`) against one panel, `rows` x 16 * `vectors` products at
/// a time: as many as the registers hold. Products that pass go to `keep`.
INLINE void search_panel(
    const atelier_search_task *task, size_t first_query, const float *packed, float *thresholds, size_t first,
    const int rows, const int vectors) {
    const size_t dimension = task->dimension;
    const float *panel = task->panels + first * dimension;
    for (int top = 0; top < GROUP; top += rows) {
        for (int side = 0; side < ATELIER_PANEL; side += 16 * vectors) {
            floats sums[GROUP][2];
            UNROLLED for (int r = 0; r < rows; r++)
                UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = (floats){0};
            const float *column = panel + side, *query = packed + top;
            for (size_t t = 0; t < dimension; t++, column += ATELIER_PANEL, query += GROUP) {
                UNROLLED for (int r = 0; r < rows; r++)
                    UNROLLED for (int v = 0; v < vectors; v++)
                        sums[r][v] += query[r] * *(const floats *)(column + 16 * v);
            }
            UNROLLED for (int r = 0; r < rows; r++) {
                UNROLLED for (int v = 0; v < vectors; v++) {
                    masks passing = sums[r][v] > ((floats){0} + thresholds[top + r]);
                    uint32_t bits = bits_of(&passing);
                    if (__builtin_expect(bits != 0, 0)) {
                        floats lanes = sums[r][v];
                        keep(task, first_query + (size_t)(top + r), (uint32_t)first + (uint32_t)(side + 16 * v),
                             (const float *)&lanes, bits, thresholds + top + r);
                    }
                }
            }
        }
    }
}

/// The panels of one block, small enough to stay in the second-level cache while all queries pass over it.
#define BLOCK_BYTES (384 * 1024)

INLINE void search_all(const atelier_search_task *task, const int rows, const int vectors) {
    const size_t dimension = task->dimension;
    float *packed = task->scratch;
    size_t panel_bytes = ATELIER_PANEL * sizeof(float) * (dimension ? dimension : 1);
    size_t block = (BLOCK_BYTES / panel_bytes + 1) * ATELIER_PANEL;
    for (size_t start = 0; start < task->candidate_count; start += block) {
        size_t end = start + block < task->candidate_count ? start + block : task->candidate_count;
        for (size_t first_query = 0; first_query < task->query_count; first_query += GROUP) {
            size_t group = task->query_count - first_query < GROUP ? task->query_count - first_query : GROUP;
            float thresholds[GROUP];
            for (size_t r = 0; r < GROUP; r++) {
                // A group that is not full is filled with queries that nothing passes.
                thresholds[r] = r < group ? task->thresholds[first_query + r] : INFINITY;
                for (size_t t = 0; t < dimension; t++)
                    packed[t * GROUP + r] = r < group ? task->queries[(first_query + r) * dimension + t] : 0;
            }
            for (size_t first = start; first < end; first += ATELIER_PANEL)
                search_panel(task, first_query, packed, thresholds, first, rows, vectors);
            for (size_t r = 0; r < group; r++) task->thresholds[first_query + r] = thresholds[r];
        }
    }
}

INLINE float chain(const float *query, const float *candidate, size_t dimension) {
    float sum = 0;
    for (size_t t = 0; t < dimension; t++) sum += query[t] * candidate[t];
    return sum;
}

#if defined(__x86_64__)
#define V3 __attribute__((target("arch=x86-64-v3")))
#define V4 __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
V3 static void search_v3(const atelier_search_task *task) { search_all(task, 6, 1); }
V4 static void search_v4(const atelier_search_task *task) { search_all(task, 12, 2); }
V3 static float score_v3(const float *q, const float *c, size_t dimension) { return chain(q, c, dimension); }
V3 static size_t collect_v3(
    const float *scores, size_t count, float threshold, uint32_t first, uint64_t *keys, size_t room, size_t *written) {
    return collect(scores, count, threshold, first, keys, room, written);
}
V4 static size_t collect_v4(
    const float *scores, size_t count, float threshold, uint32_t first, uint64_t *keys, size_t room, size_t *written) {
    return collect(scores, count, threshold, first, keys, room, written);
}
#endif
static void search_any(const atelier_search_task *task) { search_all(task, 6, 1); }

static void search(const atelier_search_task *task) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4")) { search_v4(task); return; }
    if (__builtin_cpu_supports("x86-64-v3")) { search_v3(task); return; }
#endif
    search_any(task);
}

void atelier_search(const atelier_search_task *task) {
    for (size_t query = 0; query < task->query_count; query++) {
        task->counts[query] = 0;
        task->thresholds[query] = -INFINITY;
    }
    if (task->best == 0) return;
    search(task);
    for (size_t query = 0; query < task->query_count; query++) {
        uint64_t *keys = task->keys + query * task->capacity;
        if (task->counts[query] > task->best) {
            atelier_keep_best(keys, task->counts[query], task->best);
            task->counts[query] = (uint32_t)task->best;
        }
        atelier_sort_keys(keys, task->counts[query]);
    }
}

float atelier_search_score(const float *query, const float *candidate, size_t dimension) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v3")) return score_v3(query, candidate, dimension);
#endif
    return chain(query, candidate, dimension);
}

size_t atelier_collect(
    const float *scores, size_t count, float threshold, uint32_t first_index, uint64_t *keys, size_t room,
    size_t *written) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4"))
        return collect_v4(scores, count, threshold, first_index, keys, room, written);
    if (__builtin_cpu_supports("x86-64-v3"))
        return collect_v3(scores, count, threshold, first_index, keys, room, written);
#endif
    return collect(scores, count, threshold, first_index, keys, room, written);
}
