# /// finding
# adapter = "chainer_functions"
# title = "log_softmax loses digits when all logits are far from 0: x minus a rounded log-sum-exp"
# implementation = "chainer"
# property = "ignores_shift"
# operation = "log_softmax"
# format = "f32"
# meaning = """
# Adding the same number to all logits changes no probability, but here it changes the loss: with logits near 1e6, a
# loss of 0.3133 becomes 0.3125, with logits near 1.7e7 it is 0."""
# issue = """
# chainer.functions.log_softmax and softmax_cross_entropy (7.8.1, NumPy) compute x - logsumexp(x), whose rounding is
# relative to x, not to the result: float32 [1e6, 999999] gives -0.3125 where -0.31326 is due. (x - max) -
# log(sum(exp(x - max))) does not have that error. Chainer is retired; this is for who still runs it."""
# ///
import math

import chainer
import chainer.functions
import numpy

print("Chainer", chainer.__version__)
for shift in 0, 1e4, 1e6, 16777215:  # binary32 holds these numbers, and one less, exactly
    row = numpy.array([[shift, shift - 1]], "f")
    loss = chainer.functions.softmax_cross_entropy(row, numpy.array([0]), reduce="no").array[0]
    print(f"[{shift}, {shift} - 1]: log_softmax {chainer.functions.log_softmax(row).array[0]}, loss {loss}; due "
          f"{-math.log1p(math.exp(-1)):.7g}, {-1 - math.log1p(math.exp(-1)):.7g}")
