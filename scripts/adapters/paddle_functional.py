# /// script
# requires-python = ">=3.10"
# dependencies = ["paddlepaddle==3.3.1", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "PaddlePaddle"
# calls = "paddle.nn.functional.softmax, log_softmax, sigmoid and cross_entropy, paddle.logsumexp, backward()"
# [[tool.softmax-audit.variant]]
# name = "paddle"
# [[tool.softmax-audit.variant]]
# name = "paddle axis 0"
# arguments = ["--axis", "0"]
# ///
"""PaddlePaddle on the CPU, executed eagerly."""

import argparse

import softmax_audit

paddle = softmax_audit.require("paddle", "pip install paddlepaddle")
import paddle.nn.functional as functional  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--axis", type=int, choices=[-1, 0], default=-1)
axis = parser.parse_args().axis

paddle.set_device("cpu")
FORWARD = {"softmax": lambda x: functional.softmax(x, axis=axis),
           "log_softmax": lambda x: functional.log_softmax(x, axis=axis),
           "log_sum_exp": lambda x: paddle.logsumexp(x, axis=axis),
           "sigmoid": functional.sigmoid}


def tensor(array):
    return paddle.to_tensor(array.T.copy() if axis == 0 else array)


def array(result):
    return result.numpy().T if axis == 0 else result.numpy()


@softmax_audit.implementation(name="paddle", version=paddle.__version__, formats=["f32", "f64"],
                              operations=list(FORWARD))
def run(x, operation):
    return array(FORWARD[operation](tensor(x)))


@softmax_audit.implementation(operation="softmax_backward")
def softmax_backward(x, dy):
    x = tensor(x)
    x.stop_gradient = False
    functional.softmax(x, axis=axis).backward(tensor(dy))
    return array(x.grad)


if axis == -1:
    @softmax_audit.implementation(operation="cross_entropy")
    def cross_entropy(x, target):
        return functional.cross_entropy(tensor(x), paddle.to_tensor(target), reduction="none").numpy()


softmax_audit.serve()
