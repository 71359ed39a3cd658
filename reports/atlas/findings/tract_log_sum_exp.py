# /// finding
# adapter = "tract_onnx"
# title = "ReduceLogSumExp overflows at 89, and LogSoftmax is the logarithm of a probability that has become 0"
# implementation = "tract"
# property = "is_accurate"
# operation = "log_sum_exp"
# format = "f32"
# meaning = """
# Ordinary logits of 100 give an infinite normaliser; and a class that is 110 below the best has the log-probability
# -inf, so that its loss is infinite."""
# issue = """
# tract 0.23.9, float32: ONNX ReduceLogSumExp of [100, 100] gives inf (100.693 expected), of [-1000, -1000] -inf
# (-999.307 expected): the maximum is not subtracted. LogSoftmax of [0, -100] gives -87.5 and of [0, -110] -inf (-100
# and -110 expected): it is log(softmax(x)), and softmax underflows. x - max - log(sum(exp(x - max))) has neither
# problem."""
# ///
import pathlib
import tempfile

import numpy
import tract


def field(number, content):  # protocol buffers: a key, then a small integer, or a length and bytes
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


def model(operator):  # y = operator(x) along axis 1; opset 13
    rows, cols = (field(1, field(2, name)) for name in (b"rows", b"cols"))
    reduces = operator == b"ReduceLogSumExp"
    x = field(1, b"x") + field(2, field(1, field(1, 1) + field(2, rows + cols)))
    y = field(1, b"y") + field(2, field(1, field(1, 1) + field(2, rows if reduces else rows + cols)))
    node = field(1, b"x") + field(2, b"y") + field(4, operator)
    if reduces:
        node += field(5, field(1, b"axes") + field(8, 1) + b"\xa0\x01\x07")
        node += field(5, field(1, b"keepdims") + field(3, 0) + b"\xa0\x01\x02")
    else:
        node += field(5, field(1, b"axis") + field(3, 1) + b"\xa0\x01\x02")
    graph = field(1, node) + field(2, b"g") + field(11, x) + field(12, y)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


print("tract", tract.version())
cases = ((b"ReduceLogSumExp", ([100, 100], [-1000, -1000]), "x + log 2 = x + 0.6931472"),
         (b"LogSoftmax", ([0, -50], [0, -100], [0, -110]), "the row itself, as log(1 + exp(-50)) < 2e-22"))
for operator, rows, due in cases:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "model.onnx")
        path.write_bytes(model(operator))
        runnable = tract.onnx().load(str(path)).into_model().into_runnable()
    for row in rows:
        result = runnable.run([numpy.array([row], numpy.float32)])[0].to_numpy().ravel()
        print(operator.decode(), row, result, "due:", due)
