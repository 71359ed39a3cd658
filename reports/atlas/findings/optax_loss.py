# /// finding
# adapter = "jax_nn"
# title = "optax's loss with integer labels loses the digits of logits that are far from 0"
# implementation = "jax"
# property = "ignores_shift"
# operation = "cross_entropy"
# format = "f32"
# meaning = """
# The loss depends on where the logits lie, not only on their differences: two equal logits of -10000 give 0 in half
# precision instead of log 2 = 0.693, and training sees a loss that moves in steps."""
# issue = """
# optax.softmax_cross_entropy_with_integer_labels (0.2.8) subtracts the label's logit from logsumexp(logits), which has been
# rounded at the size of the logits: for logits [-10000, -10000] it gives 0.0 in float16 and bfloat16, 0.693359375 in
# float32; log 2 = 0.69314718 is expected, and -jax.nn.log_softmax(logits)[label] gives it. Subtracting the maximum from the
# logits first would keep the digits, as log_softmax does."""
# ///
import jax
import jax.numpy as jnp
import numpy
import optax

jax.config.update("jax_enable_x64", True)
print("optax", optax.__version__, "JAX", jax.__version__, "; due everywhere: log 2 =", numpy.log(2))
for dtype in (jnp.float16, jnp.bfloat16, jnp.float32, jnp.float64):
    for logit in (0, -100, -10000):
        row = jnp.array([[logit, logit]], dtype)
        loss = optax.softmax_cross_entropy_with_integer_labels(row, jnp.array([0]))[0]
        print(f"{dtype.__name__:9} [{logit}, {logit}] loss {float(loss):.9g}, -log_softmax {float(-jax.nn.log_softmax(row)[0, 0]):.9g}")
