# /// script
# requires-python = ">=3.10"
# dependencies = ["jax==0.10.2", "optax==0.2.8", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "JAX"
# calls = "jax.nn.softmax, log_softmax, logsumexp, sigmoid and their gradients, optax's cross-entropy"
# [[tool.softmax-audit.variant]]
# name = "jax"
# minutes = 60
# [[tool.softmax-audit.variant]]
# name = "jax jit"
# arguments = ["--jit"]
# minutes = 60
# [[tool.softmax-audit.variant]]
# name = "jax jit avx2"
# instruction_set = "avx2"
# environment = { XLA_FLAGS = "--xla_cpu_max_isa=AVX2" }
# arguments = ["--jit"]
# minutes = 60
# ///
"""JAX on its default device: operation by operation, or with --jit compiled as a whole.

It compiles anew for every shape, in 10 to 200 ms: rows are answered that have some lengths, and the others refused.
"""

import argparse

import softmax_audit

jax = softmax_audit.require("jax", "pip install jax")
optax = softmax_audit.require("optax", "pip install optax")
import jax.numpy as jnp  # noqa: E402
import numpy  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--jit", action="store_true")
options = parser.parse_args()

LENGTHS = {*range(1, 18), 1000, 10000, 100000, *(2**k + d for k in range(5, 17) for d in (-1, 0, 1))}

jax.config.update("jax_enable_x64", True)  # f64 is f32 otherwise
TYPES = {"f16": jnp.float16, "bf16": jnp.bfloat16, "f32": jnp.float32, "f64": jnp.float64}


def compiled(function):
    return jax.jit(function) if options.jit else function


def given(array, format):
    if array.shape[1] not in LENGTHS:
        raise softmax_audit.Refused("a length for which nothing is compiled here")
    return jnp.asarray(array, TYPES[format])


def array(result, format):
    return numpy.asarray(result.astype(jnp.float32) if format == "bf16" else result)


forward = {"softmax": compiled(lambda x: jax.nn.softmax(x, axis=-1)),
           "log_softmax": compiled(lambda x: jax.nn.log_softmax(x, axis=-1)),
           "log_sum_exp": compiled(lambda x: jax.nn.logsumexp(x, axis=-1)),
           "sigmoid": compiled(jax.nn.sigmoid)}
gradient = compiled(lambda x, dy: jax.vjp(lambda x: jax.nn.softmax(x, axis=-1), x)[1](dy)[0])
loss = compiled(optax.softmax_cross_entropy_with_integer_labels)


@softmax_audit.implementation(name="jax", version=jax.__version__, formats=["f16", "bf16", "f32", "f64"], format=True,
                              operations=list(forward))
def run(x, operation, format):
    return array(forward[operation](given(x, format)), format)


@softmax_audit.implementation(operation="softmax_backward", format=True)
def softmax_backward(x, dy, format):
    return array(gradient(given(x, format), given(dy, format)), format)


@softmax_audit.implementation(operation="cross_entropy", format=True)
def cross_entropy(x, target, format):
    return array(loss(given(x, format), target), format)


softmax_audit.serve()
