# /// finding
# adapter = "jax_nn"
# title = "logsumexp and log_softmax in bfloat16 round the logarithm before the maximum comes to it"
# implementation = "jax"
# property = "is_accurate"
# operation = "log_sum_exp"
# format = "bf16"
# meaning = """
# Results near 0 have no correct digit: half of log-sum-exp of two logits of -0.6875 is lost. bfloat16 has three digits, of which
# other libraries deliver all, as they compute in float32 and round once."""
# issue = """
# jax.nn.logsumexp (0.10.2) of bfloat16 [-0.6875, -0.6875] gives 0.00390625 on the CPU; -0.6875 + log 2 = 0.005647 is
# expected. log(sum) is rounded to bfloat16 (0.6914) before the maximum is added. Computing in float32 and rounding the
# result would give 0.005646."""
# ///
import jax
import jax.numpy as jnp
import numpy

print("JAX", jax.__version__, "on", jax.default_backend())
for logit in (-0.6875, -0.6914, -0.5):
    row = jnp.array([logit, logit], jnp.bfloat16)
    x = float(row[0])
    print(f"bfloat16 [{x}, {x}] eager {float(jax.nn.logsumexp(row)):.6g}, compiled {float(jax.jit(jax.nn.logsumexp)(row)):.6g},",
          f"due {x + numpy.log(2):.6g}, from float32 {float(jax.nn.logsumexp(row.astype(jnp.float32)).astype(jnp.bfloat16)):.6g}")
row = jnp.array([2, 0], jnp.bfloat16)
print(f"bfloat16 log_softmax([2, 0])[0] eager {float(jax.nn.log_softmax(row)[0]):.6g}, compiled {float(jax.jit(jax.nn.log_softmax)(row)[0]):.6g},",
      f"due {-numpy.log1p(numpy.exp(-2)):.6g}")
