# /// finding
# adapter = "onnx_runtime"
# title = "LogSoftmax of doubles turns a NaN into finite numbers"
# implementation = "onnxruntime"
# property = "treats_special_values"
# operation = "log_softmax"
# format = "f64"
# meaning = """
# A NaN among the logits, which says that something went wrong before, leaves logarithms of probabilities of 46.05:
# probabilities of 1e20. Whoever looks for NaN in what a service returns sees it in one place of the row, or in none
# that is looked at."""
# issue = """
# LogSoftmax (opset 13, CPU execution provider, 1.31.1) of float64 [0, ..., 0, NaN] gives 46.0517... = -log(1e-20) in
# every place but the last. float32 gives NaN everywhere, and so does float64 where the NaN comes first. Expected: NaN
# everywhere. It looks like a sum that is compared with 1e-20 in a way that NaN passes, with std::max for instance."""
# ///
import numpy
import onnxruntime


def field(number, content):  # protocol buffers: a key, then a small integer, or a length and bytes
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


def model(element):  # y = LogSoftmax(x), axis 1; opset 13; element: TensorProto.DataType
    shape = field(1, field(2, b"rows")) + field(1, field(2, b"cols"))
    x, y = (field(1, name) + field(2, field(1, field(1, element) + field(2, shape))) for name in (b"x", b"y"))
    axis = field(1, b"axis") + field(3, 1) + b"\xa0\x01\x02"
    node = field(1, b"x") + field(2, b"y") + field(4, b"LogSoftmax") + field(5, axis)
    graph = field(1, node) + field(2, b"g") + field(11, x) + field(12, y)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


print("ONNX Runtime", onnxruntime.__version__)
for element, dtype in (1, "float32"), (11, "float64"):
    session = onnxruntime.InferenceSession(model(element), providers=["CPUExecutionProvider"])
    for row in [0, 0, numpy.nan], [numpy.nan, 0, 0]:
        print(dtype, row, session.run(None, {"x": numpy.array([row], dtype)})[0],
              "due: NaN everywhere, as the sum is NaN")
