"""Writes a sentence encoder of the BERT family as an ONNX file that Atelier reads.

    python3 bert.py MODEL-FOLDER OUTPUT-FOLDER

MODEL-FOLDER holds config.json, model.safetensors (32-bit floats) and vocab.txt, as published. OUTPUT-FOLDER gets
model.onnx and vocab.txt. Needs onnx and numpy alone. Inputs `input_ids`, `attention_mask` and `token_type_ids`, each
n x tokens; output `last_hidden_state`, n x tokens x width. The network: Devlin et al. 2018.
"""

import json
import os
import shutil
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    length = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(data[8 + length + start : 8 + length + end], "<f4")
        tensors[name.removeprefix("bert.")] = values.reshape(entry["shape"])
    return tensors


class Graph:
    def __init__(self, weights, epsilon):
        self.weights = weights
        self.epsilon = epsilon
        self.nodes = []
        self.constants = {}

    def constant(self, name, values, kind=numpy.float32):
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(numpy.ascontiguousarray(values, kind), name)
        return name

    def node(self, kind, *inputs, **attributes):
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def dense(self, values, name):
        weight = self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T)
        return self.node("Add", self.node("MatMul", values, weight), self.own(f"{name}.bias"))

    def own(self, name):
        return self.constant(name, self.weights[name])

    def norm(self, values, name):
        return self.node(
            "LayerNormalization", values, self.own(f"{name}.weight"), self.own(f"{name}.bias"), epsilon=self.epsilon
        )

    def gelu(self, values):
        error = self.node("Erf", self.node("Div", values, self.constant("root-two", 2**0.5)))
        return self.node(
            "Mul",
            self.node("Mul", values, self.node("Add", error, self.constant("one", 1))),
            self.constant("half", 0.5),
        )

    def heads(self, values, count, width, order):
        shape = self.constant("by-head", [0, 0, count, width // count], numpy.int64)
        return self.node("Transpose", self.node("Reshape", values, shape), perm=order)


def network(weights, config):
    graph = Graph(weights, config["layer_norm_eps"])
    width, heads = config["hidden_size"], config["num_attention_heads"]

    # The first rows of the table of positions, as many as there are tokens.
    positions = graph.node(
        "Slice",
        graph.own("embeddings.position_embeddings.weight"),
        graph.constant("nought", [0], numpy.int64),
        graph.node("Shape", "input_ids", start=1, end=2),
        graph.constant("nought", [0], numpy.int64),
    )
    words, types = (
        graph.node("Gather", graph.own(f"embeddings.{table}_embeddings.weight"), indices)
        for table, indices in (("word", "input_ids"), ("token_type", "token_type_ids"))
    )
    values = graph.node("Add", graph.node("Add", words, types), positions)
    values = graph.norm(values, "embeddings.LayerNorm")

    # What is padding gets no attention: n x 1 x 1 x tokens of 0 or a number that drowns every score.
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    mask = graph.node("Unsqueeze", mask, graph.constant("middle-axes", [1, 2], numpy.int64))
    mask = graph.node("Mul", graph.node("Sub", graph.constant("one", 1), mask), graph.constant("drowned", -1e9))

    for layer in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{layer}"
        query = graph.heads(graph.dense(values, f"{name}.attention.self.query"), heads, width, [0, 2, 1, 3])
        key = graph.heads(graph.dense(values, f"{name}.attention.self.key"), heads, width, [0, 2, 3, 1])
        value = graph.heads(graph.dense(values, f"{name}.attention.self.value"), heads, width, [0, 2, 1, 3])
        scores = graph.node("MatMul", query, key)
        scores = graph.node("Div", scores, graph.constant("root-of-width", (width // heads) ** 0.5))
        shares = graph.node("Softmax", graph.node("Add", scores, mask), axis=-1)
        mixed = graph.node("Transpose", graph.node("MatMul", shares, value), perm=[0, 2, 1, 3])
        mixed = graph.node("Reshape", mixed, graph.constant("joined", [0, 0, width], numpy.int64))
        mixed = graph.dense(mixed, f"{name}.attention.output.dense")
        values = graph.norm(graph.node("Add", mixed, values), f"{name}.attention.output.LayerNorm")
        inner = graph.gelu(graph.dense(values, f"{name}.intermediate.dense"))
        values = graph.norm(
            graph.node("Add", graph.dense(inner, f"{name}.output.dense"), values), f"{name}.output.LayerNorm"
        )
    graph.nodes.append(helper.make_node("Identity", [values], ["last_hidden_state"], name="last_hidden_state"))
    return helper.make_graph(
        graph.nodes,
        config.get("model_type", "bert"),
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "tokens"])
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["n", "tokens", width])],
        list(graph.constants.values()),
    )


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = sys.argv[1:]
    with open(os.path.join(source, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    if config.get("hidden_act") != "gelu" or config.get("position_embedding_type", "absolute") != "absolute":
        sys.exit(f"{source}: no BERT with gelu and absolute positions")
    weights = read_safetensors(os.path.join(source, "model.safetensors"))
    model = helper.make_model(
        network(weights, config), opset_imports=[helper.make_opsetid("", 17)], producer_name="atelier"
    )
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    os.makedirs(target, exist_ok=True)
    shutil.copyfile(os.path.join(source, "vocab.txt"), os.path.join(target, "vocab.txt"))
    path = os.path.join(target, "model.onnx")
    onnx.save(model, path + ".part")
    os.replace(path + ".part", path)


main()
