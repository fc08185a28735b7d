"""Prints what table.sh measured as a table in Markdown.

    python3 table.py RESULTS JOB QUESTIONS SEEDS

RESULTS has a folder a seed: run.json, metrics.json, and season, matched, random, cold, every_season and every_matched.json
of `atelier evaluate`.
"""

import json
import statistics
import sys

PERCENT, AUC, LIKENESS, SECONDS = (100, "{:.1f}"), (1, "{:.3f}"), (1, "{:.2f}"), (1, "{:.0f}")
# What it is, its form, where it stands, where its interval stands, the best peer, the goal.
FIGURES = [
    ("FITB, same family and season", PERCENT, "season/fill_in_the_blank/accuracy", "interval", "66.5", "74"),
    ("FITB, matched in warmth too", PERCENT, "matched/fill_in_the_blank/accuracy", "interval", "72.9", "78"),
    ("FITB, random", PERCENT, "random/fill_in_the_blank/accuracy", "interval", "84.4", "90"),
    ("compatibility AUC", AUC, "season/compatibility/auc", "interval", "0.957", "0.975"),
    ("recall@10 in its category", PERCENT, "season/fill_in_the_blank/recall_at_10", None, "35", "45"),
    ("FITB, cold answers, matched", PERCENT, "cold/fill_in_the_blank/accuracy", "interval", "48", "58"),
    ("FITB, every item of the outfits, season", PERCENT, "every_season/fill_in_the_blank/accuracy", "interval", "–", "–"),
    ("the same, matched", PERCENT, "every_matched/fill_in_the_blank/accuracy", "interval", "–", "–"),
    ("lists in the query's colour", PERCENT, "metrics/colour/lists/same_group", None, "49–77", "33–43"),
    ("likeness of palettes in lists", LIKENESS, "metrics/colour/lists/similarity", None, "–", "as true pairs"),
    ("what both cost held-out season questions", PERCENT, "metrics/colour/cost/difference", "interval", "–", "≥ -1"),
    ("coverage of the lists", PERCENT, "metrics/lists/coverage", None, "87", "95"),
    ("run from features, seconds", SECONDS, "run/wall_seconds", None, "minutes", "≤ 120"),
]


def read(results, seed):
    """The files of a seed by name."""
    documents = {}
    for name in ("run", "metrics", "season", "matched", "random", "cold", "every_season", "every_matched"):
        with open(f"{results}/{seed}/{name}.json", encoding="utf-8") as file:
            documents[name] = json.load(file)
    return documents


def value(document, path):
    """None where the build has no such figure."""
    for key in path.split("/"):
        document = document.get(key) if document else None
    return document


def words(value, form):
    """Without the sign of what rounds to zero."""
    scale, text = form
    written = text.format(scale * value)
    return written.lstrip("-") if float(written) == 0 else written


def span(low, high, form):
    return f"{words(low, form)}–{words(high, form)}"


def interval(document, path, key, form):
    """Of one seed, over questions."""
    if key is None:
        return "–"
    low, high = value(document, path.rsplit("/", 1)[0])[key]
    return span(low, high, form)


def main():
    results, job, questions, seeds = sys.argv[1:]
    seeds = seeds.split()
    documents = [read(results, seed) for seed in seeds]
    first = documents[0]
    print(f"`{job}`, questions `{questions}`, seeds {', '.join(seeds)} of warm-up and training:")
    print()
    print("| | mean | seeds | questions | peer | goal |")
    print("|---|---|---|---|---|---|")
    for name, form, path, key, peer, goal in FIGURES:
        values = [value(document, path) for document in documents]
        if None in values:
            continue
        mean = words(statistics.mean(values), form)
        ends = interval(first, path, key, form)
        print(f"| {name} | {mean} | {span(min(values), max(values), form)} | {ends} | {peer} | {goal} |")
    counts = [first[kind]["fill_in_the_blank"]["questions"] for kind in ("season", "matched", "random", "cold")]
    unanswerable = sum(first[kind]["fill_in_the_blank"]["unanswerable"] for kind in ("season", "matched", "random"))
    true_pairs = first["metrics"]["colour"]["true_pairs"]
    print()
    print(f"*seeds*: least and greatest. *questions*: the 95 % interval of seed {seeds[0]}.")
    print("Questions: {} season, {} matched, {} random;".format(*counts[:3]))
    print(f"{counts[3]} of the matched ask for an item that no training outfit shows (*cold*);")
    print(f"{unanswerable} could not be answered, counted as wrong.")
    every = [first[kind]["fill_in_the_blank"]["questions"] for kind in ("every_season", "every_matched")]
    print("Every item of the outfits that the AUC counts as true: {} and {} questions; some share an outfit,".format(*every))
    print("which their interval passes over.")
    print(f"{first['season']['compatibility']['outfits']} outfits for the AUC; recall@10 by the season questions.")
    shared, likeness = 100 * true_pairs["same_group"], true_pairs["similarity"]
    print(f"True pairs share a colour group in {shared:.1f} %; the likeness of their palettes is {likeness:.2f}.")
    print("The run is warm-up to export; catalogue, features and labels are cached.")


main()
