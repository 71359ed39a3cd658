# /// script
# requires-python = ">=3.10"
# dependencies = ["opencv-python-headless==5.0.0.93", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "OpenCV"
# calls = "Softmax, LogSoftmax, ReduceLogSumExp and Sigmoid of cv2.dnn"
# [[tool.softmax-audit.variant]]
# name = "opencv python"
# [[tool.softmax-audit.variant]]
# name = "opencv python axis 0"
# arguments = ["--axis", "0"]
# ///
"""OpenCV's dnn module: a network of one layer for each operation."""

import argparse

import softmax_audit

cv2 = softmax_audit.require("cv2", "pip install opencv-python-headless")
import numpy  # noqa: E402
import onnx_model  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--axis", type=int, choices=[-1, 0], default=-1)
options = parser.parse_args()

OPERATORS = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}
OPERATIONS = ["softmax", "log_softmax"] + (["log_sum_exp", "sigmoid"] if options.axis == -1 else [])


def net_of(operation):
    if options.axis == 0:
        model = onnx_model.model(OPERATORS[operation], "f32", axis=0)
    else:
        model = onnx_model.of_operation(operation, "f32")
    return cv2.dnn.readNetFromONNX(numpy.frombuffer(model, numpy.uint8))


cv2.setNumThreads(1)
nets = {operation: net_of(operation) for operation in OPERATIONS}


@softmax_audit.implementation(name="opencv", version=cv2.__version__, formats=["f32"], operations=OPERATIONS)
def run(x, operation):
    net = nets[operation]
    net.setInput(x.T.copy() if options.axis == 0 else x)
    result = net.forward().copy()
    return result.T if options.axis == 0 else result


softmax_audit.serve()
