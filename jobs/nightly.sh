#!/usr/bin/env bash
# The whole nightly job on the sample archives: sets up, builds, runs jobs/nightly.yaml, shows what came out.
# Arguments go to `atelier run`, for instance: ./jobs/nightly.sh --keep-going
set -euo pipefail
cd "$(dirname "$0")/.."

./jobs/setup.sh
swift build -c release --product atelier >&2
atelier=$(swift build -c release --show-bin-path)/atelier

"$atelier" run jobs/nightly.yaml "$@"

echo
"$atelier" recommend 0000002-01 -k 8
echo
echo "Exports:"
ls -1 exports/* | sed 's/^/  /'
