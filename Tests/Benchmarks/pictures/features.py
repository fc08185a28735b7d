"""The Python half of run.sh: the same descriptors through Pillow (or Pillow-SIMD) and NumPy, vectorised throughout.

    python3 features.py FOLDER

FOLDER holds pictures.txt, a path a line. Writes python.json and rows-python.npy there: the row that Atelier makes of a
picture, block by block. What NumPy has no vector operation for is left out, which makes the script faster, not slower:
the backdrop is told by a threshold and not flooded, pieces are not counted, shadows stay, no words are made.
"""

import json
import resource
import sys

import numpy as np
from PIL import Image

SIDE = 128
LEVELS = np.arange(256) / 255.0
LINEAR = np.where(LEVELS <= 0.04045, LEVELS / 12.92, ((LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)
XYZ = np.array(
    [
        [0.43395275, 0.37621936, 0.18982789],
        [0.21267290, 0.71515220, 0.07217490],
        [0.01775658, 0.10946890, 0.87277452],
    ],
    np.float32,
)
LIGHTNESS_CENTRES = np.array([12, 35, 57, 77, 94], np.float32)
CHROMA_CENTRES = np.array([-45, -15, 0, 15, 45], np.float32)
CODES = np.arange(256)
ROTATED = ((CODES << 1) | (CODES >> 7)) & 255
ONES = np.array([bin(code).count("1") for code in CODES])
CHANGES = np.array([bin(code).count("1") for code in CODES ^ ROTATED])
PATTERN_CLASS = np.where(CHANGES <= 2, ONES, 9)


def decode(path):
    """RGB, the longer side at most SIDE: scaled by the JPEG decoder, then by areas."""
    with Image.open(path) as file:
        width, height = file.size
        longer = max(width, height)
        if longer <= SIDE:
            return np.asarray(file.convert("RGB"))
        size = tuple(max(1, (2 * length * SIDE + longer) // (2 * longer)) for length in (width, height))
        file.draft("RGB", size)
        return np.asarray(file.convert("RGB").resize(size, Image.Resampling.BOX))


def lab(rgb):
    value = LINEAR[rgb] @ XYZ.T
    curve = np.where(value > 0.008856452, np.cbrt(value), 7.787037 * value + 0.13793103)
    x, y, z = curve[..., 0], curve[..., 1], curve[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def smoothed(profiles):
    """Running medians of three profiles at some twenty places, lines between them."""
    count = profiles.shape[1]
    if count <= 4:
        return profiles
    centres = np.append(np.arange(0, count - 1, max(4, count // 16)), count - 1)
    knots = np.empty((3, len(centres)), np.float32)
    for k, centre in enumerate(centres):
        half = max(min(count // 4, centre, count - 1 - centre), count // 8)
        window = profiles[:, max(0, centre - half) : min(count - 1, centre + half) + 1]
        middle = window.shape[1] // 2
        knots[:, k] = np.partition(window, middle, axis=1)[:, middle]
    places = np.arange(count)
    return np.stack([np.interp(places, centres, knot) for knot in knots]).astype(np.float32)


def garment(planes):
    """Pixels unlike a backdrop that is interpolated between the four borders."""
    _, height, width = planes.shape
    depth = max(1, min(width, height) // 40)
    left, right = smoothed(planes[:, :, :depth].mean(2)), smoothed(planes[:, :, -depth:].mean(2))
    top, bottom = smoothed(planes[:, :depth].mean(1)), smoothed(planes[:, -depth:].mean(1))
    v = np.linspace(0, 1, height, dtype=np.float32)[None, :, None]
    u = np.linspace(0, 1, width, dtype=np.float32)[None, None, :]
    corners = [(side[:, end] + line[:, place]) / 2 for side, line, end, place in (
        (left, top, 0, 0), (right, top, 0, -1), (left, bottom, -1, 0), (right, bottom, -1, -1))]
    top_left, top_right, bottom_left, bottom_right = (corner[:, None, None] for corner in corners)
    start = left[:, :, None] - ((1 - v) * top_left + v * bottom_left)
    end = right[:, :, None] - ((1 - v) * top_right + v * bottom_right)
    backdrop = (1 - u) * start + u * end + (1 - v) * top[:, None, :] + v * bottom[:, None, :]
    squares = (planes - backdrop) ** 2
    mask = squares[0] + 2 * (squares[1] + squares[2]) > 36
    share = mask.mean()
    return mask if 0.002 <= share <= 0.95 else np.ones_like(mask)


def eroded(mask):
    inside = np.zeros_like(mask)
    inside[1:-1, 1:-1] = mask[1:-1, 1:-1] & mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    return inside if inside.sum() * 4 >= mask.sum() else mask


def palette(pixels):
    """K-means over the filled cells of a coarse grid, seeds far apart; near colours joined."""
    cells = np.clip((pixels[0] * 0.16).astype(int), 0, 15) * 256
    cells += np.clip(((pixels[1] + 96) / 12).astype(int), 0, 15) * 16
    cells += np.clip(((pixels[2] + 96) / 12).astype(int), 0, 15)
    counts = np.bincount(cells, minlength=4096)
    filled = np.flatnonzero(counts)
    sums = [np.bincount(cells, plane, 4096)[filled] for plane in pixels]
    weights = counts[filled] / len(cells)
    colours = (np.stack(sums) / counts[filled]).T
    seeds, distances, chosen = [], np.full(len(weights), np.inf), int(weights.argmax())
    while True:
        seeds.append(colours[chosen])
        distances = np.minimum(distances, ((colours - seeds[-1]) ** 2).sum(1))
        gains = weights * distances
        chosen = int(gains.argmax())
        if len(seeds) == 5 or gains[chosen] < 0.5:
            break
    centres = np.array(seeds)
    for _ in range(8):
        nearest = ((colours[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        shares = np.bincount(nearest, weights, len(centres))
        moved = np.stack([np.bincount(nearest, weights * plane, len(centres)) for plane in colours.T], axis=1)
        kept = shares > 0
        shares, moved = shares[kept], moved[kept] / shares[kept, None]
        if len(moved) == len(centres) and np.array_equal(moved, centres):
            break
        centres = moved
    parts = [(share, colour) for share, colour in zip(shares, centres)]
    while len(parts) > 1:
        pairs = [(((p[1] - q[1]) ** 2).sum(), i, j) for i, p in enumerate(parts) for j, q in enumerate(parts) if i < j]
        distance, i, j = min(pairs)
        if distance >= 100:
            break
        (w, p), (v, q) = parts[i], parts.pop(j)
        parts[i] = (w + v, (w * p + v * q) / (w + v))
    parts = [part for part in parts if part[0] >= 0.025] or parts
    total = sum(part[0] for part in parts)
    row = np.zeros(26, np.float32)
    for k, (share, colour) in enumerate(sorted(parts, key=lambda part: -part[0])):
        row[4 * k : 4 * k + 4] = [share / total, *(colour / 100)]
    mean = weights @ colours
    row[20:23] = mean / 100
    row[23:26] = np.sqrt(weights @ (colours - mean) ** 2) / 100
    return row


def colour_histogram(pixels):
    below, shares = [], []
    for plane, centres in zip(pixels, (LIGHTNESS_CENTRES, CHROMA_CENTRES, CHROMA_CENTRES)):
        plane = np.clip(plane, centres[0], centres[-1])
        k = np.minimum(np.searchsorted(centres, plane, side="right") - 1, len(centres) - 2)
        below.append(k)
        shares.append((plane - centres[k]) / (centres[k + 1] - centres[k]))
    base = (below[0] * 5 + below[1]) * 5 + below[2]
    histogram = np.zeros(125)
    for corner in range(8):
        bits = (corner >> 2 & 1, corner >> 1 & 1, corner & 1)
        weight = np.prod([share if bit else 1 - share for share, bit in zip(shares, bits)], axis=0)
        histogram += np.bincount(base + bits[0] * 25 + bits[1] * 5 + bits[2], weight, 125)
    return np.sqrt(histogram / histogram.sum())


def bands(profile):
    count = len(profile)
    starts = np.arange(16) * count // 16
    ends = np.maximum(starts + 1, np.arange(1, 17) * count // 16)
    sums = np.concatenate([[0], np.cumsum(profile)])
    return (sums[ends] - sums[starts]) / (ends - starts)


def shape(mask):
    height, width = mask.shape
    weight = mask.astype(float)
    rows, columns = weight.sum(1), weight.sum(0)
    total = rows.sum()
    spans = np.where(rows > 0, width - mask[:, ::-1].argmax(1) - mask.argmax(1), 0)
    row = [np.log(height / width) / 2, total / mask.size, (mask & mask[:, ::-1]).sum() / total]
    row += [max(0, 1 - total / max(spans.sum(), 1)), 0]
    x, y = np.arange(width), np.arange(height)
    dx, dy = x - columns @ x / total, y - rows @ y / total
    m20, m02, m30, m03 = columns @ dx**2, rows @ dy**2, columns @ dx**3, rows @ dy**3
    along = weight @ np.stack([dx, dx**2], axis=1)
    m11, m21, m12 = dy @ along[:, 0], dy @ along[:, 1], dy**2 @ along[:, 0]
    n20, n11, n02 = m20 / total**2, m11 / total**2, m02 / total**2
    n30, n21, n12, n03 = (m / total**2.5 for m in (m30, m21, m12, m03))
    p, q, r, s = n30 + n12, n21 + n03, n30 - 3 * n12, 3 * n21 - n03
    hu = np.array([
        n20 + n02, (n20 - n02) ** 2 + 4 * n11**2, r**2 + s**2, p**2 + q**2,
        r * p * (p**2 - 3 * q**2) + s * q * (3 * p**2 - q**2),
        (n20 - n02) * (p**2 - q**2) + 4 * n11 * p * q,
        s * p * (p**2 - 3 * q**2) - r * q * (3 * p**2 - q**2),
    ])
    signs = np.where(hu < 0, -1, 1)
    signs[6] = 1
    row += list(signs * np.log1p(np.abs(hu) * 1e4) / 10)
    column = np.minimum(x * 8 // width, 7 - x * 8 // width)
    cells = (y * 8 // height * 4)[:, None] + column[None]
    grid = np.bincount(cells.ravel(), weight.ravel(), 32) / (mask.size / 32)
    return np.concatenate([row, bands(spans) / width, bands(rows) / width, np.minimum(1, grid)])


def square_sums(planes, radius):
    """Sums over squares of side 2 * radius + 1, clipped at the borders, of several planes at once."""
    _, height, width = planes.shape
    sums = np.zeros((len(planes), height + 1, width + 1))
    planes.cumsum(1, out=sums[:, 1:, 1:])
    sums[:, 1:, 1:].cumsum(2, out=sums[:, 1:, 1:])
    y, x = np.arange(height), np.arange(width)
    top, bottom = np.maximum(0, y - radius), np.minimum(height, y + radius + 1)
    left, right = np.maximum(0, x - radius), np.minimum(width, x + radius + 1)
    bands = sums[:, bottom] - sums[:, top]
    return bands[:, :, right] - bands[:, :, left]


def local_patterns(plane, inside, radius):
    height, width = plane.shape
    if height <= 2 * radius or width <= 2 * radius:
        return np.eye(10)[0]
    r, d = radius, 1 if radius == 1 else int(radius * 0.7071 + 0.5)
    limit = plane[r : height - r, r : width - r] + 0.8
    codes = np.zeros(limit.shape, np.uint8)
    for k, (dy, dx) in enumerate([(0, r), (d, d), (r, 0), (d, -d), (0, -r), (-d, -d), (-r, 0), (-d, d)]):
        near = plane[r + dy : height - r + dy, r + dx : width - r + dx]
        codes |= (near > limit).astype(np.uint8) << k
    counts = np.bincount(PATTERN_CLASS[codes[inside[r : height - r, r : width - r]]], minlength=10)
    return np.eye(10)[0] if counts.sum() == 0 else counts / counts.sum()


def texture(planes, inside):
    _, height, width = planes.shape
    down, across = np.gradient(planes[0]) if min(height, width) > 1 else (np.zeros((height, width)),) * 2
    magnitude = np.hypot(across, down)
    voting = inside & (magnitude >= 0.1)
    votes = magnitude[voting]
    position = np.mod(np.arctan2(down[voting], across[voting]) / np.pi, 1) * 8
    low = np.minimum(position.astype(int), 7)
    share = position - low
    cells = ((np.arange(height) * 4 // height * 3)[:, None] + np.arange(width) * 3 // width)[voting] * 8
    histogram = np.bincount(cells + low, votes * (1 - share), 96)
    histogram += np.bincount(cells + (low + 1) % 8, votes * share, 96)
    mass = max(histogram.sum(), 1e-9)
    histogram = histogram.reshape(4, 3, 8)
    mirrored = histogram[:, :, (8 - np.arange(8)) % 8]
    folded = np.stack([histogram[:, 0] + mirrored[:, 2], (histogram[:, 1] + mirrored[:, 1]) / 2], axis=1)
    parts = [np.sqrt(folded.ravel() / mass)]

    weight = inside.astype(np.float32)
    weighted = np.concatenate([planes * weight, weight[None]])
    octaves = [planes]
    for radius in (1, 2, 4, 8):
        sums = square_sums(weighted, radius)
        octaves.append(np.where(sums[3] > 0.01, sums[:3] / np.maximum(sums[3], 0.01), 0))
    parts += [np.sqrt(local_patterns(planes[0], inside, 1)), np.sqrt(local_patterns(octaves[1][0], inside, 2))]
    energies = []
    for finer, coarser in zip(octaves, octaves[1:]):
        squares = ((finer - coarser) ** 2)[:, inside].mean(1)
        energies.append((squares[0], squares[1] + squares[2]))
    parts.append(np.log1p(np.sqrt(np.array(energies).T.ravel())) / 3)
    shares = histogram.sum((0, 1)) / mass
    parts.append(shares[[0, 4, 2, 6]] + (shares[[7, 3, 1, 5]] + shares[[1, 5, 3, 7]]) / 2)
    return np.concatenate(parts)


def features(rgb):
    planes = lab(rgb)
    mask = garment(planes)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    inside = eroded(mask)
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    planes, mask, inside = planes[(slice(None), *box)], mask[box], inside[box]
    pixels = planes[:, inside]
    return np.concatenate([palette(pixels), colour_histogram(pixels), shape(mask), texture(planes, inside)])


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    folder = sys.argv[1]
    with open(f"{folder}/pictures.txt", encoding="utf-8") as file:
        paths = file.read().split("\n")[:-1]
    features(decode(paths[0]))
    start = processor_time()
    decoded = [decode(path) for path in paths]
    middle = processor_time()
    rows = [features(picture) for picture in decoded]
    end = processor_time()
    share = 1000 / len(paths)
    results = {"pictures": len(paths), "decoding": (middle - start) * share, "features": (end - middle) * share}
    np.save(f"{folder}/rows-python.npy", np.stack(rows).astype(np.float32))
    with open(f"{folder}/python.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=2, sort_keys=True)


main()
