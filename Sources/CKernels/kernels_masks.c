#include "kernels_masks.h"
#include "vector_clones.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

// `region` is a run's parent while the runs are found: an earlier run of the same region, or the run itself.
static int32_t first_of(atelier_run *runs, int32_t run) {
    while (runs[run].region != run) {
        runs[run].region = runs[runs[run].region].region;
        run = runs[run].region;
    }
    return run;
}

static void join(atelier_run *runs, int32_t p, int32_t q) {
    p = first_of(runs, p);
    q = first_of(runs, q);
    if (p < q) runs[q].region = p;
    else runs[p].region = q;
}

size_t atelier_find_runs(const bool *members, size_t width, size_t height, bool corners, atelier_run *runs,
                         size_t *region_count) {
    const int32_t w = (int32_t)width, reach = corners ? 1 : 0;
    int32_t count = 0, above = 0, above_end = 0;
    for (int32_t y = 0; y < (int32_t)height; y++) {
        const int32_t base = y * w, row_start = count;
        const bool *row = members + base;
        int32_t x = 0;
        while (true) {
            while (x + 8 <= w) {
                uint64_t eight;
                memcpy(&eight, row + x, 8);
                if (eight) break;
                x += 8;
            }
            while (x < w && !row[x]) x++;
            if (x == w) break;
            const int32_t start = x;
            while (x < w && row[x]) x++;
            runs[count] = (atelier_run){base + start, base + x, count};
            // Runs of the row above, as if they lay in this one.
            while (above < above_end && runs[above].end + w + reach <= base + start) above++;
            for (int32_t k = above; k < above_end && runs[k].start + w < base + x + reach; k++) join(runs, k, count);
            count++;
        }
        above = row_start;
        above_end = count;
    }
    // A parent stands before its child and has its number already.
    int32_t regions = 0;
    for (int32_t k = 0; k < count; k++) {
        const int32_t parent = runs[k].region;
        runs[k].region = parent == k ? regions++ : runs[parent].region;
    }
    *region_count = (size_t)regions;
    return (size_t)count;
}

VECTOR_CLONES
size_t atelier_eroded(const bool *members, size_t width, size_t height, bool *eroded) {
    memset(eroded, 0, width * height);
    if (width < 3 || height < 3) return 0;
    const uint8_t *set = (const uint8_t *)members;
    uint8_t *target = (uint8_t *)eroded;
    size_t count = 0;
    for (size_t y = 1; y + 1 < height; y++) {
        uint32_t in_row = 0;
        for (size_t i = y * width + 1; i < (y + 1) * width - 1; i++) {
            target[i] = set[i] & set[i - 1] & set[i + 1] & set[i - width] & set[i + width];
            in_row += target[i];
        }
        count += in_row;
    }
    return count;
}

VECTOR_CLONES
size_t atelier_weights(const bool *members, size_t count, float *weights) {
    const uint8_t *set = (const uint8_t *)members;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        weights[i] = (float)set[i];
        total += set[i];
    }
    return total;
}

VECTOR_CLONES
void atelier_passable(const float *steps, const float *distance, const float *lightening, size_t count, float alike,
                      float step_limit, bool allows_shadow, float depth, float glow, float colour_limit,
                      bool *passable) {
    uint8_t *target = (uint8_t *)passable;
    const uint8_t shadows = allows_shadow;
    for (size_t i = 0; i < count; i++) {
        const float colour = distance[i] * distance[i] - lightening[i] * lightening[i];
        const uint8_t is_near = distance[i] < alike;
        const uint8_t is_shadow =
            shadows & (lightening[i] > -depth) & (lightening[i] < glow) & (colour < colour_limit);
        target[i] = (uint8_t)(steps[i] < step_limit) & (is_near | is_shadow);
    }
}

float atelier_masked_sum(const float *values, const bool *members, size_t count, float limit) {
    float sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (members[i]) sum += values[i] < limit ? values[i] : limit;
    }
    return sum;
}

VECTOR_CLONES
void atelier_masked_squares(const float *values, const bool *members, size_t count, float *squares) {
    const uint8_t *set = (const uint8_t *)members;
    for (size_t i = 0; i < count; i++) squares[i] = set[i] ? values[i] * values[i] : 0;
}

VECTOR_CLONES
void atelier_below_share(const float *values, const float *typical, const bool *members, size_t count, float share,
                         float least, bool *below) {
    const uint8_t *set = (const uint8_t *)members;
    uint8_t *target = (uint8_t *)below;
    for (size_t i = 0; i < count; i++) {
        target[i] = (uint8_t)(set[i] & (typical[i] > least) & (values[i] < share * typical[i]));
    }
}

// Hoare's selection (1961), the pivot from the wanted place.
float atelier_ranked(float *values, size_t count, size_t rank) {
    ptrdiff_t low = 0, high = (ptrdiff_t)count - 1;
    const ptrdiff_t place = (ptrdiff_t)rank;
    while (low < high) {
        const float pivot = values[place];
        ptrdiff_t i = low, j = high;
        do {
            while (values[i] < pivot) i++;
            while (pivot < values[j]) j--;
            if (i <= j) {
                const float moved = values[i];
                values[i++] = values[j];
                values[j--] = moved;
            }
        } while (i <= j);
        if (j < place) low = i;
        if (place < i) high = j;
    }
    return values[place];
}

static size_t least(size_t p, size_t q) { return p < q ? p : q; }

enum { FEW = 128 };

// As `atelier_ranked`, by counting for each value how many are smaller: for few values faster, as nothing branches.
VECTOR_CLONES
static float ranked_of_few(const float *values, size_t count, size_t rank) {
    for (size_t i = 0; i < count; i++) {
        const float value = values[i];
        uint32_t smaller = 0, at_most = 0;
        for (size_t j = 0; j < count; j++) {
            smaller += values[j] < value;
            at_most += values[j] <= value;
        }
        if (smaller <= rank && rank < at_most) return value;
    }
    return values[0];
}

static float running_median(const float *profile, size_t count, size_t centre, float *scratch) {
    // A window must be wider than what it is to forget, so that the ends look at an eighth to each side at least.
    size_t half = least(count / 4, least(centre, count - 1 - centre));
    if (half < count / 8) half = count / 8;
    const size_t start = centre > half ? centre - half : 0;
    const size_t length = least(count - 1, centre + half) - start + 1;
    if (length <= FEW) return ranked_of_few(profile + start, length, length / 2);
    memcpy(scratch, profile + start, length * sizeof *scratch);
    return atelier_ranked(scratch, length, length / 2);
}

void atelier_smoothed_profile(const float *profile, size_t count, float *scratch, float *smoothed) {
    memcpy(smoothed, profile, count * sizeof *smoothed);
    if (count <= 4) return;
    const size_t step = count / 16 > 4 ? count / 16 : 4;
    float before = running_median(profile, count, 0, scratch);
    for (size_t start = 0; start < count - 1; start += step) {
        const size_t end = least(start + step, count - 1);
        const float after = running_median(profile, count, end, scratch);
        for (size_t x = start; x <= end; x++) {
            const float share = (float)(x - start) / (float)(end - start);
            smoothed[x] = (1 - share) * before + share * after;
        }
        before = after;
    }
}
