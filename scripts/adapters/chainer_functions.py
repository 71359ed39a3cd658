# /// script
# requires-python = ">=3.8,<3.12"
# dependencies = ["chainer==7.8.1", "numpy==1.23.5", "setuptools<81"]
# [tool.softmax-audit]
# library = "Chainer"
# calls = "chainer.functions: softmax, log_softmax, logsumexp, sigmoid and softmax_cross_entropy; backward()"
# [[tool.softmax-audit.variant]]
# name = "chainer"
# ///
"""Chainer, which is retired; its arithmetic is NumPy's."""

import softmax_audit

chainer = softmax_audit.require("chainer", "pip install chainer==7.8.1 numpy==1.23.5")
import chainer.functions as functions  # noqa: E402

FORWARD = {"softmax": lambda x: functions.softmax(x, axis=1), "log_softmax": lambda x: functions.log_softmax(x, axis=1),
           "log_sum_exp": lambda x: functions.logsumexp(x, axis=1), "sigmoid": functions.sigmoid}


@softmax_audit.implementation(name="chainer", version=chainer.__version__, formats=["f32", "f64"],
                              operations=list(FORWARD))
def run(x, operation):
    return FORWARD[operation](x).array


@softmax_audit.implementation(operation="softmax_backward")
def softmax_backward(x, dy):
    x = chainer.Variable(x)
    y = functions.softmax(x, axis=1)
    y.grad = dy
    y.backward()
    return x.grad


@softmax_audit.implementation(operation="cross_entropy")
def cross_entropy(x, target):
    return functions.softmax_cross_entropy(x, target, reduce="no").array


softmax_audit.serve()
