"""The Python half of run.sh: the same pictures, texts and models through Pillow, NumPy and ONNX Runtime's own binding.

    python3 program.py FOLDER ROUNDS IMAGE-MODEL [TEXT-MODEL-FOLDER]

FOLDER holds pictures.txt and texts.txt, one path or text a line, and the pipes `orders` and `answers` to Atelier's half,
which takes each slice of pictures just before or after this program. Writes the vectors and python.json there.
"""

import json
import resource
import sys
import time

import numpy
import onnxruntime
from PIL import Image

SIDE = 224
# Pictures that one program takes before it is the other one's turn.
SLICE = 12


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def border(pixels):
    """The median colour of a frame of a fortieth of the shorter side."""
    height, width, _ = pixels.shape
    depth = max(1, min(height, width) // 40)
    mask = numpy.ones((height, width), bool)
    mask[depth : height - depth, depth : width - depth] = False
    frame = numpy.sort(pixels[mask], axis=0)
    return frame[(len(frame) + 1) // 2 - 1]


def load(path):
    with Image.open(path) as file:
        return file.convert("RGB")


def prepare(picture, bars=None):
    """The whole picture in the middle of 224 x 224, bars in white or in its border's colour, (value - 127) / 128."""
    scale = min(SIDE / picture.width, SIDE / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    canvas = Image.new("RGB", (SIDE, SIDE), bars or (255, 255, 255))
    canvas.paste(
        picture.resize(size, Image.Resampling.BILINEAR), ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2)
    )
    values = numpy.asarray(canvas, numpy.float32)
    return numpy.ascontiguousarray(((values - 127) / 128).transpose(2, 0, 1))


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure_pictures(folder, model, rounds, results):
    with open(f"{folder}/pictures.txt", encoding="utf-8") as file:
        paths = file.read().split("\n")[:-1]
    network = session(model)
    name = network.get_inputs()[0].name
    network.run(None, {name: prepare(load(paths[0]))[None]})
    results["pictures"] = len(paths)

    def in_batches(first, end, batch):
        start, used = time.perf_counter(), processor_time()
        for at in range(first, end, batch):
            pixels = numpy.stack([prepare(load(path)) for path in paths[at : min(end, at + batch)]])
            network.run(None, {name: pixels})
        return time.perf_counter() - start, processor_time() - used

    with open(f"{folder}/orders", "w", encoding="utf-8") as orders, open(f"{folder}/answers", encoding="utf-8") as answers:

        def atelier(first, end, threads):
            print(first, end, threads, file=orders, flush=True)
            return tuple(float(word) for word in answers.readline().split())

        ways = {
            "atelier": lambda first, end: atelier(first, end, 1),
            "python, one by one": lambda first, end: in_batches(first, end, 1),
            "python, in batches": lambda first, end: in_batches(first, end, SLICE),
        }
        slices = []
        for turn in range(rounds):
            for first in range(0, len(paths) - SLICE + 1, SLICE):
                taken = {}
                for way in sorted(ways, reverse=len(slices) % 2 == 1):
                    taken[way] = ways[way](first, first + SLICE)
                slices.append(taken)
        results["slices"] = slices
        # Threads are woken once and then have all pictures to work through, as in a shard.
        pairs = [[atelier(0, len(paths), threads)[0] for threads in (1, 2)] for turn in range(rounds + 1)]
        results["two threads"] = [one / two for one, two in pairs[1:]]

    share = 1000 / len(paths)
    marks = [processor_time()]
    decoded = [load(path) for path in paths]
    marks.append(processor_time())
    prepared = [prepare(picture) for picture in decoded]
    marks.append(processor_time())
    for pixels in prepared:
        network.run(None, {name: pixels[None]})
    marks.append(processor_time())
    results["decoding"], results["preparation"], results["network"] = (
        (after - before) * share for before, after in zip(marks, marks[1:])
    )
    # For comparison with Atelier's vectors: bars in the border's colour, as it paints them.
    vectors = []
    for picture in decoded[:200]:
        bars = tuple(int(level) for level in border(numpy.asarray(picture)))
        vectors.append(network.run(None, {name: prepare(picture, bars)[None]})[0][0])
    numpy.save(f"{folder}/pictures-python.npy", numpy.stack(vectors))


def measure_texts(folder, model, results):
    from tokenizers import BertWordPieceTokenizer

    with open(f"{folder}/texts.txt", encoding="utf-8", newline="\n") as file:
        texts = [text for text in file.read().split("\n") if text]
    tokenizer = BertWordPieceTokenizer(f"{model}/vocab.txt", lowercase=True)
    tokenizer.enable_truncation(256)
    network = session(f"{model}/model.onnx")
    start = time.perf_counter()
    vectors, tokens = [], []
    for text in texts:
        ids = numpy.array([tokenizer.encode(text).ids], numpy.int64)
        inputs = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
        mean = network.run(None, inputs)[0][0].mean(axis=0)
        vectors.append(mean / numpy.linalg.norm(mean))
        tokens.append(" ".join(map(str, ids[0])))
    results["textsPerSecondOnOneThread"] = len(texts) / (time.perf_counter() - start)
    numpy.save(f"{folder}/texts-python.npy", numpy.stack(vectors))
    with open(f"{folder}/tokens-python.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(tokens))


def main():
    folder, rounds, image_model = sys.argv[1:4]
    results = {}
    measure_pictures(folder, image_model, int(rounds), results)
    if len(sys.argv) > 4 and sys.argv[4]:
        measure_texts(folder, sys.argv[4], results)
    with open(f"{folder}/python.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=2, sort_keys=True)


if __name__ == "__main__":
    main()
