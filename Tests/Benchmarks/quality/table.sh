#!/usr/bin/env bash
# The quality of a job's builds on the real catalogue, as a table in Markdown: the mean over seeds, their spread, and the
# interval over questions, beside what peers reach and what is aimed at.
#   ./Tests/Benchmarks/quality/table.sh
#   ./Tests/Benchmarks/quality/table.sh --job jobs/mango.yaml --seeds "1 11 21" --set train.members=2
#   --job FILE       the job                                             (default: jobs/mango-encoders.yaml)
#   --seeds "N …"    seeds of warm-up and training, a run for each       (default: 1 11 21 31 41)
#   --data FOLDER    mango-base.tar, mango-arrivals.tar and questions/   (default: $MANGO, else ../shared/data/mango)
#   --questions NAME the set of questions: NAME stands in their files    (default: valid)
#   --work FOLDER    kept, and its features used again                   (default: a temporary folder)
#   --set KEY=VALUE  a parameter of every run; may be repeated
# Paths are relative to the folder of the project.
# Members of a model have neighbouring seeds (seed, seed + 1, …): seeds closer together than train.members would share some.
# ENCODERS and ATELIER_ONNXRUNTIME name the encoders and their library as for any run; ATELIER_BINARY another program.
# Needs python3, nothing beyond its standard library. Progress goes to stderr. Skips, with status 0, where data are absent.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=Tests/Benchmarks/quality

job=jobs/mango-encoders.yaml seeds="1 11 21 31 41" data=${MANGO:-../shared/data/mango} questions=valid work=
settings=()
while [ $# -gt 0 ]; do
    [ $# -gt 1 ] || { echo "error: $1 wants a value; see the head of $here/table.sh" >&2; exit 64; }
    case $1 in
        --job) job=$2 ;;
        --seeds) seeds=$2 ;;
        --data) data=$2 ;;
        --questions) questions=$2 ;;
        --work) work=$2 ;;
        --set) settings+=(--set "$2") ;;
        *) echo "error: unknown option '$1'; see the head of $here/table.sh" >&2; exit 64 ;;
    esac
    shift 2
done

skip() {
    echo "skipped: $*"
    exit 0
}

for name in mango-base.tar mango-arrivals.tar questions; do
    [ -e "$data/$name" ] || skip "no real catalogue: $data/$name is absent (--data names its folder)"
done
if grep -q ENCODERS "$job"; then
    encoders=${ENCODERS:-encoders}
    for name in efficientnet-lite0.onnx minilm/model.onnx minilm/vocab.txt; do
        [ -e "$encoders/$name" ] || skip "no $encoders/$name: run the scripts of jobs/encoders, or take --job jobs/mango.yaml"
    done
fi
data=$(realpath "$data")
export MANGO=$data

atelier=${ATELIER_BINARY:-$(swift build -c release --show-bin-path)/atelier}
[ -x "$atelier" ] || { echo "error: no $atelier; build it first: swift build -c release" >&2; exit 1; }
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
results=$work/table
rm -rf "$results"
mkdir -p "$results"
work=$(realpath "$work")
results=$work/table

arguments=(run "$job" --workspace "$work/workspace" --quiet --json)
arguments+=(--set "ingest.archives=[$data/mango-base.tar, $data/mango-arrivals.tar]")
# A gate that compares builds would refuse the seeds that come out below the one before; it is not what is measured.
arguments+=(--set "publish.margin=1" --set "export.folder=$work/exports" ${settings[@]+"${settings[@]}"})
run() { "$atelier" "${arguments[@]}" "$@"; }

echo "catalogue, features and labels" >&2
run --until featurize >/dev/null
run --until label >/dev/null
# Forced, so that each run's time is that of a whole run from cached features, whatever the folder has seen before.
forced=()
for stage in warmup mine train index topk rerank evaluate publish export; do forced+=(--force "$stage"); done
for seed in $seeds; do
    echo "seed $seed" >&2
    folder=$results/$seed
    mkdir "$folder"
    run "${forced[@]}" --set "warmup.seed=$seed" --set "train.seed=$seed" >"$folder/run.json"
    cp "$work/workspace/current/metrics.json" "$folder/metrics.json"
    python3 "$here/cold_questions.py" "$work/workspace/current" \
        "$data/questions/fill_in_blank_matched_$questions.json" "$folder/cold_questions.json"
    evaluate() { "$atelier" evaluate --workspace "$work/workspace" --json --fill-in-the-blank "$@"; }
    evaluate "$data/questions/fill_in_blank_$questions.json" \
        --compatibility "$data/questions/compatibility_$questions.txt" >"$folder/season.json"
    evaluate "$data/questions/fill_in_blank_matched_$questions.json" >"$folder/matched.json"
    evaluate "$data/questions/fill_in_blank_random_$questions.json" >"$folder/random.json"
    evaluate "$folder/cold_questions.json" >"$folder/cold.json"
    python3 "$here/every_item.py" "$work/workspace/current" "$data/questions/compatibility_$questions.txt" \
        "$folder/every_season_questions.json" "$folder/every_matched_questions.json"
    for kind in season matched; do
        evaluate "$folder/every_${kind}_questions.json" >"$folder/every_$kind.json"
    done
done
python3 "$here/table.py" "$results" "$job" "$questions" "$seeds"
