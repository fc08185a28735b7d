#!/usr/bin/env bash
# Neural encoders beside a Python program that does the same: Pillow, NumPy and ONNX Runtime's own binding.
#   jobs/encoders/efficientnet-lite0.sh && jobs/encoders/minilm.sh     first, once
#   ./Tests/Benchmarks/encoders/run.sh PICTURES-FOLDER [TEXTS-FILE] [ROUNDS]
# Takes up to 400 pictures (ATELIER_BENCHMARK_PICTURES) of the folder; TEXTS-FILE has a text a line. The two programs take
# a dozen pictures in turns, all pictures ROUNDS times.
set -euo pipefail
pictures=$(cd "${1:?name a folder of pictures}" && pwd)
texts=${2:+$(realpath "$2")}
rounds=${3:-3}
cd "$(dirname "$0")/../../.."

python=${ATELIER_PYTHON_ENVIRONMENT:-.onnxruntime}/bin/python
models=${ATELIER_ENCODERS:-encoders}
package=${ATELIER_PACKAGE:-.}
"$python" -c 'import PIL, tokenizers' 2>/dev/null || "$python" -m pip install --quiet pillow tokenizers

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
find "$pictures" -type f -name '*.jpg' | LC_ALL=C sort |
    awk -v limit="${ATELIER_BENCHMARK_PICTURES:-400}" '{ all[NR] = $0 } END { step = NR > limit ? NR / limit : 1; for (i = 0; i < limit && i < NR; i++) print all[int(i * step) + 1] }' >"$folder/pictures.txt"
if [ -n "$texts" ]; then LC_ALL=C grep -av '^$' "$texts" >"$folder/texts.txt"; fi

export ATELIER_ENCODER_BENCHMARK=$folder ATELIER_ONNXRUNTIME=${ATELIER_ONNXRUNTIME:-${ATELIER_PYTHON_ENVIRONMENT:-$PWD/.onnxruntime}}
ATELIER_IMAGE_MODEL=$(realpath "$models/efficientnet-lite0.onnx")
export ATELIER_IMAGE_MODEL
text_model=
if [ -n "$texts" ]; then
    text_model=$(realpath "$models/minilm")
    export ATELIER_TEXT_MODEL=$text_model
fi
(cd "$package" && swift build -c release --build-tests 2>&1 | tail -1)
mkfifo "$folder/orders" "$folder/answers"
(cd "$package" && swift test -c release --skip-build --filter EncoderBenchmark >"$folder/log" 2>&1) &
half=$!
"$python" Tests/Benchmarks/encoders/program.py "$folder" "$rounds" "$ATELIER_IMAGE_MODEL" "$text_model"
wait "$half" || { cat "$folder/log" >&2; exit 1; }
"$python" Tests/Benchmarks/encoders/compare.py "$folder"
