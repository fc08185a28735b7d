#!/usr/bin/env bash
# Training throughput in pairs (positives with their 19 negatives) a second, beside the same model, batch and precision in
# PyTorch on the processor, in turns on the same machine.
#   ./Tests/Benchmarks/training/run.sh WORKSPACE
#   ./Tests/Benchmarks/training/run.sh .atelier-mango-encoders jobs/mango-encoders.yaml
#   WORKSPACE    one with a published build; a copy is worked in
#   JOB          its job file             (default: jobs/mango-encoders.yaml)
#   EPOCHS=4 ROUNDS=3 THREADS=2 BATCH=1024 HIDDEN=384 POOL=800 WHOLE_OUTFITS=true CONTEXT=season EXCLUDED=text
#                what both programs train with: as the retailer's job does, but for its rate
#   ATELIER_PYTHON_ENVIRONMENT    an environment with torch and numpy   (default: .onnxruntime)
# Both have the same features, examples, tower, embeddings, projections, losses and rates. Neither times what comes before
# the first epoch: atelier's stage is run with 1 and with 1 + EPOCHS epochs and the difference taken. That has its checkpoints
# and its look at dead units after each epoch, which PyTorch is spared. Mined negatives, 1 of 101 by default, are left out.
set -euo pipefail
[ $# -ge 1 ] && [ -e "$1/current/manifest.json" ] || {
    echo "error: no published build; usage: $0 WORKSPACE [JOB], after atelier run JOB" >&2
    exit 64
}
workspace=$(realpath "$1")
job=$(realpath "${2:-"$(dirname "$0")/../../../jobs/mango-encoders.yaml"}")
cd "$(dirname "$0")/../../.."
epochs=${EPOCHS:-4} threads=${THREADS:-2} batch=${BATCH:-1024}
hidden=${HIDDEN:-384} pool=${POOL:-800} together=${WHOLE_OUTFITS:-true}
context=${CONTEXT:-season} excluded=${EXCLUDED:-text}
python=${ATELIER_PYTHON_ENVIRONMENT:-.onnxruntime}/bin/python
"$python" -c 'import numpy, torch' 2>/dev/null || {
    echo "skipped: $python has no PyTorch; install torch and numpy there, or name another ATELIER_PYTHON_ENVIRONMENT"
    exit 0
}
atelier=${ATELIER_BINARY:-$(swift build -c release --show-bin-path)/atelier}
[ -x "$atelier" ] || { echo "error: no $atelier; build it first: swift build -c release" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -a "$workspace" "$folder/workspace"

# The train stage alone, for $1 epochs; its run in $2.
train() {
    "$atelier" run "$job" --workspace "$folder/workspace" --only train --force train --jobs "$threads" --quiet --json \
        --set "train.epochs=$1" --set "train.batch=$batch" --set "train.context_attribute=$context" \
        --set "train.excluded_blocks=[$excluded]" --set train.members=1 --set train.company.enabled=false \
        --set train.patience=0 --set train.validation_sample=0 --set train.negatives.easy_to_hard=0 \
        --set train.learning_rate=0.003 --set train.dimension=64 --set "train.hidden=$hidden" \
        --set "train.negatives.pool=$pool" --set "train.whole_outfits=$together" >"$2"
}

for round in $(seq "${ROUNDS:-3}"); do
    echo "round $round" >&2
    train 1 "$folder/short-$round.json"
    train $((1 + epochs)) "$folder/long-$round.json"
    # Passive: threads that spin for each other lose most of their time where anything else runs.
    OMP_WAIT_POLICY=PASSIVE "$python" Tests/Benchmarks/training/program.py "$folder/workspace" "$epochs" "$threads" \
        "$batch" "$context" "$excluded" "$hidden" "$pool" "$together" >"$folder/pytorch-$round.json"
done
"$python" Tests/Benchmarks/training/compare.py "$folder" "${ROUNDS:-3}" "$epochs" "$threads"
