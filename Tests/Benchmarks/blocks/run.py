#!/usr/bin/env python3
"""What each block of features is worth: one training for each set of blocks, all judged by the same questions.

    ./Tests/Benchmarks/blocks/run.py JOB.yaml FILL-IN-THE-BLANK.json [COMPATIBILITY.txt] [SETTING...]

Prints a table in Markdown with 95 % intervals. A SETTING is what --set takes and holds for every training, as in
ingest.archives=[...], train.epochs=3 or train.seed=2. Features are computed once. The workspace (ATELIER_WORKSPACE, by default
.atelier-blocks) is kept; the program is ATELIER_BINARY, by default .build/release/atelier. Takes minutes for each set.
"""

import json
import os
import subprocess
import sys

GROUPS = {
    "words and columns": ("text", "attributes", "numbers"),
    "picture descriptors": ("palette", "colour-histogram", "shape", "texture"),
    "picture networks": ("image-",),
    "text networks": ("text-",),
}
SETS = [[name] for name in GROUPS] + [
    ["words and columns", "picture descriptors"],
    ["picture networks", "text networks"],
    ["words and columns", "picture networks", "text networks"],
    list(GROUPS),
]
# What single items are like is told by these, where they are kept; see `completion.content_blocks`.
CONTENT = ("attributes", "image-", "text-")
WORKSPACE = os.environ.get("ATELIER_WORKSPACE", ".atelier-blocks")


def atelier(*arguments):
    words = [os.environ.get("ATELIER_BINARY", ".build/release/atelier"), *arguments, "--workspace", WORKSPACE]
    outcome = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    if outcome.returncode != 0:
        sys.exit(f"error: {' '.join(words)}: exit status {outcome.returncode}")
    return outcome.stdout


def group_of(block):
    for name, members in GROUPS.items():
        if block in members or any(member.endswith("-") and block.startswith(member) for member in members):
            return name
    return None


def block_names():
    """Of the features that were written last."""
    lists = [os.path.join(folder, "blocks.json") for folder, _, names in os.walk(f"{WORKSPACE}/artifacts") if "blocks.json" in names]
    with open(max(lists, key=os.path.getmtime), encoding="utf-8") as file:
        return [entry["name"] for entry in json.load(file)]


def main():
    settings = [word for word in sys.argv[1:] if "=" in word]
    files = [word for word in sys.argv[1:] if "=" not in word]
    if not 2 <= len(files) <= 3:
        sys.exit(__doc__)
    job, questions, *outfits = files
    overrides = [word for setting in settings for word in ("--set", setting)]
    atelier("run", job, "--quiet", "--until", "featurize", *overrides)
    blocks = block_names()
    there = {group_of(block) for block in blocks}
    print("| blocks | fill in the blank | 95 % | AUC | 95 % |\n|---|---|---|---|---|")
    for kept in SETS:
        if not there.issuperset(kept):
            continue
        excluded = ", ".join(block for block in blocks if group_of(block) not in kept)
        left = [block for block in blocks if group_of(block) in kept]
        content = ", ".join([block for block in left if block.startswith(CONTENT)] or left)
        choice = [f"{stage}.excluded_blocks=[{excluded}]" for stage in ("warmup", "train")]
        choice.append(f"train.completion.content_blocks=[{content}]")
        # A worse build is published too: evaluate asks the published one.
        choice.append("publish.margin=1")
        chosen = [word for setting in choice for word in ("--set", setting)]
        atelier("run", job, "--quiet", "--until", "publish", *overrides, *chosen)
        asked = ["--compatibility", *outfits] if outfits else []
        answer = json.loads(atelier("evaluate", "--fill-in-the-blank", questions, *asked, "--json"))
        blank, auc = answer["fill_in_the_blank"], answer["compatibility"]
        low, high = blank["interval"]
        cells = [", ".join(kept), f"{100 * blank['accuracy']:.1f} %", f"[{100 * low:.1f}, {100 * high:.1f}]"]
        cells += [f"{auc['auc']:.3f}", "[{:.3f}, {:.3f}]".format(*auc["interval"])] if auc else ["–", "–"]
        print("| " + " | ".join(cells) + " |", flush=True)


main()
