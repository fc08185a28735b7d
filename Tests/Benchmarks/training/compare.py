"""Prints what run.sh measured, round after round, and the ratio of the best rounds."""

import json
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def train_stage(folder, name):
    """Seconds, and the record of each epoch."""
    (stage,) = (stage for stage in read(f"{folder}/{name}.json")["stages"] if stage["stage"] == "train")
    digest = stage["outputs"]["model"]
    (curve,) = read(f"{folder}/workspace/artifacts/{digest[:2]}/{digest[2:]}/curve.json")
    return stage["wall_seconds"], curve


def main():
    folder, rounds, epochs, threads = sys.argv[1], *map(int, sys.argv[2:])
    ours, theirs = [], []
    for number in range(1, rounds + 1):
        short, _ = train_stage(folder, f"short-{number}")
        long, curve = train_stage(folder, f"long-{number}")
        pytorch = read(f"{folder}/pytorch-{number}.json")
        pairs = curve[0]["examples"]
        ours.append(pairs * epochs / (long - short))
        theirs.append(pytorch["pairs_per_second"])
        print(
            f"round {number}: atelier {ours[-1]:.0f} pairs/s, PyTorch {theirs[-1]:.0f}, "
            f"ratio {ours[-1] / theirs[-1]:.2f}"
        )
    losses = f"atelier {curve[-1]['loss']:.3f}, PyTorch {pytorch['losses'][-1]:.3f}"
    print(f"{threads} threads, float32, {pairs} pairs an epoch, {epochs} epochs timed")
    print(f"loss of the last epoch: {losses}")
    print(f"sampling in NumPy took {100 * pytorch['sampling']:.0f} % of PyTorch's time")
    print(f"best rounds: {max(ours):.0f} and {max(theirs):.0f} pairs/s, ratio {max(ours) / max(theirs):.2f}")


main()
