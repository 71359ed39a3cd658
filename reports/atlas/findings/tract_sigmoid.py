# /// finding
# adapter = "tract_onnx"
# title = "Sigmoid never falls below 4.5e-7, and turns a NaN into that number"
# implementation = "tract"
# property = "is_accurate"
# operation = "sigmoid"
# format = "f32"
# meaning = """
# Rare events all have the probability 4.5e-7, however unlikely they are; sure ones 0.9999995. A NaN from an earlier
# layer comes out as the probability 4.5e-7 and is not seen again."""
# issue = """
# ONNX Sigmoid of float32 (tract 0.23.9, x86-64): sigmoid(-100) and sigmoid(-inf) give 4.4703484e-07, sigmoid(inf)
# 0.9999995, and sigmoid(NaN) gives 4.4703484e-07, too. Expected: 3.8e-44 (or 0), 0, 1 and NaN. A rational
# approximation on a limited range is a known trade of accuracy for speed, with an absolute error below 5e-7; the NaN
# is a side effect of the limits that min and max with swapped operands would avoid."""
# ///
import math
import pathlib
import tempfile

import numpy
import tract


def field(number, content):  # protocol buffers: a key, then a small integer, or a length and bytes
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


def model():  # y = Sigmoid(x); opset 13
    shape = field(1, field(2, b"rows")) + field(1, field(2, b"cols"))
    x, y = (field(1, name) + field(2, field(1, field(1, 1) + field(2, shape))) for name in (b"x", b"y"))
    node = field(1, b"x") + field(2, b"y") + field(4, b"Sigmoid")
    graph = field(1, node) + field(2, b"g") + field(11, x) + field(12, y)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


print("tract", tract.version())
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "sigmoid.onnx")
    path.write_bytes(model())
    sigmoid = tract.onnx().load(str(path)).into_model().into_runnable()
x = [-2, -7, -10, -13, -16, -100, -math.inf, math.inf, math.nan]
for given, got in zip(x, sigmoid.run([numpy.array([x], numpy.float32)])[0].to_numpy()[0]):
    due = math.exp(given) / (1 + math.exp(given)) if given < 0 else 1 / (1 + math.exp(-given))
    print(f"sigmoid({given}) = {got:.9g}, due {due:.9g}")
