"""What the train stage reads, from the artifacts of a workspace's published build."""

import json
import os
import sqlite3

import numpy


class Data:
    """Features normalised as `BlockNormalisation` does, training outfits, and the groups that negatives are drawn from."""

    def __init__(self, workspace, context, excluded):
        with open(f"{workspace}/current/manifest.json", encoding="utf-8") as file:
            artifacts = json.load(file)["artifacts"]
        folders = {name: f"{workspace}/artifacts/{digest[:2]}/{digest[2:]}" for name, digest in artifacts.items()}
        self._read_catalog(folders["catalog"], context)
        self._read_outfits(folders["labels"])
        self._read_features(folders["features"], excluded)

    def _read_catalog(self, folder, context):
        catalog = sqlite3.connect(f"file:{folder}/catalog.sqlite?immutable=1", uri=True)
        query = "SELECT category, category_path, variant_group, id, row FROM items ORDER BY row"
        items = catalog.execute(query).fetchall()
        contexts = dict(catalog.execute("SELECT row, value FROM attributes WHERE name = ?", (context,)))
        self.item_count = len(items)
        self.category = codes([item[0] for item in items])
        self.family = Groups(codes([item[1] for item in items]))
        self.context = Groups(codes([(item[1], contexts.get(item[4], "")) for item in items]))
        self.variant = codes([item[2] or item[3] for item in items])

    def _read_outfits(self, folder):
        offsets, items, splits = (numpy.load(f"{folder}/outfit_{name}.npy") for name in ("offsets", "items", "splits"))
        outfits = [items[offsets[place] : offsets[place + 1]] for place in range(len(splits))]
        self.training = [outfit for outfit, split in zip(outfits, splits) if split == 0 and len(outfit) > 1]
        # Those of every outfit, so that no negative is what a held-out outfit shows together.
        self.partners = numpy.zeros((self.item_count, self.item_count), dtype=bool)
        for outfit in outfits:
            self.partners[numpy.ix_(outfit, outfit)] = True
        counts = numpy.bincount(numpy.concatenate(self.training), minlength=self.item_count)
        self.has_embedding = counts >= 2
        shown = numpy.bincount(self.variant, counts)
        self.has_variant = (numpy.bincount(self.variant) > 1)[self.variant] & (shown >= 2)[self.variant]

    def _read_features(self, folder, excluded):
        with open(f"{folder}/blocks.json", encoding="utf-8") as file:
            entries = [entry for entry in json.load(file) if entry["name"] not in excluded]
        self.dense, self.sparse = [], []
        dense_presence, sparse_presence = [], []
        for entry in entries:
            path = f"{folder}/{entry['name']}"
            present = numpy.load(f"{path}.present.npy") != 0
            if entry["kind"] == "dense":
                values = standardised(numpy.load(f"{path}.npy"), present, entry.get("common_scale", False))
                values[~present] = 0
                self.dense.append(values)
                dense_presence.append(present)
            else:
                self.sparse.append((entry["dimension"], *padded(path, present)))
                sparse_presence.append(present)
        # Of the dense blocks, then of the sparse ones.
        self.presence = numpy.stack(dense_presence + sparse_presence, axis=1).astype(numpy.float32)


class Groups:
    """A partition of the items, by which negatives are drawn."""

    def __init__(self, key):
        self.key = key
        self.members, self.starts = self.part(numpy.arange(len(key)))

    def part(self, items):
        """Some items by group, and where each group starts."""
        members = items[numpy.argsort(self.key[items], kind="stable")]
        return members, numpy.searchsorted(self.key[members], numpy.arange(self.key.max() + 2))

    def draw(self, random, items, count, part=None):
        """Members of the items' groups: of a part of the partition where that has four of the group."""
        group, share = self.key[items], random.random((len(items), count))
        drawn = self._drawn(self.members, self.starts, group, share)
        if part is not None:
            members, starts = part
            enough = starts[group + 1] - starts[group] >= 4
            drawn[enough] = self._drawn(members, starts, group[enough], share[enough])
        return drawn

    @staticmethod
    def _drawn(members, starts, group, share):
        start, size = starts[group], starts[group + 1] - starts[group]
        return members[start[:, None] + (share * size[:, None]).astype(numpy.int64)]


def codes(keys):
    number = {key: place for place, key in enumerate(sorted(set(keys)))}
    return numpy.array([number[key] for key in keys])


def standardised(values, present, common):
    mean, deviation = values[present].mean(0), values[present].std(0)
    varies = deviation > 1e-6 * numpy.maximum(1e-3, abs(mean))
    if common:
        deviation = numpy.full_like(deviation, numpy.sqrt((deviation**2).mean()))
    scale = numpy.where(varies, 1 / numpy.where(varies, deviation, 1), 0) / numpy.sqrt(max(1, varies.sum()))
    limit = 6 / numpy.sqrt(max(1, varies.sum()))
    return numpy.clip((values - mean) * scale, -limit, limit).astype(numpy.float32)


def padded(path, present):
    """A sparse block as columns and values of the widest row; 0 beyond a row's end."""
    offsets, columns, entries = (numpy.load(f"{path}.{name}.npy") for name in ("offsets", "columns", "values"))
    rows = max(1, present.sum())
    square = (entries.astype(float) ** 2).sum() / rows / numpy.sqrt(max(1, len(entries) / rows))
    lengths = numpy.diff(offsets)
    used = numpy.arange(lengths.max()) < lengths[:, None]
    places, values = numpy.zeros(used.shape, dtype=numpy.int64), numpy.zeros(used.shape, dtype=numpy.float32)
    places[used], values[used] = columns, entries / numpy.sqrt(square)
    return places, values
