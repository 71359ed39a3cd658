# /// finding
# adapter = "chainer_functions"
# title = "sigmoid of negative numbers loses its digits: 6 % off at -16, 0 at -20"
# implementation = "chainer"
# property = "is_accurate_at_every_width"
# operation = "sigmoid"
# format = "f32"
# meaning = """
# Probabilities of rare events are wrong by per cents near 1e-7 and 0 below 6e-8, where binary32 could hold 1e-38."""
# issue = """
# chainer.functions.sigmoid on NumPy (7.8.1): float32 sigmoid(-16) is 5.9 % too large, sigmoid(-20) is 0 where 2.06e-9
# is due; float64 sigmoid(-38) is 0 where 3.1e-17 is due. 0.5 * tanh(0.5 * x) + 0.5 has a small absolute error, but
# cancels for negative x. Chainer is retired; this is for who still runs it."""
# ///
import math

import chainer
import chainer.functions
import numpy

print("Chainer", chainer.__version__)
for dtype, x in ("f", (-4, -8, -16, -20, -80)), ("d", (-8, -16, -30, -38)):
    for given in x:
        got = chainer.functions.sigmoid(numpy.array([given], dtype)).array[0]
        due = math.exp(given) / (1 + math.exp(given))
        print(f"{got.dtype} sigmoid({given}) = {got:.9g}, due {due:.9g}: {100 * (got / due - 1):+.3g} %")
