# /// finding
# adapter = "thinc_ops"
# title = "sigmoid stops at 2.06e-9: logits below -20 count as -20"
# implementation = "thinc"
# property = "is_accurate"
# operation = "sigmoid"
# format = "f64"
# meaning = """
# Events of probability below 2e-9 all get 2e-9, and -inf, too: whoever masks with -inf before a sigmoid keeps that
# much; in binary64 a sure event has 0.999999998 rather than 1."""
# issue = """
# NumpyOps.sigmoid limits its argument to [-20, 20] (thinc 9.1.1): sigmoid(-100), sigmoid(-inf) and sigmoid(-20) are
# the same 2.06e-9. A limit against overflow warnings is understandable; at -20 it is much tighter than needed (exp
# overflows at 88 in float32 and 709 in float64), and a line in the documentation would help. The function itself is
# used by logistic layers."""
# ///
import math

import numpy
import thinc
import thinc.api

ops = thinc.api.NumpyOps()
print("thinc", thinc.__version__)
for x in -19, -20, -30, -100, -math.inf, 30:
    due = math.exp(x) / (1 + math.exp(x))
    single, double = (ops.sigmoid(numpy.array([x], dtype))[0] for dtype in "fd")
    print(f"sigmoid({x}): float32 {single:.9g}, float64 {double:.12g}, due {due:.12g}")
