# /// finding
# adapter = "mnn_expr"
# title = "A NaN becomes a confident answer: sigmoid gives it 1, softmax of eight and more loses it"
# implementation = "mnn"
# property = "treats_special_values"
# operation = "sigmoid"
# format = "f32"
# meaning = """
# A NaN from an earlier layer comes out of a detector as the probability 1, and out of a classifier of eight and more
# classes as finite numbers that nobody suspects."""
# issue = """
# MNN 3.6.1 on x86-64: expr.sigmoid of NaN gives 1; expr.softmax of [NaN, 0, 0, 0, 0, 0, 0, 0] gives finite numbers,
# and with the NaN in the last place all probabilities are 1.6e-18, while rows of fewer than eight give NaN. Expected:
# NaN. The exponential for vectors limits its argument with min and max instructions that return their second operand
# when the first is NaN."""
# ///
import MNN
import MNN.expr as expr
import numpy


def run(function, row):
    given = expr.const(numpy.array([row], numpy.float32), [1, len(row)], expr.NCHW)
    result = function(given)
    return numpy.array(result.read())  # a copy, while `result` exists, whose memory it is


print("MNN", MNN.version())
print("sigmoid [NaN]", run(expr.sigmoid, [numpy.nan]), "due: NaN")
for row in [numpy.nan, 0], [numpy.nan] + [0] * 7, [0] * 7 + [numpy.nan]:
    print("softmax", row, run(lambda x: expr.softmax(x, -1), row), "due: NaN everywhere, as the sum is NaN")
