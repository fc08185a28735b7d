#!/usr/bin/env bash
# How well the planted styles are found where colour and popularity mislead, as a table in Markdown.
#   ./Tests/Benchmarks/planted/sweep.sh
#   ./Tests/Benchmarks/planted/sweep.sh --items 480 --outfits 1600 --colour "0 0.5 0.9" --popularity "0 0.5 0.9"
# Each row is a set of samples of its own (atelier sample), run through jobs/nightly.yaml: accuracy on the season questions of
# held-out outfits, and the share of one colour group among the first ten of the lists, stylists' pairs and random pairs of
# two categories. ATELIER_BINARY names another program. Needs python3. About 10 seconds a row.
set -euo pipefail
cd "$(dirname "$0")/../../.."

items=480 outfits=1600 colours="0 0.5 0.8 0.95" popularities="0.5 0.9" seed=7
while [ $# -gt 1 ]; do
    case $1 in
        --items) items=$2 ;;
        --outfits) outfits=$2 ;;
        --colour) colours=$2 ;;
        --popularity) popularities=$2 ;;
        --seed) seed=$2 ;;
        *) echo "error: unknown option '$1'; see the head of this script" >&2; exit 64 ;;
    esac
    shift 2
done
atelier=${ATELIER_BINARY:-$(swift build -c release --show-bin-path)/atelier}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "| colour confound | popularity confound | model | colour | popularity | co-occurrence | lists | stylists | random pairs |"
echo "|---|---|---|---|---|---|---|---|---|"
for popularity in $popularities; do
    for colour in $colours; do
        rm -rf "$work/samples" "$work/workspace"
        "$atelier" sample "$work/samples" --items "$items" --outfits "$outfits" --seed "$seed" \
            --colour-confound "$colour" --popularity-confound "$popularity" >"$work/log" 2>&1
        SAMPLES="$work/samples" "$atelier" run jobs/nightly.yaml --workspace "$work/workspace" \
            --set "export.folder=$work/exports" >>"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
        python3 - "$work/workspace/current/metrics.json" "$colour" "$popularity" <<'P'
import json
import sys

metrics = json.load(open(sys.argv[1]))
scorers = {entry["name"]: entry for entry in metrics["scorers"]}


def accuracy(name):
    return f"{100 * scorers[name]['fill_in_the_blank']['season']['accuracy']:.1f} %"


def share(pairs):
    return f"{100 * metrics['colour'][pairs]['same_group']:.0f} %"


row = [sys.argv[2], sys.argv[3]] + [accuracy(n) for n in ("model", "colour", "popularity", "co-occurrence")]
print("| " + " | ".join(row + [share(p) for p in ("lists", "true_pairs", "random_pairs")]) + " |")
P
    done
done
