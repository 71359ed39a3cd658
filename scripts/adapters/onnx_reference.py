# /// script
# requires-python = ">=3.10"
# dependencies = ["onnx==1.23.2", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "ONNX reference evaluator"
# calls = "Softmax, LogSoftmax, ReduceLogSumExp, SoftmaxCrossEntropyLoss and Sigmoid of onnx.reference"
# [[tool.softmax-audit.variant]]
# name = "onnx reference"
# [[tool.softmax-audit.variant]]
# name = "onnx reference f16"
# arguments = ["--half"]
# claim = "arithmetic=f16"
# ///
"""What the ONNX standard comes with to say what an operator means."""

import sys

import softmax_audit

onnx = softmax_audit.require("onnx", "pip install onnx")
import onnx.reference  # noqa: E402
import onnx_model  # noqa: E402

FORMATS = ["f16"] if "--half" in sys.argv else ["f32", "f64"]
OPERATIONS = ["softmax", "log_softmax", "log_sum_exp", "sigmoid"]
evaluators = {(operation, format): onnx.reference.ReferenceEvaluator(onnx.load_from_string(
    onnx_model.of_operation(operation, format))) for operation in OPERATIONS + ["cross_entropy"] for format in FORMATS}


@softmax_audit.implementation(name="onnx reference", version=onnx.__version__, formats=FORMATS, format=True,
                              operations=OPERATIONS)
def forward(x, operation, format):
    return evaluators[operation, format].run(None, {"x": x})[0]


@softmax_audit.implementation(operation="cross_entropy", format=True)
def cross_entropy(x, target, format):
    return evaluators["cross_entropy", format].run(None, {"x": x, "target": target})[0]


softmax_audit.serve()
