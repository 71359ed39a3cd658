# /// script
# requires-python = ">=3.9"
# dependencies = ["tract==0.23.9", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "tract"
# calls = "ONNX's Softmax, LogSoftmax, ReduceLogSumExp and Sigmoid"
# [[tool.softmax-audit.variant]]
# name = "tract"
# ///
"""tract, an inference engine in Rust."""

import os
import tempfile

import softmax_audit

tract = softmax_audit.require("tract", "pip install tract")
import onnx_model  # noqa: E402

FORMATS = ["f16", "f32"]
OPERATIONS = ["softmax", "log_softmax", "log_sum_exp", "sigmoid"]


def runnable_of(operation, format):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        with open(path, "wb") as file:
            file.write(onnx_model.of_operation(operation, format))
        return tract.onnx().load(path).into_model().into_runnable()


runnables = {(operation, format): runnable_of(operation, format) for operation in OPERATIONS for format in FORMATS}


@softmax_audit.implementation(name="tract", version=tract.version(), formats=FORMATS, format=True,
                              operations=OPERATIONS)
def run(x, operation, format):
    return runnables[operation, format].run([x])[0].to_numpy().copy()


softmax_audit.serve()
