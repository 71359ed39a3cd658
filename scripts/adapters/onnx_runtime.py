# /// script
# requires-python = ">=3.10"
# dependencies = ["onnxruntime==1.31.1", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "ONNX Runtime"
# calls = "Softmax, LogSoftmax, ReduceLogSumExp, SoftmaxCrossEntropyLoss and Sigmoid of the CPU execution provider"
# [[tool.softmax-audit.variant]]
# name = "onnxruntime python"
# [[tool.softmax-audit.variant]]
# name = "onnxruntime python opset 11"
# arguments = ["--opset", "11"]
# [[tool.softmax-audit.variant]]
# name = "onnxruntime python axis 0"
# arguments = ["--axis", "0"]
# ///
"""ONNX Runtime on the CPU: a model of one node for each operation and format."""

import argparse

import softmax_audit

onnxruntime = softmax_audit.require("onnxruntime", "pip install onnxruntime")
import onnx_model  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--opset", type=int, default=13)
parser.add_argument("--axis", type=int, choices=[-1, 0], default=-1)
options = parser.parse_args()

OPERATIONS = ["softmax", "log_softmax", "log_sum_exp", "sigmoid", "cross_entropy"]
session_options = onnxruntime.SessionOptions()
session_options.intra_op_num_threads = 1
session_options.log_severity_level = 4  # what has no kernel is found out below, and not worth a warning


def model_of(operation, format_name):
    if options.axis == 0 and operation in ("softmax", "log_softmax"):
        operator = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}[operation]
        return onnx_model.model(operator, format_name, options.opset, axis=0)
    return onnx_model.of_operation(operation, format_name, options.opset)


def session_of(operation, format_name):
    try:
        return onnxruntime.InferenceSession(model_of(operation, format_name), session_options,
                                            providers=["CPUExecutionProvider"])
    except Exception as error:
        if "NOT_IMPLEMENTED" in str(error) or "Type Error" in str(error):
            return None
        raise


FORMATS = ["f16", "f32", "f64"]  # there are no kernels for bf16
if options.axis == 0:
    OPERATIONS = ["softmax", "log_softmax"]
sessions = {(operation, format): session_of(operation, format) for operation in OPERATIONS for format in FORMATS}
formats = [format for format in FORMATS if sessions["softmax", format]]
operations = [operation for operation in OPERATIONS if any(sessions[operation, format] for format in formats)]


def run(feed, operation, format):
    session = sessions[operation, format]
    if session is None:
        raise softmax_audit.Refused(f"ONNX Runtime has no kernel of {operation} for {format}")
    return session.run(None, feed)[0]


@softmax_audit.implementation(name="onnxruntime", version=onnxruntime.__version__, formats=formats, format=True,
                              operations=[operation for operation in operations if operation != "cross_entropy"])
def forward(x, format, operation="softmax"):
    if options.axis == 0:
        return run({"x": x.T.copy()}, operation, format).T
    return run({"x": x}, operation, format)


if "cross_entropy" in operations:
    @softmax_audit.implementation(operation="cross_entropy", format=True)
    def cross_entropy(x, target, format):
        return run({"x": x, "target": target}, "cross_entropy", format)


softmax_audit.serve()
