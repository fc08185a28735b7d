#include "image_codecs.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

int atelier_jpeg_scaled(int size, int eighths) {
    tjscalingfactor factor = {eighths, 8};
    return TJSCALED(size, factor);
}

/// Why the library gave up: it has no code for a want of memory, only words (libjpeg's JERR_OUT_OF_MEMORY, and its own).
static atelier_image_status failure(tjhandle handle, char *message) {
    const char *text = tjGetErrorStr2(handle);
    atelier_set_message(message, text);
    int wants_memory = strstr(text, "Insufficient memory") || strstr(text, "Memory allocation failure");
    return wants_memory ? ATELIER_IMAGE_OUT_OF_MEMORY : ATELIER_IMAGE_CORRUPT;
}

atelier_image_status atelier_jpeg_decode(
    const uint8_t *bytes, size_t count, atelier_jpeg_colours colours, int width, int height, uint8_t *rgb, char *message) {
    tjhandle handle = tjInitDecompress();
    if (!handle) return ATELIER_IMAGE_OUT_OF_MEMORY;
    atelier_image_status status = ATELIER_IMAGE_OK;
    uint8_t *cmyk = NULL;
    int format = TJPF_RGB, channels = 3;
    uint8_t *target = rgb;
    if (colours != ATELIER_JPEG_RGB) {
        cmyk = malloc((size_t)width * (size_t)height * 4);
        if (!cmyk) {
            tjDestroy(handle);
            return ATELIER_IMAGE_OUT_OF_MEMORY;
        }
        format = TJPF_CMYK, channels = 4, target = cmyk;
    }
    int flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
    if (tjDecompress2(handle, bytes, count, target, width, width * channels, height, format, flags) != 0) {
        status = failure(handle, message);
    } else if (cmyk) {
        atelier_cmyk_to_rgb(cmyk, rgb, (size_t)width * (size_t)height, colours == ATELIER_JPEG_INVERTED_CMYK);
    }
    free(cmyk);
    tjDestroy(handle);
    return status;
}

atelier_image_status atelier_jpeg_encode(
    const uint8_t *rgb, int width, int height, int quality, uint8_t **out, size_t *out_count, char *message) {
    tjhandle handle = tjInitCompress();
    if (!handle) return ATELIER_IMAGE_OUT_OF_MEMORY;
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    atelier_image_status status = ATELIER_IMAGE_OK;
    if (tjCompress2(handle, rgb, width, width * 3, height, TJPF_RGB, &jpeg, &size, TJSAMP_420, quality, 0) != 0) {
        status = failure(handle, message);
        tjFree(jpeg);
        jpeg = NULL;
    }
    *out = jpeg;
    *out_count = size;
    tjDestroy(handle);
    return status;
}

void atelier_jpeg_free(uint8_t *bytes) {
    tjFree(bytes);
}
