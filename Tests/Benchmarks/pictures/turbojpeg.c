// What libturbojpeg's scaled decode alone takes: one handle, pictures in memory, the smallest scale that holds SIDE.
//     turbojpeg LIST SIDE        LIST has a path a line; prints milliseconds of processor time a picture
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <turbojpeg.h>

static double processor_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **words) {
    FILE *list = count == 3 ? fopen(words[1], "r") : NULL;
    int side = count == 3 ? atoi(words[2]) : 0;
    if (!list || side <= 0) return 64;
    tjhandle handle = tjInitDecompress();
    unsigned char *pixels = malloc((size_t)64 << 20);
    char path[4096];
    double seconds = 0;
    int pictures = 0, factor_count = 0;
    tjscalingfactor *factors = tjGetScalingFactors(&factor_count);
    while (fgets(path, sizeof path, list)) {
        path[strcspn(path, "\n")] = 0;
        FILE *file = fopen(path, "rb");
        if (!file) return 1;
        unsigned char *bytes = malloc(16 << 20);
        size_t size = fread(bytes, 1, 16 << 20, file);
        fclose(file);
        double start = processor_time();
        int width, height, subsampling, colours;
        if (tjDecompressHeader3(handle, bytes, size, &width, &height, &subsampling, &colours) != 0) return 1;
        int best_width = width, best_height = height;
        for (int k = 0; k < factor_count; k++) {
            int w = TJSCALED(width, factors[k]), h = TJSCALED(height, factors[k]);
            if ((w >= side || h >= side) && w < best_width) best_width = w, best_height = h;
        }
        if (tjDecompress2(handle, bytes, size, pixels, best_width, 0, best_height, TJPF_RGB, 0) != 0) return 1;
        seconds += processor_time() - start;
        pictures++;
        free(bytes);
    }
    printf("%f\n", seconds * 1000 / pictures);
    return 0;
}
