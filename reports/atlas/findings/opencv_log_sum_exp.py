# /// finding
# adapter = "opencv_python"
# title = "ReduceLogSumExp overflows at 89, and LogSoftmax is the logarithm of a probability that has become 0"
# implementation = "opencv python"
# property = "is_accurate"
# operation = "log_sum_exp"
# format = "f32"
# meaning = """
# Ordinary logits of 100 give an infinite normaliser; and a class that is 100 below the best has the log-probability
# -inf, so that its loss is infinite."""
# issue = """
# OpenCV 5.0.0, dnn, float32, DNN_BACKEND_OPENCV: ONNX ReduceLogSumExp of [128, 128] gives inf (128.693 expected), of
# [-110, -110] -inf (-109.307 expected): the maximum is not subtracted. LogSoftmax of [0, -100] gives -inf (-100
# expected): it is log(softmax(x)), and softmax underflows (4.6.0 does the same). x - max - log(sum(exp(x - max))) has
# neither problem."""
# ///
import cv2
import numpy


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


print("OpenCV", cv2.__version__)
for operator, rows, due in ((b"ReduceLogSumExp", ([50, 50], [128, 128], [-110, -110]), "x + log 2 = x + 0.6931472"),
                            (b"LogSoftmax", ([0, -50], [0, -100]), "the row itself, as log(1 + exp(-50)) < 2e-22")):
    net = cv2.dnn.readNetFromONNX(numpy.frombuffer(model(operator), numpy.uint8))
    for row in rows:
        net.setInput(numpy.array([row], numpy.float32))
        print(operator.decode(), row, net.forward().ravel(), "due:", due)
