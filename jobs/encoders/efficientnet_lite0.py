"""Writes EfficientNet-Lite0 with its ImageNet weights as an ONNX file that Atelier reads.

    python3 efficientnet_lite0.py WEIGHTS.pth OUTPUT.onnx

Needs onnx and numpy alone. Input `pixels`, n x 3 x 224 x 224, (value - 127) / 128 of 0...255; output `features`,
n x 1280: the mean over all places after the last convolution. The batch normalisations are folded into the
convolutions (mathematically the same network). Sizes: Tan and Le 2019 (EfficientNet), scaled for devices without
squeeze-and-excitation and with ReLU6 ("Lite"); convolutions pad as TensorFlow's SAME, in which the weights were trained.
"""

import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import torch_weights

SIDE = 224
EPSILON = 1e-3
# repeats, kernel, stride, expansion, channels in, channels out
STAGES = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]


class Graph:
    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.constants = {}
        self.side = SIDE

    def constant(self, name, values):
        self.constants[name] = numpy_helper.from_array(numpy.ascontiguousarray(values, numpy.float32), name)
        return name

    def node(self, kind, inputs, **attributes):
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, pixels, weight, norm, stride=1):
        """A convolution with its batch normalisation folded in."""
        kernel = self.weights[f"{weight}.weight"].astype(numpy.float64)
        gamma, beta, mean, variance = (
            self.weights[f"{norm}.{part}"].astype(numpy.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / numpy.sqrt(variance + EPSILON)
        side = kernel.shape[2]
        # SAME: the output has ceil(side / stride) places; an odd pixel of padding goes to the end.
        places = -(-self.side // stride)
        padding = max(0, (places - 1) * stride + side - self.side)
        before, after = padding // 2, padding - padding // 2
        self.side = places
        return self.node(
            "Conv",
            [
                pixels,
                self.constant(f"{weight}.kernel", kernel * scale[:, None, None, None]),
                self.constant(f"{weight}.bias", beta - mean * scale),
            ],
            kernel_shape=[side, side],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=self.groups(kernel, weight),
        )

    @staticmethod
    def groups(kernel, weight):
        return kernel.shape[0] if weight.endswith("_depthwise_conv") else 1

    def relu6(self, values):
        if "six" not in self.constants:
            self.constant("zero", 0)
            self.constant("six", 6)
        return self.node("Clip", [values, "zero", "six"])


def network(weights):
    graph = Graph(weights)
    values = graph.relu6(graph.convolution("pixels", "_conv_stem", "_bn0", stride=2))
    number = 0
    for repeats, side, stride, expansion, channels_in, channels_out in STAGES:
        for repeat in range(repeats):
            block = f"_blocks.{number}"
            incoming = values
            block_stride = stride if repeat == 0 else 1
            if expansion != 1:
                values = graph.relu6(graph.convolution(values, f"{block}._expand_conv", f"{block}._bn0"))
            values = graph.relu6(
                graph.convolution(values, f"{block}._depthwise_conv", f"{block}._bn1", block_stride)
            )
            values = graph.convolution(values, f"{block}._project_conv", f"{block}._bn2")
            if block_stride == 1 and (channels_in if repeat == 0 else channels_out) == channels_out:
                values = graph.node("Add", [values, incoming])
            number += 1
    values = graph.relu6(graph.convolution(values, "_conv_head", "_bn1"))
    values = graph.node("GlobalAveragePool", [values])
    graph.nodes.append(helper.make_node("Flatten", [values], ["features"], name="features", axis=1))
    return helper.make_graph(
        graph.nodes,
        "efficientnet-lite0",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 1280])],
        list(graph.constants.values()),
    )


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = sys.argv[1:]
    model = helper.make_model(
        network(torch_weights.read(source)), opset_imports=[helper.make_opsetid("", 13)], producer_name="atelier"
    )
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, target + ".part")
    os.replace(target + ".part", target)


main()
