"""Prints what run.sh measured: the median over its rounds, each figure of one round set against the same round's."""

import json
import sys
from statistics import median

import numpy as np

BLOCKS = {"palette": 26, "colour histogram": 125, "shape": 76, "texture": 96}


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    folder, rounds, peer = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    ours = [read(f"{folder}/atelier-{number}.json") for number in range(1, rounds + 1)]
    theirs = [read(f"{folder}/python-{number}.json") for number in range(1, rounds + 1)]
    turbo = [read(f"{folder}/turbojpeg-{number}.txt") for number in range(1, rounds + 1)]
    print(f"median of {rounds} rounds in turns, {ours[0]['pictures']} pictures, one thread, processor time")
    for name, figures in (("atelier", ours), (peer, theirs)):
        decoding, features = (median(round[part] for round in figures) for part in ("decoding", "features"))
        print(
            f"{name:12} {1000 / (decoding + features):7.0f} pictures a second: "
            f"decoding {decoding:.2f} ms, features {features:.2f} ms"
        )
    ratios = [(q["decoding"] + q["features"]) / (p["decoding"] + p["features"]) for p, q in zip(ours, theirs)]
    print(f"atelier / {peer}: {median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})")

    print(f"photographs: libturbojpeg's scaled decode alone {1000 / median(turbo):.0f} a second")
    decoding = [t / p["photographDecoding"] for p, t in zip(ours, turbo)]
    both = [t / (p["photographDecoding"] + p["photographFeatures"]) for p, t in zip(ours, turbo)]
    print(f"atelier's decoding {median(decoding):.2f} of it, decoding and features {median(both):.2f} of it")

    rows, others = np.load(f"{folder}/rows-atelier.npy"), np.load(f"{folder}/rows-python.npy")
    start = 0
    for name, width in BLOCKS.items():
        p, q = rows[:, start : start + width].astype(float), others[:, start : start + width].astype(float)
        cosines = (p * q).sum(1) / np.linalg.norm(p, axis=1) / np.linalg.norm(q, axis=1)
        print(f"{name}: the same to a cosine of {np.median(cosines):.4f} (median)")
        start += width
    if median(ratios) < 2 or median(both) < 0.6:
        sys.exit("error: slower than asked (2 times the script, 0.6 of the decode)")


main()
