#!/usr/bin/env bash
# Decoding and built-in features beside a Python program that does the same work with Pillow-SIMD and NumPy, and beside
# libturbojpeg's scaled decode alone.
#   ./Tests/Benchmarks/pictures/run.sh PICTURES-FOLDER [ROUNDS] [PHOTOGRAPHS-FOLDER]
# Takes up to 400 pictures (ATELIER_BENCHMARK_PICTURES). Photographs of about 600 pixels are, where no folder has any, the two
# (640 x 427) that scikit-learn's package carries. Pillow-SIMD is built into .pillow-simd, once, by pip; where it does
# not build (it wants the headers of libjpeg and zlib), plain Pillow takes its place, and the output says so.
set -euo pipefail
pictures=$(cd "${1:?name a folder of pictures}" && pwd)
rounds=${2:-5}
cd "$(dirname "$0")/../../.."
here=Tests/Benchmarks/pictures

environment=${ATELIER_PILLOW_ENVIRONMENT:-.pillow-simd}
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
    flags=
    if [ "$(uname -m)" = x86_64 ]; then flags=-mavx2; fi
    CC="cc $flags" "$environment/bin/pip" install --quiet --no-binary pillow-simd pillow-simd numpy ||
        "$environment/bin/pip" install --quiet pillow numpy
fi
python=$environment/bin/python
peer=$("$python" -c 'import PIL; print("Pillow-SIMD" if "post" in PIL.__version__ else "Pillow")')

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
find "$pictures" -type f -name '*.jpg' | LC_ALL=C sort |
    awk -v limit="${ATELIER_BENCHMARK_PICTURES:-400}" '{ all[NR] = $0 } END { step = NR > limit ? NR / limit : 1; for (i = 0; i < limit && i < NR; i++) print all[int(i * step) + 1] }' >"$folder/pictures.txt"
photographs=${3:-$folder/photographs}
if [ $# -lt 3 ]; then
    "$python" -m pip download --quiet --no-deps --only-binary :all: --dest "$folder" scikit-learn
    "$python" -m zipfile -e "$folder"/scikit_learn-*.whl "$photographs"
fi
for turn in $(seq 100); do find "$photographs" -type f -name '*.jpg' | LC_ALL=C sort; done | head -200 >"$folder/photographs.txt"
cc -O2 -o "$folder/turbojpeg" "$here/turbojpeg.c" -lturbojpeg
swift build -c release --build-tests 2>&1 | tail -1
export ATELIER_PICTURE_BENCHMARK=$folder OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
for round in $(seq "$rounds"); do
    swift test -c release --skip-build --filter PictureBenchmark >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
    mv "$folder/atelier.json" "$folder/atelier-$round.json"
    "$python" "$here/features.py" "$folder"
    mv "$folder/python.json" "$folder/python-$round.json"
    "$folder/turbojpeg" "$folder/photographs.txt" 128 >"$folder/turbojpeg-$round.txt"
done
"$python" "$here/compare.py" "$folder" "$rounds" "$peer"
