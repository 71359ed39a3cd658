# /// finding
# adapter = "ncnn_net"
# title = "A NaN becomes a confident answer: Softmax gives it the probability 1, Sigmoid the probability 0"
# implementation = "ncnn"
# property = "treats_special_values"
# operation = "softmax"
# format = "f32"
# meaning = """
# A NaN from an earlier layer comes out of the classifier as a confident, wrong prediction, in rows of four and more
# elements, and nothing that looks for NaN afterwards can see it."""
# issue = """
# Softmax and Sigmoid on x86 (ncnn 1.0.20261020, default options): Softmax of [NaN, 0, 1, 2] gives the NaN's place the
# probability 1 and the others 1e-39; of [NaN, 0] it gives NaN, NaN. Sigmoid of NaN gives 4e-39. Expected: NaN. The
# exponential for vectors limits its argument with min and max instructions that return their second operand when the
# first is NaN; swapping the operands would keep the NaN."""
# ///
import os

import ncnn
import numpy


def run(layer, row):
    net = ncnn.Net()
    net.opt.num_threads = 1
    net.load_param_mem(f"7767517\n2 2\nInput in 0 1 x\n{layer}\n")
    net.load_model(os.devnull)  # the layers have no weights
    with net.create_extractor() as extractor:
        extractor.input("x", ncnn.Mat(numpy.array([row], numpy.float32)).clone())
        return numpy.array(extractor.extract("y")[1])[0]


print("ncnn", ncnn.__version__)
for row in [numpy.nan, 0], [numpy.nan, 0, 1, 2], [0, 1, 2, 3, numpy.nan, 0, 0, 0]:
    print("Softmax", row, run("Softmax layer 1 1 x y 0=-1 1=1", row), "due: NaN everywhere, as the sum is NaN")
for row in [numpy.nan], [numpy.nan, 0, 0, 0]:
    print("Sigmoid", row, run("Sigmoid layer 1 1 x y", row), "due: NaN in the first place")
