# /// finding
# adapter = "mlx_core"
# title = "softmax, exp and sigmoid of float64 have the accuracy and the range of float32"
# implementation = "mlx"
# property = "is_accurate"
# operation = "softmax"
# format = "f64"
# meaning = """
# Who switches to float64 to see whether a difference comes from rounding gets eight digits, not sixteen: checks of
# gradients in float64 fail, and differences between two implementations remain that are blamed on something else."""
# issue = """
# mx.exp of float64 on the CPU (mlx 0.32.4, Linux) has a relative error of about 2e-8 to 1e-7, the accuracy of
# float32, and softmax and sigmoid with it. Example: exp(-1) has the relative error that this program prints; expected
# about 1e-16. softmax of [0, -256] is 0 in the second place, where 6.6e-112 is due and float64 could hold it. A line
# in the documentation would do if that is intended."""
# ///
import math

import mlx.core as mx
import numpy

print("MLX", mx.__version__)
mx.set_default_device(mx.cpu)
for x in -1.0, -0.3, -5.5:
    got = float(numpy.array(mx.exp(mx.array([x], mx.float64)))[0])
    print(f"exp({x}) = {got:.17g}, due {math.exp(x):.17g}: relative error {got / math.exp(x) - 1:.2g}")
got = numpy.array(mx.softmax(mx.array([[1.0, 0.25, 0.0]], mx.float64), axis=-1))
due = [math.exp(x) / math.fsum(math.exp(each) for each in (1.0, 0.25, 0.0)) for x in (1.0, 0.25, 0.0)]
far = numpy.array(mx.softmax(mx.array([[0.0, -256.0]], mx.float64), axis=-1))
print(f"softmax of [0, -256]: {far[0]}, due {math.exp(-256):.3g} in the second place")
print("softmax of [1, 0.25, 0]:", got.dtype, "relative errors", [f"{y / p - 1:.2g}" for y, p in zip(got[0], due)])
