# /// finding
# adapter = "tensorflow_nn"
# environment = { TF_CPP_MIN_LOG_LEVEL = "3", CUDA_VISIBLE_DEVICES = "-1" }
# title = "softmax keeps a NaN in its place and gives the rest of the row probability 0"
# implementation = "tensorflow"
# property = "treats_special_values"
# operation = "softmax"
# format = "f32"
# meaning = """
# With oneDNN, which is the default on x86-64, one NaN among the logits makes the other probabilities 0 rather than
# NaN: sums over part of a row, and attention over other positions, go on with wrong numbers. log_softmax of the same
# row is NaN throughout, and so is softmax of float64."""
# issue = """
# tf.nn.softmax of float32 (2.21.0, CPU, oneDNN on): [NaN, 0] gives [NaN, 0], and [0] * 16 + [NaN] gives fifteen zeros
# and two NaN. With TF_ENABLE_ONEDNN_OPTS=0, and in float64, all elements are NaN, which is expected, as the sum is
# NaN."""
# ///
import os
import subprocess
import sys

import numpy
import tensorflow as tf

print("TensorFlow", tf.__version__, "TF_ENABLE_ONEDNN_OPTS", os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"))
for dtype in "float32", "float64":
    for row in [numpy.nan, 0], [0] * 16 + [numpy.nan]:
        print(dtype, row, tf.nn.softmax(tf.constant([row], dtype)).numpy()[0], "due: NaN everywhere, as the sum is NaN")
if "TF_ENABLE_ONEDNN_OPTS" not in os.environ:
    sys.stdout.flush()
    subprocess.run([sys.executable, __file__], env={**os.environ, "TF_ENABLE_ONEDNN_OPTS": "0"}, check=True)
