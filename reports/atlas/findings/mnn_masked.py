# /// finding
# adapter = "mnn_expr"
# title = "A masked token keeps weight in rows of eight and more"
# implementation = "mnn"
# property = "zeroes_masked"
# operation = "softmax"
# format = "f32"
# meaning = """
# A mask of -inf leaves a probability of about 2e-39 in rows of eight elements and more, and exactly 0 in shorter
# ones. The number is too small to change a sum; it matters to who tests for zero, to ratios and to logarithms: the
# logarithm of a masked probability is -87, not -inf."""
# issue = """
# expr.softmax of eight elements of which one is -inf and the others 0 gives the masked one about 2.4e-39 (MNN 3.6.1,
# x86-64), and so does any logit that is more than 87 below the largest; rows of seven give 0. Expected: 0 for -inf.
# The exponential for vectors limits its argument from below to about -87."""
# ///
import MNN
import MNN.expr as expr
import numpy


def softmax(row):
    given = expr.const(numpy.array([row], numpy.float32), [1, len(row)], expr.NCHW)
    result = expr.softmax(given, -1)
    return numpy.array(result.read())  # a copy, while `result` exists, whose memory it is


print("MNN", MNN.version())
for masked in -numpy.inf, -10000.0:
    for length in 7, 8:
        print(f"{length} elements, the first is {masked}:", softmax([masked] + [0] * (length - 1)).ravel()[0],
              "due: 0, exactly or because exp(-10000) < 1e-4000")
