"""Reads the tensors of a PyTorch .pth file into NumPy arrays, without PyTorch.

A .pth file is a pickle, and a pickle may run any code: the reader below knows four names and refuses every other one.
Both layouts are read: the zip archive (PyTorch 1.6 and later) and the older sequence of pickles.
"""

import collections
import io
import pickle
import zipfile

import numpy

ELEMENT_TYPES = {
    "FloatStorage": numpy.dtype("<f4"),
    "DoubleStorage": numpy.dtype("<f8"),
    "HalfStorage": numpy.dtype("<f2"),
    "LongStorage": numpy.dtype("<i8"),
    "IntStorage": numpy.dtype("<i4"),
    "ByteStorage": numpy.dtype("u1"),
}
OLD_MAGIC = 0x1950A86A20F9469CFC6C


class Storage:
    def __init__(self, element_type, count):
        self.element_type = element_type
        self.count = count
        self.elements = None


class Tensor:
    def __init__(self, storage, offset, shape, strides):
        self.storage, self.offset, self.shape, self.strides = storage, offset, tuple(shape), tuple(strides)

    def array(self):
        size = self.storage.element_type.itemsize
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides))
        if 0 in self.shape or self.offset < 0 or min(self.strides, default=0) < 0 or last >= self.storage.count:
            raise ValueError(f"a tensor of shape {self.shape} leaves its storage")
        view = numpy.lib.stride_tricks.as_strided(
            self.storage.elements[self.offset :], self.shape, [s * size for s in self.strides]
        )
        return view.copy()


class StorageType:
    def __init__(self, name):
        self.element_type = ELEMENT_TYPES[name]


def rebuild_tensor(storage, offset, shape, strides, *_):
    return Tensor(storage, offset, shape, strides)


class Reader(pickle.Unpickler):
    """An unpickler of four names: tensors, storages and ordered dictionaries; everything else is refused."""

    def __init__(self, file, storages):
        super().__init__(file, encoding="utf-8")
        self.storages = storages

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuild_tensor
        if module == "torch" and name in ELEMENT_TYPES:
            return StorageType(name)
        raise pickle.UnpicklingError(f"the file names {module}.{name}, which no weights need")

    def persistent_load(self, identity):
        kind, storage_type, key, _, count = identity[:5]
        if kind != "storage":
            raise pickle.UnpicklingError(f"unknown kind of object: {kind}")
        return self.storages.setdefault(key, Storage(storage_type.element_type, count))


def read_zip(path, storages):
    with zipfile.ZipFile(path) as archive:
        index = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        tensors = Reader(io.BytesIO(archive.read(index)), storages).load()
        for key, storage in storages.items():
            data = archive.read(f"{index[: -len('data.pkl')]}data/{key}")
            storage.elements = numpy.frombuffer(data, storage.element_type)
    return tensors


def read_sequence(path, storages):
    with open(path, "rb") as file:
        if Reader(file, {}).load() != OLD_MAGIC:
            raise ValueError(f"{path}: no PyTorch file")
        for _ in ("protocol", "system"):
            Reader(file, {}).load()
        tensors = Reader(file, storages).load()
        for key in Reader(file, {}).load():
            storage = storages[key]
            count = int.from_bytes(file.read(8), "little")
            if count != storage.count:
                raise ValueError(f"{path}: storage {key} holds {count} elements, not {storage.count}")
            storage.elements = numpy.frombuffer(
                file.read(count * storage.element_type.itemsize), storage.element_type
            )
    return tensors


def read(path):
    """The tensors of a state dictionary, by name."""
    storages = {}
    tensors = (read_zip if zipfile.is_zipfile(path) else read_sequence)(path, storages)
    for key, storage in storages.items():
        if storage.elements is None or len(storage.elements) != storage.count:
            raise ValueError(f"{path}: storage {key} is cut short")
    return {name: tensor.array() for name, tensor in tensors.items()}
