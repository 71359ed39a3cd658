# /// script
# requires-python = ">=3.10"
# dependencies = ["mlx[cpu]==0.32.4", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "MLX"
# calls = "mlx.core.softmax, logsumexp and sigmoid, mlx.nn.log_softmax, mlx.nn.losses.cross_entropy, vjp of softmax"
# [[tool.softmax-audit.variant]]
# name = "mlx"
# [[tool.softmax-audit.variant]]
# name = "mlx precise"
# arguments = ["--precise"]
# ///
"""MLX on its default device; --precise is softmax's own argument: the arithmetic of 16-bit formats in binary32."""

import sys

import softmax_audit

mx = softmax_audit.require("mlx.core", "pip install 'mlx[cpu]'")
import mlx.nn  # noqa: E402
import numpy  # noqa: E402

TYPES = {"f16": mx.float16, "bf16": mx.bfloat16, "f32": mx.float32, "f64": mx.float64}
PRECISE = "--precise" in sys.argv
FORWARD = {"softmax": lambda x: mx.softmax(x, axis=-1, precise=PRECISE),
           "log_softmax": lambda x: mlx.nn.log_softmax(x, axis=-1),
           "log_sum_exp": lambda x: mx.logsumexp(x, axis=-1),
           "sigmoid": mx.sigmoid}


def given(array, format):
    return mx.array(array, TYPES[format])


def array(result, format):
    return numpy.array(result.astype(mx.float32) if format == "bf16" else result)


@softmax_audit.implementation(name="mlx", version=mx.__version__, formats=list(TYPES), format=True,
                              operations=["softmax"] if PRECISE else list(FORWARD))
def run(x, format, operation="softmax"):
    return array(FORWARD[operation](given(x, format)), format)


@softmax_audit.implementation(operation="softmax_backward", format=True)
def softmax_backward(x, dy, format):
    return array(mx.vjp(FORWARD["softmax"], [given(x, format)], [given(dy, format)])[1][0], format)


if not PRECISE:
    @softmax_audit.implementation(operation="cross_entropy", format=True)
    def cross_entropy(x, target, format):
        return array(mlx.nn.losses.cross_entropy(given(x, format), mx.array(target), reduction="none"), format)


softmax_audit.serve()
