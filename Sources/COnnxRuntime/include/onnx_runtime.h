#ifndef ATELIER_ONNX_RUNTIME_H
#define ATELIER_ONNX_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

// ONNX Runtime, found when the program runs: nothing of it is needed at build time. Each call that can fail returns 0 on
// success; otherwise `message`, a buffer of ATELIER_ONNX_MESSAGE bytes, says why.

/// Bytes of a message buffer, its closing zero included.
#define ATELIER_ONNX_MESSAGE 1024
/// Bytes of a tensor's name, its closing zero included.
#define ATELIER_ONNX_NAME 256
/// Dimensions of the largest tensor that is described.
#define ATELIER_ONNX_RANK 8

typedef struct atelier_onnx_runtime atelier_onnx_runtime;
typedef struct atelier_onnx_session atelier_onnx_session;

/// Element types, numbered as the library numbers them.
typedef enum {
    ATELIER_ONNX_FLOAT = 1,
    ATELIER_ONNX_INT32 = 6,
    ATELIER_ONNX_INT64 = 7,
    ATELIER_ONNX_FLOAT16 = 10,
} atelier_onnx_type;

/// One input or output as the model states it.
typedef struct {
    char name[ATELIER_ONNX_NAME];
    /// An `atelier_onnx_type`, another of the library's numbers, or 0 for what is no tensor.
    int32_t type;
    size_t rank;
    /// Lengths; -1 where the model leaves one open.
    int64_t dimensions[ATELIER_ONNX_RANK];
} atelier_onnx_description;

/// One input to a run; the elements stay the caller's and are only read.
typedef struct {
    const char *name;
    int32_t type;
    const void *elements;
    size_t byte_count;
    const int64_t *dimensions;
    size_t rank;
} atelier_onnx_tensor;

/// One output of a run, to be given to `atelier_onnx_release_output`.
typedef struct {
    void *value;
    const float *elements;
    size_t rank;
    int64_t dimensions[ATELIER_ONNX_RANK];
} atelier_onnx_output;

/// Opens the shared library at `path`. It stays loaded until the process ends.
int atelier_onnx_open(const char *path, atelier_onnx_runtime **runtime, char *message);
/// The library's own version, "1.31.1" for instance; valid as long as the runtime.
const char *atelier_onnx_version(const atelier_onnx_runtime *runtime);
/// All sessions must have been closed.
void atelier_onnx_close(atelier_onnx_runtime *runtime);

/// Loads a model from the bytes of its file, which are copied, to be run on the caller's threads, one each; any number of
/// threads may run it at once.
/// `shapes_vary`: whether runs differ in shape, so that no plan of memory is kept for each of them.
int atelier_onnx_session_open(
    const atelier_onnx_runtime *runtime, const void *model, size_t byte_count, int shapes_vary,
    atelier_onnx_session **session, char *message);
void atelier_onnx_session_close(atelier_onnx_session *session);

/// The number of inputs (or outputs).
int atelier_onnx_count(const atelier_onnx_session *session, int of_outputs, size_t *count, char *message);
int atelier_onnx_describe(
    const atelier_onnx_session *session, int of_outputs, size_t index, atelier_onnx_description *description, char *message);

/// Runs the model for one output of 32-bit floats.
int atelier_onnx_run(
    const atelier_onnx_session *session, const atelier_onnx_tensor *inputs, size_t input_count, const char *output_name,
    atelier_onnx_output *output, char *message);
void atelier_onnx_release_output(const atelier_onnx_session *session, atelier_onnx_output *output);

#endif
