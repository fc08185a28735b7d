#include "onnx_runtime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The library's functions stand in a table whose first 102 places never change (upstream asserts that place 101 is
// ReleaseCustomOpDomain). They are called by place, so that no header of any version is needed.
enum {
    GET_ERROR_MESSAGE = 2,
    CREATE_ENV = 3,
    CREATE_SESSION_FROM_ARRAY = 8,
    RUN = 9,
    CREATE_SESSION_OPTIONS = 10,
    DISABLE_MEM_PATTERN = 17,
    SET_GRAPH_OPTIMIZATION_LEVEL = 23,
    SET_INTRA_OP_NUM_THREADS = 24,
    SET_INTER_OP_NUM_THREADS = 25,
    SESSION_GET_INPUT_COUNT = 30,
    SESSION_GET_OUTPUT_COUNT = 31,
    SESSION_GET_INPUT_TYPE_INFO = 33,
    SESSION_GET_OUTPUT_TYPE_INFO = 34,
    SESSION_GET_INPUT_NAME = 36,
    SESSION_GET_OUTPUT_NAME = 37,
    CREATE_TENSOR_WITH_DATA = 49,
    GET_TENSOR_MUTABLE_DATA = 51,
    CAST_TYPE_INFO_TO_TENSOR_INFO = 55,
    GET_TENSOR_ELEMENT_TYPE = 60,
    GET_DIMENSIONS_COUNT = 61,
    GET_DIMENSIONS = 62,
    GET_TENSOR_TYPE_AND_SHAPE = 65,
    CREATE_CPU_MEMORY_INFO = 69,
    ALLOCATOR_FREE = 76,
    GET_ALLOCATOR_WITH_DEFAULT_OPTIONS = 78,
    RELEASE_ENV = 92,
    RELEASE_STATUS = 93,
    RELEASE_MEMORY_INFO = 94,
    RELEASE_SESSION = 95,
    RELEASE_VALUE = 96,
    RELEASE_TYPE_INFO = 98,
    RELEASE_TENSOR_INFO = 99,
    RELEASE_SESSION_OPTIONS = 100,
};

enum { LOG_FATAL_ONLY = 4, OPTIMIZE_ALL = 99, DEVICE_ALLOCATOR = 0, DEFAULT_MEMORY = 0, INPUTS_AT_MOST = 16 };

typedef void *const *function_table;
typedef void *status;

typedef struct {
    function_table (*get_api)(uint32_t version);
    const char *(*get_version)(void);
} api_base;

struct atelier_onnx_runtime {
    function_table functions;
    const char *version;
    void *environment;
    void *memory;
    void *allocator;
};

struct atelier_onnx_session {
    function_table functions;
    const atelier_onnx_runtime *runtime;
    void *session;
};

/// Function `place` of `x->functions`, as one that takes these types and returns a status.
#define CALL(x, place, ...) ((status(*)(__VA_ARGS__))(x)->functions[place])
#define RELEASE(x, place, object) ((void (*)(void *))(x)->functions[place])(object)

static int failed(function_table functions, status outcome, char *message) {
    if (!outcome) return 0;
    const char *words = ((const char *(*)(const void *))functions[GET_ERROR_MESSAGE])(outcome);
    snprintf(message, ATELIER_ONNX_MESSAGE, "%s", words ? words : "no reason given");
    ((void (*)(void *))functions[RELEASE_STATUS])(outcome);
    return 1;
}

int atelier_onnx_open(const char *path, atelier_onnx_runtime **runtime, char *message) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *words = dlerror();
        snprintf(message, ATELIER_ONNX_MESSAGE, "%s", words ? words : "cannot be opened");
        return 1;
    }
    const api_base *(*get_base)(void) = (const api_base *(*)(void))dlsym(library, "OrtGetApiBase");
    const api_base *base = get_base ? get_base() : NULL;
    function_table functions = base ? base->get_api(1) : NULL;
    if (!functions) {
        snprintf(message, ATELIER_ONNX_MESSAGE, "not an ONNX Runtime library");
        if (!get_base) dlclose(library);
        return 1;
    }
    atelier_onnx_runtime *opened = calloc(1, sizeof *opened);
    if (!opened) {
        snprintf(message, ATELIER_ONNX_MESSAGE, "not enough memory");
        return 1;
    }
    opened->functions = functions;
    opened->version = base->get_version();
    if (failed(functions, CALL(opened, CREATE_ENV, int, const char *, void **)(LOG_FATAL_ONLY, "atelier", &opened->environment), message)
        || failed(functions, CALL(opened, CREATE_CPU_MEMORY_INFO, int, int, void **)(DEVICE_ALLOCATOR, DEFAULT_MEMORY, &opened->memory), message)
        || failed(functions, CALL(opened, GET_ALLOCATOR_WITH_DEFAULT_OPTIONS, void **)(&opened->allocator), message)) {
        atelier_onnx_close(opened);
        return 1;
    }
    *runtime = opened;
    return 0;
}

const char *atelier_onnx_version(const atelier_onnx_runtime *runtime) { return runtime->version; }

void atelier_onnx_close(atelier_onnx_runtime *runtime) {
    if (runtime->memory) RELEASE(runtime, RELEASE_MEMORY_INFO, runtime->memory);
    if (runtime->environment) RELEASE(runtime, RELEASE_ENV, runtime->environment);
    free(runtime);
}

int atelier_onnx_session_open(
    const atelier_onnx_runtime *runtime, const void *model, size_t byte_count, int shapes_vary,
    atelier_onnx_session **session, char *message) {
    function_table functions = runtime->functions;
    void *options = NULL, *loaded = NULL;
    if (failed(functions, CALL(runtime, CREATE_SESSION_OPTIONS, void **)(&options), message)) return 1;
    int is_failed =
        failed(functions, CALL(runtime, SET_INTRA_OP_NUM_THREADS, void *, int)(options, 1), message)
        || failed(functions, CALL(runtime, SET_INTER_OP_NUM_THREADS, void *, int)(options, 1), message)
        || failed(functions, CALL(runtime, SET_GRAPH_OPTIMIZATION_LEVEL, void *, int)(options, OPTIMIZE_ALL), message)
        || (shapes_vary && failed(functions, CALL(runtime, DISABLE_MEM_PATTERN, void *)(options), message))
        || failed(functions, CALL(runtime, CREATE_SESSION_FROM_ARRAY, void *, const void *, size_t, void *, void **)(runtime->environment, model, byte_count, options, &loaded), message);
    RELEASE(runtime, RELEASE_SESSION_OPTIONS, options);
    if (is_failed) return 1;
    atelier_onnx_session *opened = malloc(sizeof *opened);
    if (!opened) {
        snprintf(message, ATELIER_ONNX_MESSAGE, "not enough memory");
        RELEASE(runtime, RELEASE_SESSION, loaded);
        return 1;
    }
    *opened = (atelier_onnx_session){functions, runtime, loaded};
    *session = opened;
    return 0;
}

void atelier_onnx_session_close(atelier_onnx_session *session) {
    RELEASE(session, RELEASE_SESSION, session->session);
    free(session);
}

int atelier_onnx_count(const atelier_onnx_session *session, int of_outputs, size_t *count, char *message) {
    int place = of_outputs ? SESSION_GET_OUTPUT_COUNT : SESSION_GET_INPUT_COUNT;
    return failed(session->functions, CALL(session, place, void *, size_t *)(session->session, count), message);
}

/// Type, rank and lengths from a tensor's type information.
static int read_shape(
    const atelier_onnx_session *session, const void *info, int32_t *type, size_t *rank, int64_t *dimensions, char *message) {
    function_table functions = session->functions;
    int element_type = 0;
    if (failed(functions, CALL(session, GET_TENSOR_ELEMENT_TYPE, const void *, int *)(info, &element_type), message)
        || failed(functions, CALL(session, GET_DIMENSIONS_COUNT, const void *, size_t *)(info, rank), message))
        return 1;
    *type = element_type;
    if (*rank > ATELIER_ONNX_RANK) {
        snprintf(message, ATELIER_ONNX_MESSAGE, "a tensor of %zu dimensions", *rank);
        return 1;
    }
    return failed(
        functions, CALL(session, GET_DIMENSIONS, const void *, int64_t *, size_t)(info, dimensions, *rank), message);
}

int atelier_onnx_describe(
    const atelier_onnx_session *session, int of_outputs, size_t index, atelier_onnx_description *description, char *message) {
    function_table functions = session->functions;
    memset(description, 0, sizeof *description);
    char *name = NULL;
    int place = of_outputs ? SESSION_GET_OUTPUT_NAME : SESSION_GET_INPUT_NAME;
    void *allocator = session->runtime->allocator;
    if (failed(functions, CALL(session, place, void *, size_t, void *, char **)(session->session, index, allocator, &name), message))
        return 1;
    int length = snprintf(description->name, ATELIER_ONNX_NAME, "%s", name);
    if (failed(functions, CALL(session, ALLOCATOR_FREE, void *, void *)(allocator, name), message)) return 1;
    if (length >= ATELIER_ONNX_NAME) {
        snprintf(message, ATELIER_ONNX_MESSAGE, "a tensor's name has %d bytes", length);
        return 1;
    }
    void *type_info = NULL;
    place = of_outputs ? SESSION_GET_OUTPUT_TYPE_INFO : SESSION_GET_INPUT_TYPE_INFO;
    if (failed(functions, CALL(session, place, void *, size_t, void **)(session->session, index, &type_info), message)) return 1;
    const void *tensor_info = NULL;
    int is_failed =
        failed(functions, CALL(session, CAST_TYPE_INFO_TO_TENSOR_INFO, void *, const void **)(type_info, &tensor_info), message)
        || (tensor_info
            && read_shape(session, tensor_info, &description->type, &description->rank, description->dimensions, message));
    RELEASE(session, RELEASE_TYPE_INFO, type_info);
    return is_failed;
}

int atelier_onnx_run(
    const atelier_onnx_session *session, const atelier_onnx_tensor *inputs, size_t input_count, const char *output_name,
    atelier_onnx_output *output, char *message) {
    function_table functions = session->functions;
    void *values[INPUTS_AT_MOST] = {NULL};
    const char *names[INPUTS_AT_MOST];
    memset(output, 0, sizeof *output);
    if (input_count > INPUTS_AT_MOST) {
        snprintf(message, ATELIER_ONNX_MESSAGE, "more than %d inputs", INPUTS_AT_MOST);
        return 1;
    }
    int is_failed = 0;
    for (size_t i = 0; i < input_count && !is_failed; i++) {
        const atelier_onnx_tensor *input = &inputs[i];
        names[i] = input->name;
        is_failed = failed(
            functions,
            CALL(session, CREATE_TENSOR_WITH_DATA, void *, void *, size_t, const int64_t *, size_t, int, void **)(
                session->runtime->memory, (void *)input->elements, input->byte_count, input->dimensions, input->rank,
                input->type, &values[i]),
            message);
    }
    if (!is_failed) {
        is_failed = failed(
            functions,
            CALL(session, RUN, void *, void *, const char *const *, void *const *, size_t, const char *const *, size_t, void **)(
                session->session, NULL, names, values, input_count, &output_name, 1, &output->value),
            message);
    }
    for (size_t i = 0; i < input_count; i++) {
        if (values[i]) RELEASE(session, RELEASE_VALUE, values[i]);
    }
    if (is_failed) return 1;

    void *info = NULL, *elements = NULL;
    int32_t type = 0;
    is_failed =
        failed(functions, CALL(session, GET_TENSOR_TYPE_AND_SHAPE, void *, void **)(output->value, &info), message)
        || read_shape(session, info, &type, &output->rank, output->dimensions, message)
        || failed(functions, CALL(session, GET_TENSOR_MUTABLE_DATA, void *, void **)(output->value, &elements), message);
    if (info) RELEASE(session, RELEASE_TENSOR_INFO, info);
    if (!is_failed && type != ATELIER_ONNX_FLOAT) {
        snprintf(message, ATELIER_ONNX_MESSAGE, "output '%s' does not hold 32-bit floats", output_name);
        is_failed = 1;
    }
    if (is_failed) {
        atelier_onnx_release_output(session, output);
        return 1;
    }
    output->elements = elements;
    return 0;
}

void atelier_onnx_release_output(const atelier_onnx_session *session, atelier_onnx_output *output) {
    if (output->value) RELEASE(session, RELEASE_VALUE, output->value);
    output->value = NULL;
    output->elements = NULL;
}
