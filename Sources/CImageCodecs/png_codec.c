#include "image_codecs.h"
#include "message.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/// What libpng's callbacks share: the bytes still to read, or those written; and how it ended.
typedef struct {
    const uint8_t *bytes;
    size_t rest;
    uint8_t *written;
    size_t written_count, written_capacity;
    atelier_image_status status;
    char *message;
} png_state;

static void on_error(png_structp png, png_const_charp text) {
    png_state *state = png_get_error_ptr(png);
    if (state->status == ATELIER_IMAGE_OK) {
        state->status = ATELIER_IMAGE_CORRUPT;
        atelier_set_message(state->message, text);
    }
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png, (void)text;
}

/// libpng's own `malloc`, but that a want of memory is known for what it is.
static png_voidp on_allocate(png_structp png, png_alloc_size_t count) {
    png_state *state = png_get_mem_ptr(png);
    void *memory = malloc(count);
    if (!memory) state->status = ATELIER_IMAGE_OUT_OF_MEMORY;
    return memory;
}

static void on_free(png_structp png, png_voidp memory) {
    (void)png;
    free(memory);
}

static void on_read(png_structp png, png_bytep target, size_t count) {
    png_state *state = png_get_io_ptr(png);
    if (count > state->rest) {
        state->status = ATELIER_IMAGE_TRUNCATED;
        png_error(png, "the bytes end too early");
    }
    memcpy(target, state->bytes, count);
    state->bytes += count;
    state->rest -= count;
}

/// Decodes into `rgb` row by row; `scratch` holds a row of RGBA, or the whole picture where it is interlaced.
static void decode(
    png_structp png, png_infop info, uint32_t width, uint32_t height, uint8_t *rgb, uint8_t *volatile *scratch,
    png_bytep *volatile *rows) {
    png_state *state = png_get_error_ptr(png);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) {
        png_error(png, "two sizes");
    }
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t channels = png_get_channels(png, info);
    size_t row_bytes = png_get_rowbytes(png, info);
    if ((channels != 3 && channels != 4) || row_bytes != channels * width) png_error(png, "unexpected channels");

    if (channels == 4) {
        *scratch = malloc(row_bytes * (passes > 1 ? height : 1));
        if (!*scratch) {
            state->status = ATELIER_IMAGE_OUT_OF_MEMORY;
            png_error(png, "no memory");
        }
    }
    if (passes > 1) {
        *rows = malloc(sizeof(png_bytep) * height);
        if (!*rows) {
            state->status = ATELIER_IMAGE_OUT_OF_MEMORY;
            png_error(png, "no memory");
        }
        uint8_t *base = channels == 4 ? *scratch : rgb;
        for (size_t y = 0; y < height; y++) (*rows)[y] = base + y * row_bytes;
        png_read_image(png, *rows);
        if (channels == 4) atelier_over_white(*scratch, rgb, (size_t)width * height);
    } else {
        for (size_t y = 0; y < height; y++) {
            uint8_t *row = rgb + y * width * 3;
            png_read_row(png, channels == 4 ? *scratch : row, NULL);
            if (channels == 4) atelier_over_white(*scratch, row, width);
        }
    }
    png_read_end(png, NULL);
}

atelier_image_status atelier_png_decode(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb, char *message) {
    png_state state = {.bytes = bytes, .rest = count, .status = ATELIER_IMAGE_OK, .message = message};
    png_structp png = png_create_read_struct_2(
        PNG_LIBPNG_VER_STRING, &state, on_error, on_warning, &state, on_allocate, on_free);
    if (!png) return ATELIER_IMAGE_OUT_OF_MEMORY;
    png_infop info = png_create_info_struct(png);
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return ATELIER_IMAGE_OUT_OF_MEMORY;
    }
    // Written after setjmp and read after longjmp.
    uint8_t *volatile scratch = NULL;
    png_bytep *volatile rows = NULL;
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_read_fn(png, &state, on_read);
        png_set_user_limits(png, width, height);
        png_set_chunk_malloc_max(png, 8000000);
        png_set_chunk_cache_max(png, 128);
        decode(png, info, width, height, rgb, &scratch, &rows);
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(scratch);
    free(rows);
    return state.status;
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
    png_state *state = png_get_io_ptr(png);
    if (state->written_capacity - state->written_count < count) {
        size_t capacity = (state->written_capacity + count) * 2;
        uint8_t *grown = realloc(state->written, capacity);
        if (!grown) {
            state->status = ATELIER_IMAGE_OUT_OF_MEMORY;
            png_error(png, "no memory");
        }
        state->written = grown;
        state->written_capacity = capacity;
    }
    memcpy(state->written + state->written_count, bytes, count);
    state->written_count += count;
}

static void on_flush(png_structp png) {
    (void)png;
}

atelier_image_status atelier_png_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **out, size_t *out_count, char *message) {
    png_state state = {.status = ATELIER_IMAGE_OK, .message = message};
    png_structp png = png_create_write_struct_2(
        PNG_LIBPNG_VER_STRING, &state, on_error, on_warning, &state, on_allocate, on_free);
    if (!png) return ATELIER_IMAGE_OUT_OF_MEMORY;
    png_infop info = png_create_info_struct(png);
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        return ATELIER_IMAGE_OUT_OF_MEMORY;
    }
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_write_fn(png, &state, on_write, on_flush);
        png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                     PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png, info);
        for (size_t y = 0; y < height; y++) png_write_row(png, rgb + y * width * 3);
        png_write_end(png, NULL);
    }
    png_destroy_write_struct(&png, &info);
    if (state.status != ATELIER_IMAGE_OK) {
        free(state.written);
        state.written = NULL;
        state.written_count = 0;
    }
    *out = state.written;
    *out_count = state.written_count;
    return state.status;
}
