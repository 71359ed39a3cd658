# /// finding
# adapter = "paddle_functional"
# title = "softmax of eight and more elements swallows a NaN"
# implementation = "paddle"
# property = "treats_special_values"
# operation = "softmax"
# format = "f32"
# meaning = """
# A NaN among the logits leaves ordinary probabilities, as if that element were masked: training that has diverged
# goes on, and nothing that looks for NaN sees it."""
# issue = """
# paddle.nn.functional.softmax of float32 on the CPU (PaddlePaddle 3.3.1) of [0, NaN, 0, 0, 0, 0, 0, 0] gives 1/7
# seven times and 2.3e-29 at the NaN; rows of fewer elements give NaN throughout, which is expected, as the sum is
# NaN. The maximum or the limit of -64 is likely taken with instructions that return the other operand when one is
# NaN."""
# ///
import numpy
import paddle
import paddle.nn.functional as functional

paddle.set_device("cpu")
print("PaddlePaddle", paddle.__version__)
for length in 2, 7, 8, 16:
    row = numpy.zeros((1, length), numpy.float32)
    row[0, 1] = numpy.nan
    print(f"{length} elements, the second NaN:", functional.softmax(paddle.to_tensor(row)).numpy()[0],
          "due: NaN everywhere")
