#!/usr/bin/env bash
# Every check that CI makes: set-up, format, build without warnings, tests, the nightly job on the samples.
#   ./Tests/run.sh            all of it (about 10 minutes on 2 cores, of which half is the first build)
#   ATELIER_LONG=1 ./Tests/run.sh   also the long sweeps (30 kills of the nightly job, on 1 and on 2 threads)
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "native packages"
./jobs/setup.sh

step "format"
git ls-files -z -- '*.swift' | xargs -0 swift format lint --strict

step "build (release, warnings as errors)"
swift build -c release --build-tests --explicit-target-dependency-import-check error

step "tests"
ATELIER_BINARY="$(swift build -c release --show-bin-path)/atelier" swift test -c release --skip-build

step "the nightly job, twice"
workspace=$(mktemp -d)
trap 'rm -rf "$workspace"' EXIT
atelier=$(swift build -c release --show-bin-path)/atelier
"$atelier" run jobs/nightly.yaml --workspace "$workspace/first" --set "export.folder=$workspace/exports"
second=$("$atelier" run jobs/nightly.yaml --workspace "$workspace/first" --set "export.folder=$workspace/exports" --json)
if ! tr -d ' \n' <<<"$second" | grep -q '"executed":\[\]'; then
    echo "error: the second run executed a stage" >&2
    echo "$second" >&2
    exit 1
fi
"$atelier" verify --workspace "$workspace/first"

if [ -n "${ATELIER_LONG:-}" ]; then
    step "30 kills of the nightly job, on one thread and on two"
    ./Tests/kill-sweep.sh
fi
