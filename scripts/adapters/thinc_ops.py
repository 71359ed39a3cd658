# /// script
# requires-python = ">=3.10"
# dependencies = ["thinc==9.1.1", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "Thinc"
# calls = "NumpyOps: softmax, backprop_softmax and sigmoid"
# [[tool.softmax-audit.variant]]
# name = "thinc"
# ///
"""Thinc, the library below spaCy."""

import softmax_audit

thinc = softmax_audit.require("thinc", "pip install thinc")
import thinc.api  # noqa: E402

ops = thinc.api.NumpyOps()


@softmax_audit.implementation(name="thinc", version=thinc.__version__, formats=["f32", "f64"])
def softmax(x):
    return ops.softmax(x)


@softmax_audit.implementation(operation="softmax_backward_from_output")
def softmax_backward_from_output(x, dy):
    return ops.backprop_softmax(x, dy)


@softmax_audit.implementation(operation="sigmoid")
def sigmoid(x):
    return ops.sigmoid(x)


softmax_audit.serve()
