"""The PyTorch half of run.sh: the model of the train stage in float32 on the processor.

    python3 program.py WORKSPACE EPOCHS THREADS BATCH CONTEXT EXCLUDED-BLOCKS HIDDEN POOL WHOLE-OUTFITS

Prints a JSON object: pairs (positives) a second and a processor second, the loss of each epoch, and the share of the time
that sampling took.
The first epoch only warms up. Done as suits PyTorch: only the distinct items of a batch go through the tower; sparse blocks are
embedding bags (9 ms against 35 as dense products) and dropout's bits NumPy's (1.6 ms against 17), as measured; candidates are
scored against the query of every category in one batched product, the right one kept; Adam is the fused one, over all
embeddings.
"""

import json
import math
import sys
import time

import numpy
import torch
from data import Data
from torch.nn import functional

DIMENSION, DROPOUT = 64, 0.1
HIDDEN, POOL, WHOLE_OUTFITS = int(sys.argv[7]), int(sys.argv[8]), sys.argv[9] == "true"
BLOCK_DROPOUT, ITEM_DROPOUT, SINGLE_ANCHOR = 0.1, 0.2, 0.05
RANDOM, SAME_FAMILY, SAME_CONTEXT, CALIBRATION = 8, 3, 8, 2.0
DROPOUT_BITS = numpy.random.default_rng(2)
RATE, DECAY, ITEM_DECAY, ITEM_RATE_FACTOR, GRADIENT_LIMIT = 0.003, 0.01, 0.2, 2.0, 5.0


class Sampler:
    """Examples of a batch: an outfit's rest or one item of it as anchors, the positive, and 19 negatives, vectorised."""

    def __init__(self, data, seed):
        self.data = data
        self.random = numpy.random.default_rng(seed)
        width = max(map(len, data.training)) - 1
        slots = [(numpy.delete(outfit, place), outfit[place]) for outfit in data.training for place in range(len(outfit))]
        self.rest = numpy.full((len(slots), width), -1)
        for row, (rest, _) in enumerate(slots):
            self.rest[row, : len(rest)] = rest
        self.positives = numpy.array([positive for _, positive in slots], dtype=numpy.int64)
        ends = numpy.cumsum([len(outfit) for outfit in data.training])
        self.outfits = [numpy.arange(end - len(outfit), end) for outfit, end in zip(data.training, ends)]

    def order(self):
        """The places of an epoch, shuffled or outfit by outfit."""
        if not WHOLE_OUTFITS:
            return self.random.permutation(len(self.positives))
        return numpy.concatenate([self.outfits[outfit] for outfit in self.random.permutation(len(self.outfits))])

    def batch(self, slots):
        self.pool = self.drawn_pool()
        rest, positives = self.rest[slots], self.positives[slots]
        anchors = rest.copy()
        single = numpy.flatnonzero(self.random.random(len(slots)) < SINGLE_ANCHOR)
        place = (self.random.random(len(single)) * (rest[single] >= 0).sum(1)).astype(int)
        anchors[single] = -1
        anchors[single, 0] = rest[single, place]
        candidates = numpy.concatenate([positives[:, None], self.negatives(positives)], axis=1)
        missing = numpy.zeros(candidates.shape, dtype=bool)
        missing[:, 1:] = self.forbidden(candidates[:, 1:], anchors, rest, positives)
        # What goes with an anchor is no negative: another is drawn, up to 15 times.
        for _ in range(15):
            again = numpy.flatnonzero(missing.any(1))
            if not len(again):
                break
            places = missing[again]
            drawn = numpy.concatenate([positives[again, None], self.negatives(positives[again])], axis=1)
            candidates[again] = numpy.where(places, drawn, candidates[again])
            places[:, 1:] &= self.forbidden(candidates[again, 1:], anchors[again], rest[again], positives[again])
            missing[again] = places
        return anchors, candidates, missing

    def drawn_pool(self):
        """The items that a batch's negatives come from, and its part of each partition; None where they come from everywhere."""
        if not 0 < POOL < self.data.item_count:
            return None
        items = numpy.unique(self.random.integers(0, self.data.item_count, POOL))
        return items, self.data.family.part(items), self.data.context.part(items)

    def negatives(self, positives):
        shape = (len(positives), RANDOM)
        if self.pool is None:
            anywhere = self.random.integers(0, self.data.item_count, shape)
            family = context = None
        else:
            items, family, context = self.pool
            anywhere = items[self.random.integers(0, len(items), shape)]
        same_family = self.data.family.draw(self.random, positives, SAME_FAMILY, family)
        same_context = self.data.context.draw(self.random, positives, SAME_CONTEXT, context)
        return numpy.concatenate([anywhere, same_family, same_context], axis=1)

    def forbidden(self, candidates, anchors, rest, positives):
        found = candidates == positives[:, None]
        for place in range(rest.shape[1]):
            known = numpy.flatnonzero(anchors[:, place] >= 0)
            found[known] |= self.data.partners[anchors[known, place][:, None], candidates[known]]
            found |= candidates == rest[:, place, None]
        return found


def places(keys):
    """For each key its place among the distinct keys of 0 and above, whose number is the place of the others."""
    distinct = numpy.unique(keys[keys >= 0])
    return torch.from_numpy(numpy.where(keys < 0, len(distinct), numpy.searchsorted(distinct, keys))), len(distinct)


def dropout(*shape, share):
    """1 where something is kept, else 0. NumPy's bits: PyTorch's dropout took several times as long on the processor."""
    bits = DROPOUT_BITS.integers(0, 1 << 16, shape, dtype=numpy.uint16)
    return torch.from_numpy((bits >= int(share * (1 << 16))).astype(numpy.float32))


class Model(torch.nn.Module):
    def __init__(self, data):
        super().__init__()
        self.category = torch.from_numpy(data.category)
        self.category_count = int(data.category.max()) + 1
        self.inputs = torch.from_numpy(numpy.concatenate(data.dense, axis=1))
        self.widths = [block.shape[1] for block in data.dense]
        self.gathered = torch.empty_like(self.inputs)
        self.sparse = [(torch.from_numpy(columns), torch.from_numpy(values)) for _, columns, values in data.sparse]
        self.presence = torch.from_numpy(data.presence)
        # The place of an item's embeddings; those without one share the last row, which is never added.
        self.item_place, items = places(numpy.where(data.has_embedding, numpy.arange(data.item_count), -1))
        self.variant_place, variants = places(numpy.where(data.has_variant, data.variant, -1))
        blocks = len(data.dense) + len(data.sparse)

        def normal(*shape, deviation):
            return torch.nn.Parameter(deviation * torch.randn(*shape))

        self.weights = normal(self.inputs.shape[1], HIDDEN, deviation=math.sqrt(2 / blocks))
        self.sparse_weights = torch.nn.ParameterList(
            normal(width, HIDDEN, deviation=math.sqrt(2 / blocks)) for width, _, _ in data.sparse
        )
        self.stand_ins = torch.nn.Parameter(torch.zeros(blocks, HIDDEN))
        self.bias = torch.nn.Parameter(torch.zeros(HIDDEN))
        self.output_weights = normal(HIDDEN, DIMENSION + 1, deviation=1 / math.sqrt(HIDDEN))
        self.output_bias = torch.nn.Parameter(torch.zeros(DIMENSION + 1))
        pairs = self.category_count * (self.category_count + 1) // 2
        self.projections = torch.nn.Parameter(torch.zeros(pairs, DIMENSION, DIMENSION))
        self.scale = torch.nn.Parameter(torch.tensor(-0.5 * math.log(DIMENSION)))
        self.items = normal(items + 1, DIMENSION + 1, deviation=0.01)
        self.variants = normal(variants + 1, DIMENSION + 1, deviation=0.01)
        with torch.no_grad():
            self.items[-1] = self.variants[-1] = 0
            self.output_weights[:, DIMENSION] *= 0.1
        low, high = torch.triu_indices(self.category_count, self.category_count)
        self.pair = torch.zeros(self.category_count, self.category_count, dtype=torch.long)
        self.pair[low, high] = self.pair[high, low] = torch.arange(pairs)

    def embed(self, rows):
        """The tower's outputs for distinct items, with everything dropped at random."""

        used = self.presence[rows] * dropout(len(rows), self.presence.shape[1], share=BLOCK_DROPOUT)
        inputs = torch.index_select(self.inputs, 0, rows, out=self.gathered[: len(rows)])
        for block, part in enumerate(inputs.split(self.widths, dim=1)):
            part.mul_(used[:, block : block + 1])
        hidden = torch.addmm(self.bias, inputs, self.weights).addmm(1 - used, self.stand_ins)
        for block, (columns, values) in enumerate(self.sparse):
            entries = values[rows] * used[:, len(self.widths) + block, None]
            hidden = hidden + functional.embedding_bag(
                columns[rows], self.sparse_weights[block], per_sample_weights=entries, mode="sum"
            )
        hidden = functional.relu(hidden) * (dropout(len(rows), HIDDEN, share=DROPOUT) / (1 - DROPOUT))
        outputs = torch.addmm(self.output_bias, hidden, self.output_weights)
        for embeddings, place in ((self.items, self.item_place[rows]), (self.variants, self.variant_place[rows])):
            none = len(embeddings) - 1
            place = place.where(dropout(len(rows), share=ITEM_DROPOUT) > 0, none)
            outputs = outputs + functional.embedding(place, embeddings, padding_idx=none)
        return outputs

    def matrices(self):
        """For each category, those to every category side by side."""
        result = []
        for source in range(self.category_count):
            row = []
            for target in range(self.category_count):
                matrix = self.projections[self.pair[source, target]]
                if source == target:
                    matrix = (matrix + matrix.T) / 2
                row.append(matrix.T if source > target else matrix)
            result.append(torch.cat(row, 1) + torch.eye(DIMENSION).repeat(1, self.category_count))
        return result

    def loss(self, anchors, candidates, missing):
        rows, places = numpy.unique(numpy.concatenate([anchors, candidates], axis=1), return_inverse=True)
        places = places.reshape(len(anchors), -1)
        if rows[0] < 0:  # no anchor
            rows, places = rows[1:], places - 1
        anchor_places, candidate_places = places[:, : anchors.shape[1]], places[:, anchors.shape[1] :]
        is_anchor = numpy.zeros(len(rows), dtype=bool)
        known = anchor_places >= 0
        is_anchor[anchor_places[known]] = True
        anchor_items = numpy.flatnonzero(is_anchor)
        categories = self.category.numpy()[rows]
        anchor_items = anchor_items[numpy.argsort(categories[anchor_items], kind="stable")]
        sizes = numpy.bincount(categories[anchor_items], minlength=self.category_count)
        anchor_of = numpy.zeros(len(rows), dtype=numpy.int64)
        anchor_of[anchor_items] = numpy.arange(len(anchor_items))

        outputs = self.embed(torch.from_numpy(rows))
        vectors = outputs[torch.from_numpy(anchor_items)]
        parts = vectors[:, :DIMENSION].split(sizes.tolist())
        queries = torch.cat([part @ matrix for part, matrix in zip(parts, self.matrices())])
        queries = torch.cat([queries * self.scale.exp(), vectors[:, DIMENSION:]], 1)
        offsets = numpy.concatenate([[0], known.sum(1).cumsum()[:-1]])
        pooled = functional.embedding_bag(
            torch.from_numpy(anchor_of[anchor_places[known]]), queries, torch.from_numpy(offsets), mode="mean"
        )
        places = torch.from_numpy(candidate_places)
        targets = functional.embedding(places, outputs)
        all_scores = torch.bmm(
            targets[:, :, :DIMENSION], pooled[:, :-1].view(len(pooled), self.category_count, DIMENSION).transpose(1, 2)
        )
        wanted = torch.from_numpy(categories)[places][:, :, None]
        scores = all_scores.gather(2, wanted)[:, :, 0] + targets[:, :, DIMENSION] + pooled[:, -1:]
        missing = torch.from_numpy(missing)
        softmax = functional.cross_entropy(
            scores.masked_fill(missing, -torch.inf), torch.zeros(len(scores), dtype=torch.long)
        )
        negatives = (~missing).float()
        negatives[:, 0] = 0
        wrong = (functional.softplus(scores) * negatives).sum(1) / negatives.sum(1).clamp(min=1)
        return softmax + CALIBRATION * (functional.softplus(-scores[:, 0]) + wrong).mean()


def optimizer(model):
    undecayed = [model.stand_ins, model.bias, model.output_bias, model.scale]
    decayed = [model.weights, *model.sparse_weights, model.output_weights, model.projections]
    embeddings = [model.items, model.variants]
    groups = [
        {"params": undecayed, "weight_decay": 0.0},
        {"params": decayed, "weight_decay": DECAY},
        {"params": embeddings, "weight_decay": ITEM_DECAY, "lr": RATE * ITEM_RATE_FACTOR},
    ]
    return torch.optim.AdamW(groups, lr=RATE, fused=True)


def rate(step, steps):
    """As a share of the peak: a rise over 5 % of the steps, then half a cosine down to 5 %."""
    rise = max(1, int(0.05 * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.05 + 0.95 * (1 + math.cos(math.pi * min(1, (step - rise) / max(1, steps - rise)))) / 2


def main():
    workspace, epochs, threads, batch, context, excluded = sys.argv[1:7]
    batch = int(batch)
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    data = Data(workspace, context, set(excluded.split(",")))
    sampler, model = Sampler(data, seed=1), Model(data)
    adam = optimizer(model)
    pairs = len(sampler.positives)
    steps = (1 + int(epochs)) * math.ceil(pairs / batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: rate(step, steps))
    started, processor, sampling, losses = 0.0, 0.0, 0.0, []
    for epoch in range(1 + int(epochs)):
        if epoch == 1:
            started, processor, sampling = time.perf_counter(), time.process_time(), 0.0
        order, total = sampler.order(), 0.0
        for start in range(0, pairs, batch):
            before = time.perf_counter()
            examples = sampler.batch(order[start : start + batch])
            sampling += time.perf_counter() - before
            loss = model.loss(*examples)
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_LIMIT)
            adam.step()
            schedule.step()
            total += loss.item() * len(examples[0])
        losses.append(total / pairs)
    seconds = time.perf_counter() - started
    report = {
        "pairs_per_second": pairs * int(epochs) / seconds,
        "pairs_per_processor_second": pairs * int(epochs) / (time.process_time() - processor),
        "losses": losses,
        "sampling": sampling / seconds,
    }
    print(json.dumps(report))


main()
