# /// script
# requires-python = ">=3.10"
# dependencies = ["pytensor==3.0.7", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "PyTensor"
# calls = "pytensor.tensor.special.softmax and log_softmax, pytensor.tensor.logsumexp and sigmoid, and their gradients"
# [[tool.softmax-audit.variant]]
# name = "pytensor"
# timeout = 120
# minutes = 60
# [[tool.softmax-audit.variant]]
# name = "pytensor c"
# arguments = ["--mode", "CVM"]
# timeout = 120
# minutes = 60
# ///
"""PyTensor, the library below PyMC: compiled by Numba, or with --mode CVM as C."""

import argparse

import softmax_audit

pytensor = softmax_audit.require("pytensor", "pip install pytensor")
import pytensor.tensor as tensor  # noqa: E402
import pytensor.tensor.special as special  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--mode")
mode = parser.parse_args().mode

FORWARD = {"softmax": lambda x: special.softmax(x, axis=-1), "log_softmax": lambda x: special.log_softmax(x, axis=-1),
           "log_sum_exp": lambda x: tensor.logsumexp(x, axis=-1), "sigmoid": tensor.sigmoid}
TYPES = {"f32": "float32", "f64": "float64"}
functions = {}


def function_of(operation, format):
    if (operation, format) not in functions:
        x = tensor.matrix("x", dtype=TYPES[format])
        if operation == "softmax_backward":
            dy = tensor.matrix("dy", dtype=TYPES[format])
            gradient = tensor.grad(None, x, known_grads={special.softmax(x, axis=-1): dy})
            functions[operation, format] = pytensor.function([x, dy], gradient, mode=mode)
        else:
            functions[operation, format] = pytensor.function([x], FORWARD[operation](x), mode=mode)
    return functions[operation, format]


@softmax_audit.implementation(name="pytensor", version=pytensor.__version__, formats=list(TYPES), format=True,
                              operations=list(FORWARD))
def run(x, operation, format):
    return function_of(operation, format)(x)


@softmax_audit.implementation(operation="softmax_backward", format=True)
def softmax_backward(x, dy, format):
    return function_of("softmax_backward", format)(x, dy)


softmax_audit.serve()
