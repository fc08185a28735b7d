#include "image_codecs.h"
#include "message.h"

#include <stdlib.h>
#include <webp/decode.h>

static atelier_image_status converted(VP8StatusCode code, char *message) {
    switch (code) {
    case VP8_STATUS_OK: return ATELIER_IMAGE_OK;
    case VP8_STATUS_OUT_OF_MEMORY: return ATELIER_IMAGE_OUT_OF_MEMORY;
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: return ATELIER_IMAGE_TRUNCATED;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        atelier_set_message(message, "unsupported feature");
        return ATELIER_IMAGE_UNSUPPORTED;
    case VP8_STATUS_BITSTREAM_ERROR: atelier_set_message(message, "damaged bitstream"); break;
    case VP8_STATUS_INVALID_PARAM: atelier_set_message(message, "invalid parameter"); break;
    case VP8_STATUS_USER_ABORT: atelier_set_message(message, "stopped"); break;
    }
    return ATELIER_IMAGE_CORRUPT;
}

atelier_image_status atelier_webp_header(
    const uint8_t *bytes, size_t count, int *width, int *height, int *is_animated, char *message) {
    WebPBitstreamFeatures features;
    VP8StatusCode code = WebPGetFeatures(bytes, count, &features);
    if (code != VP8_STATUS_OK) return converted(code, message);
    *width = features.width;
    *height = features.height;
    *is_animated = features.has_animation;
    return ATELIER_IMAGE_OK;
}

atelier_image_status atelier_webp_decode(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *rgb, char *message) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return ATELIER_IMAGE_UNSUPPORTED;
    VP8StatusCode code = WebPGetFeatures(bytes, count, &config.input);
    if (code != VP8_STATUS_OK) return converted(code, message);
    if (config.input.width != width || config.input.height != height) {
        atelier_set_message(message, "two sizes");
        return ATELIER_IMAGE_CORRUPT;
    }
    size_t pixels = (size_t)width * (size_t)height;
    uint8_t *rgba = NULL;
    config.output.is_external_memory = 1;
    config.output.colorspace = MODE_RGB;
    config.output.u.RGBA.rgba = rgb;
    config.output.u.RGBA.stride = width * 3;
    config.output.u.RGBA.size = pixels * 3;
    if (config.input.has_alpha) {
        rgba = malloc(pixels * 4);
        if (!rgba) return ATELIER_IMAGE_OUT_OF_MEMORY;
        config.output.colorspace = MODE_RGBA;
        config.output.u.RGBA.rgba = rgba;
        config.output.u.RGBA.stride = width * 4;
        config.output.u.RGBA.size = pixels * 4;
    }
    code = WebPDecode(bytes, count, &config);
    if (code == VP8_STATUS_OK && rgba) atelier_over_white(rgba, rgb, pixels);
    free(rgba);
    return converted(code, message);
}
