# /// finding
# adapter = "openvino_cpu"
# title = "A NaN stays in its place: the rest of the row gets probability 0"
# implementation = "openvino"
# property = "treats_special_values"
# operation = "softmax"
# format = "f32"
# meaning = """
# A NaN in one logit makes all other probabilities exactly 0, with no NaN among them: argmax over the others, or a
# test of the place that is read, sees a valid number in a row that sums to NaN."""
# issue = """
# softmax and log_softmax of the CPU plugin (OpenVINO 2026.4.1, x86-64, also with INFERENCE_PRECISION_HINT f32): [NaN,
# 0] gives [NaN, 0], and log_softmax gives [NaN, -inf]. Expected: NaN in both places, as the sum is NaN. softmax of
# [0, NaN] gives [0, NaN]. The maximum or the limits of the exponential seem to be taken with instructions that return
# the other operand when one is NaN."""
# ///
import numpy
import openvino
import openvino.opset15 as opset

print("OpenVINO", openvino.__version__)
for name in "softmax", "log_softmax":
    x = opset.parameter([-1, -1], openvino.Type.f32)
    model = openvino.Core().compile_model(openvino.Model([getattr(opset, name)(x, -1)], [x], name), "CPU",
                                          {"INFERENCE_PRECISION_HINT": "f32"})
    for row in [numpy.nan, 0], [0, numpy.nan], [numpy.nan] + [0] * 7:
        print(name, row, model({0: numpy.array([row], numpy.float32)})[0][0], "due: NaN everywhere, as the sum is NaN")
