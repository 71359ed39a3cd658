# /// finding
# adapter = "onnx_runtime"
# title = "ReduceLogSumExp of a row with a -inf forgets the other logits where they are far below 0"
# implementation = "onnxruntime"
# property = "is_accurate"
# operation = "log_sum_exp"
# format = "f32"
# meaning = """
# The normaliser of a masked row is -inf although tokens are left that are not masked, and it depends on the order:
# with -inf first, the row [-inf, -128] gives -inf, with -inf last it gives -128. Whatever is divided by such a
# normaliser becomes infinite or NaN."""
# issue = """
# ReduceLogSumExp (opset 13, axes=[1], keepdims=0, CPU execution provider, 1.31.1): [[-inf, -128]] gives -inf, [[-128,
# -inf]] gives -128. Expected: -128 both ways, since exp(-inf) adds nothing. It looks as if the maximum were taken as
# 0 when the first element is infinite, so that exp(-128) underflows. The same in float16 and float64 (there below
# -745)."""
# ///
import numpy
import onnxruntime


def field(number, content):  # protocol buffers: a key, then a small integer, or a length and bytes
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


def model(element):  # y = ReduceLogSumExp(x), axes [1], keepdims 0; opset 13; element: TensorProto.DataType
    rows, cols = (field(1, field(2, name)) for name in (b"rows", b"cols"))
    x = field(1, b"x") + field(2, field(1, field(1, element) + field(2, rows + cols)))
    y = field(1, b"y") + field(2, field(1, field(1, element) + field(2, rows)))
    axes = field(1, b"axes") + field(8, 1) + b"\xa0\x01\x07"
    keep = field(1, b"keepdims") + field(3, 0) + b"\xa0\x01\x02"
    node = field(1, b"x") + field(2, b"y") + field(4, b"ReduceLogSumExp") + field(5, axes) + field(5, keep)
    graph = field(1, node) + field(2, b"g") + field(11, x) + field(12, y)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


print("ONNX Runtime", onnxruntime.__version__)
for element, dtype in (1, "float32"), (11, "float64"):
    session = onnxruntime.InferenceSession(model(element), providers=["CPUExecutionProvider"])
    for far in -10, -128, -1000:
        for row in [-numpy.inf, far], [far, -numpy.inf]:
            print(dtype, row, session.run(None, {"x": numpy.array([row], dtype)})[0], "due:", far)
