# /// finding
# adapter = "onnx_runtime"
# title = "Sigmoid of negative numbers loses all digits: wrong by a factor of two at -16 and -17, 0 below"
# implementation = "onnxruntime"
# property = "is_accurate"
# operation = "sigmoid"
# format = "f32"
# meaning = """
# Probabilities of rare events from a sigmoid: wrong by a factor of two at logits of -16 and -17, and 0 below; in
# binary64, 4 % are wrong at -36, and from -37 on it is 0, where 8e-17 is due. Ratios and logarithms of such
# probabilities are wrong or infinite."""
# issue = """
# Sigmoid (opset 13, CPU execution provider, 1.31.1): float32 sigmoid(-16) is 5.96e-8 where 1.125e-7 is due,
# sigmoid(-18) is 0 where 1.52e-8 is due; float64 sigmoid(-36) is 4.3 % too small and sigmoid(-37) is 0. The value
# appears to be found as 0.5 + something: the absolute error is below 1e-7 (1e-17), the relative one is 1. If only the
# absolute error is meant to be small, a line in the documentation would help. exp(x) / (1 + exp(x)) for x < 0 has
# neither problem."""
# ///
import math

import numpy
import onnxruntime


def field(number, content):  # protocol buffers: a key, then a small integer, or a length and bytes
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


def model(element):  # y = Sigmoid(x); opset 13; element: TensorProto.DataType
    shape = field(1, field(2, b"rows")) + field(1, field(2, b"cols"))
    x, y = (field(1, name) + field(2, field(1, field(1, element) + field(2, shape))) for name in (b"x", b"y"))
    node = field(1, b"x") + field(2, b"y") + field(4, b"Sigmoid")
    graph = field(1, node) + field(2, b"g") + field(11, x) + field(12, y)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


print("ONNX Runtime", onnxruntime.__version__)
for element, dtype in (1, "float32"), (11, "float64"):
    session = onnxruntime.InferenceSession(model(element), providers=["CPUExecutionProvider"])
    x = [-4, -10, -16, -17, -18, -30, -36, -37]
    for given, got in zip(x, session.run(None, {"x": numpy.array([x], dtype)})[0][0]):
        due = math.exp(given) / (1 + math.exp(given))
        print(f"{dtype} sigmoid({given}) = {got:.9g}, due {due:.9g}: {100 * (got / due - 1):+.3g} %")
