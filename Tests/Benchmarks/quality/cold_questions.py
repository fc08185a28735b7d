"""Keeps the questions whose answer no training outfit of a build shows.

    python3 cold_questions.py BUILD QUESTIONS KEPT
"""

import ast
import json
import sqlite3
import struct
import sys


def read_vector(path):
    """A one-dimensional .npy file of whole numbers."""
    with open(path, "rb") as file:
        if file.read(6) != b"\x93NUMPY":
            sys.exit(f"error: {path} is no .npy file")
        version = file.read(2)[0]
        (length,) = struct.unpack("<H", file.read(2)) if version == 1 else struct.unpack("<I", file.read(4))
        header = ast.literal_eval(file.read(length).decode("latin-1"))
        letter = {"|u1": "B", "<i4": "i", "<i8": "q"}[header["descr"]]
        (count,) = header["shape"]
        return struct.unpack(f"<{count}{letter}", file.read())


def training_items(build):
    """The ids of the items that training outfits show."""
    offsets, rows, splits = (read_vector(f"{build}/outfit_{name}.npy") for name in ("offsets", "items", "splits"))
    shown = {
        row
        for outfit, split in enumerate(splits)
        if split == 0
        for row in rows[offsets[outfit] : offsets[outfit + 1]]
    }
    catalog = sqlite3.connect(f"file:{build}/catalog.sqlite?immutable=1", uri=True)
    return {name for row, name in catalog.execute("SELECT row, id FROM items") if row in shown}


def main():
    build, questions, kept = sys.argv[1:]
    warm = training_items(build)
    with open(questions, encoding="utf-8") as file:
        cold = [question for question in json.load(file) if question["answers"][question["correct"]] not in warm]
    with open(kept, "w", encoding="utf-8") as file:
        json.dump(cold, file)


if __name__ == "__main__":
    main()
