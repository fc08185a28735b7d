# Sourced by the scripts beside it: a Python environment of their own with onnx and numpy, and packages of weights.
# Everything is kept in .onnxruntime and encoders at the project's root; nothing is installed elsewhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

environment=${ATELIER_PYTHON_ENVIRONMENT:-.onnxruntime}
python=$environment/bin/python
models=${ATELIER_ENCODERS:-encoders}

if [ ! -x "$python" ]; then
    python3 -m venv "$environment" || {
        echo "error: no Python environment could be made; on Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    }
fi
"$python" -c 'import numpy, onnx, onnxruntime' 2>/dev/null || "$python" -m pip install --quiet numpy onnx onnxruntime
mkdir -p "$models"

# The folder of an installed package; the package is installed without what it asks for (PyTorch, 5 GB) when missing.
package_folder() { # PACKAGE MODULE
    local find="import importlib.util as u; s = u.find_spec('$2'); print(s.submodule_search_locations[0] if s else '')"
    [ -n "$("$python" -c "$find")" ] || "$python" -m pip install --quiet --no-deps "$1" >&2
    "$python" -c "$find"
}
