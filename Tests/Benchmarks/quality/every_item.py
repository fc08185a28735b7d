"""Asks for every item of some outfits, where the questions at hand ask for one of each: many more questions, so that they
tell builds apart which those cannot.

    python3 every_item.py BUILD COMPATIBILITY SEASON MATCHED [SETS]

COMPATIBILITY holds the outfits (label 1). Wrong answers share the right one's family (the first three names of its
category) and season, in MATCHED also whether a training outfit shows it; they are drawn from all the others of the
catalogue, SETS times (default 1) three for each item. The same files come of the same arguments.
"""

import collections
import json
import random
import sqlite3
import sys

from cold_questions import training_items

FAMILY_LEVEL = 3
WRONG = 3


def groups_of(build):
    """Of each item's id its family and season."""
    catalog = sqlite3.connect(f"file:{build}/catalog.sqlite?immutable=1", uri=True)
    seasons = dict(catalog.execute("SELECT row, value FROM attributes WHERE name = 'season'"))
    return {
        name: (tuple(json.loads(path)[:FAMILY_LEVEL]), seasons.get(row))
        for row, name, path in catalog.execute("SELECT row, id, category_path FROM items ORDER BY row")
    }


def questions(outfits, group, sets):
    """Of each item of each outfit, among others of the group that `group` names."""
    members = collections.defaultdict(list)
    for name in group:
        members[group[name]].append(name)
    draw = random.Random(0)
    for outfit in outfits:
        for place, answer in enumerate(outfit):
            others = [name for name in members[group[answer]] if name not in outfit]
            draw.shuffle(others)
            for start in range(0, min(len(others) - WRONG + 1, WRONG * sets), WRONG):
                answers = others[start : start + WRONG]
                correct = draw.randrange(WRONG + 1)
                answers.insert(correct, answer)
                yield {
                    "question": outfit[:place] + outfit[place + 1 :],
                    "answers": answers,
                    "blank_position": place + 1,
                    "correct": correct,
                }


def main():
    build, compatibility, season, matched, *sets = sys.argv[1:]
    group = groups_of(build)
    warm = training_items(build)
    with open(compatibility, encoding="utf-8") as file:
        lines = [line.split() for line in file]
    outfits = [items for label, *items in lines if label == "1" and all(item in group for item in items)]
    for path, key in (
        (season, group),
        (matched, {name: (*group[name], name in warm) for name in group}),
    ):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(list(questions(outfits, key, int(sets[0]) if sets else 1)), file)


main()
