# /// script
# requires-python = ">=3.10"
# dependencies = ["MNN==3.6.1", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "MNN"
# calls = "MNN.expr.softmax and sigmoid"
# [[tool.softmax-audit.variant]]
# name = "mnn"
# ///
"""MNN, Alibaba's inference engine."""

import softmax_audit

MNN = softmax_audit.require("MNN", "pip install MNN")
import MNN.expr as expr  # noqa: E402
import numpy  # noqa: E402


def evaluated(function, x):
    result = function(expr.const(x, list(x.shape), expr.NCHW))
    return numpy.array(result.read()).reshape(x.shape)  # read() shows memory of `result`, which ends with this function


@softmax_audit.implementation(name="mnn", version=MNN.version(), formats=["f32"])
def softmax(x):
    return evaluated(lambda rows: expr.softmax(rows, -1), x)


@softmax_audit.implementation(operation="sigmoid")
def sigmoid(x):
    return evaluated(expr.sigmoid, x)


softmax_audit.serve()
