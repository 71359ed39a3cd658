# /// script
# requires-python = ">=3.10"
# dependencies = ["jax==0.10.2", "optax==0.2.8", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "JAX"
# calls = "jax.nn.softmax, log_softmax, logsumexp, sigmoid and their gradients, optax's cross-entropy"
# [[tool.softmax-audit.variant]]
# name = "jax"
# timeout = 60
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

It compiles anew for every shape, in 100 to 500 ms: rows are answered that have some lengths, one or many at once and filled up
to a number that stands for all; the others are refused. What is compiled is kept for the processes that come after.
"""

import argparse
import os
import pathlib
import tempfile

import softmax_audit

jax = softmax_audit.require("jax", "pip install jax")
optax = softmax_audit.require("optax", "pip install optax")
import jax.numpy as jnp  # noqa: E402
import numpy  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--jit", action="store_true")
options = parser.parse_args()

LENGTHS = {*range(1, 18), 1000, 10000, 100000, *(2**k + d for k in range(5, 13) for d in (-1, 0, 1))}
# One folder an instruction set: what was compiled for another must not be found.
KEPT = pathlib.Path(tempfile.gettempdir()) / f"softmax-audit-jax-{os.getuid()}" / os.environ.get("XLA_FLAGS", "all").strip("-")

jax.config.update("jax_enable_x64", True)  # f64 is f32 otherwise
jax.config.update("jax_compilation_cache_dir", str(KEPT))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
TYPES = {"f16": jnp.float16, "bf16": jnp.bfloat16, "f32": jnp.float32, "f64": jnp.float64}


def compiled(function):
    return jax.jit(function) if options.jit else function


def answers(function, format, *arrays):
    """What the function gives for the rows of the arrays, asked for one row or for `many` at once."""
    rows, cols = arrays[0].shape
    if cols not in LENGTHS:
        raise softmax_audit.Refused("a length for which nothing is compiled here")
    many = max(1, min(256, 2**18 // cols))
    at_once = 1 if rows == 1 else many
    parts = []
    for begin in range(0, rows, at_once):
        part = [array[begin:begin + at_once] for array in arrays]
        filled = [numpy.pad(array, [(0, at_once - len(array))] + [(0, 0)] * (array.ndim - 1)) for array in part]
        given = [jnp.asarray(array, TYPES[format] if array.dtype.kind == "f" else None) for array in filled]
        result = function(*given)
        parts.append(numpy.asarray(result.astype(jnp.float32) if format == "bf16" else result)[:len(part[0])])
    return numpy.concatenate(parts)


forward = {"softmax": compiled(lambda x: jax.nn.softmax(x, axis=-1)),
           "log_softmax": compiled(lambda x: jax.nn.log_softmax(x, axis=-1)),
           "log_sum_exp": compiled(lambda x: jax.nn.logsumexp(x, axis=-1)),
           "sigmoid": compiled(jax.nn.sigmoid)}
gradient = compiled(lambda x, dy: jax.vjp(lambda x: jax.nn.softmax(x, axis=-1), x)[1](dy)[0])
loss = compiled(optax.softmax_cross_entropy_with_integer_labels)


@softmax_audit.implementation(name="jax", version=jax.__version__, formats=["f16", "bf16", "f32", "f64"], format=True,
                              operations=list(forward))
def run(x, operation, format):
    return answers(forward[operation], format, x)


@softmax_audit.implementation(operation="softmax_backward", format=True)
def softmax_backward(x, dy, format):
    return answers(gradient, format, x, dy)


@softmax_audit.implementation(operation="cross_entropy", format=True)
def cross_entropy(x, target, format):
    return answers(loss, format, x, target)


softmax_audit.serve()
