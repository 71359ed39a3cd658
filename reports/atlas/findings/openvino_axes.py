# /// finding
# adapter = "openvino_cpu"
# title = "ReduceLogSumExp of an ONNX model reduces everything, whatever its attribute axes says"
# implementation = "openvino"
# property = "is_accurate"
# operation = "log_sum_exp"
# format = "f32"
# meaning = """
# A model of ONNX opset 13 to 17 that takes a log-sum-exp for each row gets one number for the whole batch, without a
# warning."""
# issue = """
# OpenVINO 2026.4.1: an ONNX model of one node ReduceLogSumExp with the attribute axes=[1] and keepdims=0 reduces over
# all axes where the model's opset is 13 or 17 and is right where it is 11. ONNX has axes as an attribute up to opset
# 17 (the input came with 18). x = [[0, 0], [1, 1]] gives 2.006 instead of [0.693, 1.693]."""
# ///
import math

import numpy
import openvino


def field(number, content):  # protocol buffers: a key, then a small integer, or a length and bytes
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


def model(opset):  # y = ReduceLogSumExp(x), axes [1], keepdims 0
    rows, cols = (field(1, field(2, name)) for name in (b"rows", b"cols"))
    x = field(1, b"x") + field(2, field(1, field(1, 1) + field(2, rows + cols)))
    y = field(1, b"y") + field(2, field(1, field(1, 1) + field(2, rows)))
    axes = field(1, b"axes") + field(8, 1) + b"\xa0\x01\x07"
    keep = field(1, b"keepdims") + field(3, 0) + b"\xa0\x01\x02"
    node = field(1, b"x") + field(2, b"y") + field(4, b"ReduceLogSumExp") + field(5, axes) + field(5, keep)
    graph = field(1, node) + field(2, b"g") + field(11, x) + field(12, y)
    return field(1, 8) + field(7, graph) + field(8, field(2, opset))


print("OpenVINO", openvino.__version__)
core = openvino.Core()
for opset in 11, 13, 17:
    compiled = core.compile_model(core.read_model(model(opset)), "CPU")
    result = compiled({0: numpy.array([[0, 0], [1, 1]], numpy.float32)})[0]
    print(f"opset {opset}: log-sum-exp of [0, 0] and [1, 1]: {result}; due [{math.log(2):.7g}, {1 + math.log(2):.7g}]")
