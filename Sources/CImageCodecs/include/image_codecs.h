#ifndef ATELIER_IMAGE_CODECS_H
#define ATELIER_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

/// How a decoder or encoder ended.
typedef enum {
    ATELIER_IMAGE_OK = 0,
    /// The bytes end before the picture does.
    ATELIER_IMAGE_TRUNCATED,
    /// The bytes contradict their format; the message says how.
    ATELIER_IMAGE_CORRUPT,
    /// A variety that the codec does not read.
    ATELIER_IMAGE_UNSUPPORTED,
    ATELIER_IMAGE_OUT_OF_MEMORY,
} atelier_image_status;

/// Bytes of a message buffer, its closing zero included.
#define ATELIER_IMAGE_MESSAGE 200

/// How a JPEG stores its colours.
typedef enum {
    ATELIER_JPEG_RGB = 0,
    /// Four inks, 0 for none.
    ATELIER_JPEG_CMYK,
    /// Four inks, 255 for none, as Adobe writes them.
    ATELIER_JPEG_INVERTED_CMYK,
} atelier_jpeg_colours;

/// The width or height of a JPEG decoded at `eighths` / 8 of its size.
int atelier_jpeg_scaled(int size, int eighths);

/// Decodes a JPEG to `width * height * 3` bytes. `width` and `height` must be the picture's own, scaled by
/// `atelier_jpeg_scaled`. Any warning of the decoder is an error, truncation among them; at most 500 scans.
atelier_image_status atelier_jpeg_decode(
    const uint8_t *bytes, size_t count, atelier_jpeg_colours colours, int width, int height, uint8_t *rgb, char *message);

/// Encodes a picture as a baseline JPEG with 4:2:0 chroma. `*out` is to be given to `atelier_jpeg_free`.
atelier_image_status atelier_jpeg_encode(
    const uint8_t *rgb, int width, int height, int quality, uint8_t **out, size_t *out_count, char *message);
void atelier_jpeg_free(uint8_t *bytes);

/// Decodes a PNG of exactly `width` x `height` pixels to `width * height * 3` bytes: palettes, grey and 16 bits become
/// 8-bit RGB, transparency is laid on white, interlacing is undone. Checksums are verified.
atelier_image_status atelier_png_decode(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb, char *message);

/// Encodes a picture as an 8-bit RGB PNG. `*out` is to be given to `free`.
atelier_image_status atelier_png_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **out, size_t *out_count, char *message);

/// The size of a WebP picture, and whether it is animated.
atelier_image_status atelier_webp_header(
    const uint8_t *bytes, size_t count, int *width, int *height, int *is_animated, char *message);

/// Decodes a still WebP of exactly `width` x `height` pixels, transparency laid on white.
atelier_image_status atelier_webp_decode(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *rgb, char *message);

/// Whether `count` bytes can be allocated; 0 when they cannot.
int atelier_has_memory(size_t count);

/// Scales a picture down by areas: each new pixel is the mean of what it covers, rounded half up, exactly. The new size
/// must not exceed the old one; width * height must stay below 2^30.
/// Returns 0 when there is no memory for one row of sums.
int atelier_area_resize(
    const uint8_t *source, uint32_t width, uint32_t height, uint8_t *target, uint32_t new_width, uint32_t new_height);

/// Turns a picture as EXIF orientation 2...8 says; the target is `height` x `width` for 5...8.
void atelier_orient(const uint8_t *source, uint32_t width, uint32_t height, int orientation, uint8_t *target);

/// RGBA over white: round(colour * alpha / 255) + 255 - alpha, exactly.
void atelier_over_white(const uint8_t *rgba, uint8_t *rgb, size_t pixel_count);

/// Four inks to RGB: round((255 - ink) * (255 - key) / 255); `inverted` when 255 is no ink.
void atelier_cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t pixel_count, int inverted);

#endif
