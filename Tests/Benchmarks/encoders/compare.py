"""Prints what run.sh measured: medians over slices of pictures, and how far the vectors lie apart."""

import json
import os
import sys
from statistics import median, quantiles

import numpy


def greatest_difference(folder, what):
    ours, theirs = f"{folder}/{what}-atelier.npy", f"{folder}/{what}-python.npy"
    if not (os.path.exists(ours) and os.path.exists(theirs)):
        return None
    theirs = numpy.load(theirs).astype(float)
    ours = numpy.load(ours).astype(float)[: len(theirs)]
    return (numpy.linalg.norm(ours - theirs, axis=1) / numpy.linalg.norm(theirs, axis=1)).max(), len(theirs)


def read(folder, who):
    with open(f"{folder}/{who}.json", encoding="utf-8") as file:
        return json.load(file)


def quartiles(values):
    low, middle, high = quantiles(values, n=4)
    return f"{middle:.2f} (half of the slices {low:.2f} to {high:.2f})"


def main():
    folder = sys.argv[1]
    ours, theirs = read(folder, "atelier"), read(folder, "python")
    slices = theirs["slices"]
    print(f"{ours['pictures']} pictures in {len(slices)} slices, each taken by both programs in turns")
    for name, figures in (("atelier", ours), ("python", theirs)):
        parts = [figures[part] for part in ("decoding", "preparation", "network")]
        shares = ", ".join(
            f"{word} {part:.2f} ({100 * part / sum(parts):.0f} %)"
            for word, part in zip(("decoding", "preparation", "network"), parts)
        )
        print(f"{name:8} processor ms a picture: {sum(parts):.2f}: {shares}")
    for peer in ("python, one by one", "python, in batches"):
        for what, place in (("the clock", 0), ("processor time", 1)):
            ratios = [taken[peer][place] / taken["atelier"][place] for taken in slices]
            print(f"atelier / {peer}, by {what}: {quartiles(ratios)}")
    ratios = theirs["two threads"]
    print(
        f"atelier on two threads / on one, all pictures, by the clock: {median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f})"
    )
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
