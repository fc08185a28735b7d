"""Prints what run.sh measured, round after round, their median and the best of each."""

import json
import statistics
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def train_stage(folder, name):
    """Seconds, processor seconds, and the record of each epoch."""
    (stage,) = (stage for stage in read(f"{folder}/{name}.json")["stages"] if stage["stage"] == "train")
    digest = stage["outputs"]["model"]
    (curve,) = read(f"{folder}/workspace/artifacts/{digest[:2]}/{digest[2:]}/curve.json")
    return stage["wall_seconds"], stage["cpu_seconds"], curve


def main():
    folder, rounds, epochs, threads = sys.argv[1], *map(int, sys.argv[2:])
    ours, theirs = [], []
    for number in range(1, rounds + 1):
        short, long = (train_stage(folder, f"{name}-{number}") for name in ("short", "long"))
        pytorch = read(f"{folder}/pytorch-{number}.json")
        curve = long[2]
        pairs = curve[0]["examples"]
        ours.append([pairs * epochs / max(1e-9, long[kind] - short[kind]) for kind in (0, 1)])
        theirs.append([pytorch["pairs_per_second"], pytorch["pairs_per_processor_second"]])
        print(f"round {number}: {figures(ours[-1], theirs[-1])}")
    print(f"median:  {figures(median(ours), median(theirs))}")
    print(f"best:    {figures(best(ours), best(theirs))}")
    print(f"{threads} threads, float32, {pairs} pairs an epoch, {epochs} epochs timed a round")
    print(f"loss of the last epoch: atelier {curve[-1]['loss']:.3f}, PyTorch {pytorch['losses'][-1]:.3f}")
    print(f"sampling in NumPy took {100 * pytorch['sampling']:.0f} % of PyTorch's time")


def median(rows):
    return [statistics.median(column) for column in zip(*rows)]


def best(rows):
    return [max(column) for column in zip(*rows)]


def figures(ours, theirs):
    return (
        f"pairs/s atelier {ours[0]:.0f}, PyTorch {theirs[0]:.0f}, ratio {ours[0] / theirs[0]:.2f}; "
        f"by processor time {ours[1] / theirs[1]:.2f}"
    )


main()
