# /// finding
# adapter = "keras_ops"
# environment = { KERAS_BACKEND = "numpy" }
# title = "sigmoid of float64 answers with float32"
# implementation = "keras"
# property = "is_accurate"
# operation = "sigmoid"
# format = "f64"
# meaning = """
# Half of the digits are lost without a word, when somebody computes in float64 on purpose; sigmoid(-200) becomes 0."""
# issue = """
# keras.ops.sigmoid of a float64 array returns float32 on the NumPy backend (3.15.1); softmax and log_softmax return
# float64. Expected: float64."""
# ///
import math

import keras
import numpy

print("Keras", keras.__version__, keras.backend.backend())
for x in 0.3, -200.0:
    got = keras.ops.sigmoid(numpy.array([x]))
    print(f"sigmoid({x}) = {got[0]:.17g}, {got.dtype}; due {math.exp(x) / (1 + math.exp(x)):.17g}")
print("softmax:", keras.ops.softmax(numpy.array([[0.3, 1.0]])).dtype)
