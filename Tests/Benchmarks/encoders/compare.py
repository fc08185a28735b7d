"""Prints what run.sh measured, round after round; the best of each figure, and how far the vectors lie apart."""

import json
import os
import sys

import numpy


def greatest_difference(folder, what):
    ours, theirs = f"{folder}/{what}-atelier.npy", f"{folder}/{what}-python.npy"
    if not (os.path.exists(ours) and os.path.exists(theirs)):
        return None
    theirs = numpy.load(theirs).astype(float)
    ours = numpy.load(ours).astype(float)[: len(theirs)]
    return (numpy.linalg.norm(ours - theirs, axis=1) / numpy.linalg.norm(theirs, axis=1)).max(), len(theirs)


def best(folder, who, rounds):
    figures = {}
    for number in range(1, rounds + 1):
        with open(f"{folder}/{who}-{number}.json", encoding="utf-8") as file:
            for name, value in json.load(file).items():
                choose = max if "PerSecond" in name else min
                figures[name] = choose(value, figures.get(name, value))
    return figures


def main():
    folder, rounds = sys.argv[1], int(sys.argv[2])
    ours, theirs = best(folder, "atelier", rounds), best(folder, "python", rounds)
    print(f"best of {rounds} rounds, {ours['pictures']} pictures")
    for name, figures in (("atelier", ours), ("python", theirs)):
        parts = [figures[part] for part in ("decoding", "preparation", "network")]
        shares = ", ".join(
            f"{word} {part:.2f} ({100 * part / sum(parts):.0f} %)"
            for word, part in zip(("decoding", "preparation", "network"), parts)
        )
        print(f"{name:8} processor ms a picture: {sum(parts):.2f}: {shares}")
    fastest = max(value for name, value in theirs.items() if name.startswith("picturesPerSecond"))
    one, two = ours["picturesPerSecondOnOneThread"], ours["picturesPerSecondOnTwoThreads"]
    print(f"pictures a second: atelier {one:.1f} on one thread, {two:.1f} on two ({two / one:.2f} times)")
    print(f"                   python {fastest:.1f} on one thread; atelier / python {one / fastest:.2f}")
    if "textsPerSecondOnOneThread" in theirs:
        print(
            "texts a second on one thread: "
            f"atelier {ours['textsPerSecondOnOneThread']:.0f}, python {theirs['textsPerSecondOnOneThread']:.0f}"
        )
        with open(f"{folder}/tokens-atelier.txt") as first, open(f"{folder}/tokens-python.txt") as second:
            pairs = list(zip(first.read().split("\n"), second.read().split("\n"), strict=True))
        print(f"texts cut differently: {sum(a != b for a, b in pairs)} of {len(pairs)}")
    for what in ("pictures", "texts"):
        difference = greatest_difference(folder, what)
        if difference:
            print(f"greatest relative difference of {difference[1]} vectors of {what}: {difference[0]:.2e}")
            if difference[0] > 1e-3:
                sys.exit(f"error: the vectors of {what} differ")


main()
