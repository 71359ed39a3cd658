# /// script
# requires-python = ">=3.10"
# dependencies = ["openvino==2026.4.1", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "OpenVINO"
# calls = "softmax, log_softmax, sigmoid and ONNX's ReduceLogSumExp of the CPU plugin"
# [[tool.softmax-audit.variant]]
# name = "openvino"
# [[tool.softmax-audit.variant]]
# name = "openvino precision f32"
# arguments = ["--precision", "f32"]
# [[tool.softmax-audit.variant]]
# name = "openvino precision f32 axis 0"
# arguments = ["--precision", "f32", "--axis", "0"]
# [[tool.softmax-audit.variant]]
# name = "openvino precision f16"
# arguments = ["--precision", "f16"]
# claim = "arithmetic=f16"
# [[tool.softmax-audit.variant]]
# name = "openvino precision bf16"
# arguments = ["--precision", "bf16"]
# claim = "arithmetic=bf16"
# ///
"""OpenVINO's CPU plugin. Without --precision it chooses by the processor: bf16 where there are units for that."""

import argparse

import softmax_audit

openvino = softmax_audit.require("openvino", "pip install openvino")
import onnx_model  # noqa: E402
import openvino.opset15 as opset  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--precision", choices=["f16", "bf16", "f32"])
parser.add_argument("--axis", type=int, choices=[-1, 0], default=-1)
options = parser.parse_args()

TYPES = {"f16": openvino.Type.f16, "f32": openvino.Type.f32}
NODES = {"softmax": lambda x: opset.softmax(x, options.axis),
         "log_softmax": lambda x: opset.log_softmax(x, options.axis),
         "sigmoid": opset.sigmoid}
core = openvino.Core()
settings = {"INFERENCE_NUM_THREADS": 1}
if options.precision:
    settings["INFERENCE_PRECISION_HINT"] = options.precision
requests = {}


def request_of(operation, format):
    if (operation, format) not in requests:
        if operation == "log_sum_exp":
            # From opset 13 on OpenVINO 2026.4 does not read the attribute axes and reduces everything.
            model = core.read_model(onnx_model.of_operation(operation, format, opset=11))
        else:
            x = opset.parameter([-1, -1], TYPES[format])
            model = openvino.Model([NODES[operation](x)], [x], operation)
        requests[operation, format] = core.compile_model(model, "CPU", settings).create_infer_request()
    return requests[operation, format]


@softmax_audit.implementation(name="openvino", version=openvino.__version__.partition("-")[0], formats=list(TYPES),
                              format=True,
                              operations=list(NODES) + (["log_sum_exp"] if options.axis == -1 else []))
def run(x, operation, format):
    request = request_of(operation, format)
    if options.axis == 0 and operation != "sigmoid":
        return request.infer({0: x.T.copy()})[0].T.copy()
    return request.infer({0: x})[0].copy()  # the request owns its result


softmax_audit.serve()
