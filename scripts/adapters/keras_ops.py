# /// script
# requires-python = ">=3.11"
# dependencies = ["keras==3.15.1", "jax==0.10.2", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "Keras"
# calls = "keras.ops.softmax, log_softmax, logsumexp, sigmoid and sparse_categorical_crossentropy; NumPy backend"
# [[tool.softmax-audit.variant]]
# name = "keras numpy"
# environment = { KERAS_BACKEND = "numpy" }
# ///
"""Keras, on the backend that KERAS_BACKEND names; with others its softmax is that of the library below."""

import softmax_audit

keras = softmax_audit.require("keras", "pip install keras")
import numpy  # noqa: E402

FORWARD = {"softmax": lambda x: keras.ops.softmax(x, axis=-1),
           "log_softmax": lambda x: keras.ops.log_softmax(x, axis=-1),
           "log_sum_exp": lambda x: keras.ops.logsumexp(x, axis=-1), "sigmoid": keras.ops.sigmoid}


@softmax_audit.implementation(name="keras", version=keras.__version__, formats=["f32", "f64"], operations=list(FORWARD))
def run(x, operation):
    result = numpy.asarray(FORWARD[operation](x))
    if result.dtype != x.dtype:
        raise softmax_audit.Refused(f"Keras answers {x.dtype} with {result.dtype}")
    return result


@softmax_audit.implementation(operation="cross_entropy")
def cross_entropy(x, target):
    return numpy.asarray(keras.ops.sparse_categorical_crossentropy(target, x, from_logits=True))


softmax_audit.serve()
