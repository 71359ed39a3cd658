# /// finding
# adapter = "jax_nn"
# title = "Probabilities below the smallest normal number become 0 on the CPU"
# implementation = "jax"
# property = "treats_subnormals"
# operation = "softmax"
# format = "f32"
# meaning = """
# Small probabilities vanish earlier than the format demands: below 2^-126 in float32 and bfloat16, 2^-1022 in float64. A logarithm
# of them is -inf, a quotient 0 or NaN."""
# issue = """
# On the CPU jax.nn.softmax (0.10.2) gives 0 where the probability is subnormal: for [0, 96] in float32 the first is
# 2.031e-42, and so is NumPy's exp(-96); jax.numpy.exp(-96.) gives 0, too. The same in float64 from exp(-709) on. XLA's
# threads compute with subnormal numbers flushed to zero; the documentation of jax.nn.softmax does not say so."""
# ///
import jax
import numpy

jax.config.update("jax_enable_x64", True)
print("JAX", jax.__version__, "on", jax.default_backend())
for dtype, gap in ((numpy.float32, 88), (numpy.float32, 96), (numpy.float64, 720)):
    row = numpy.array([0, gap], dtype)
    due = numpy.exp(dtype(-gap)) / (1 + numpy.exp(dtype(-gap)))
    print(f"{dtype.__name__} softmax([0, {gap}])[0] {jax.nn.softmax(row)[0]:.4g}, due {due:.4g};",
          f"exp(-{gap}) {jax.numpy.exp(dtype(-gap)):.4g}, NumPy's {numpy.exp(dtype(-gap)):.4g}")
