# /// script
# requires-python = ">=3.8"
# dependencies = ["ncnn==1.0.20261020", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "ncnn"
# calls = "the layers Softmax and Sigmoid"
# [[tool.softmax-audit.variant]]
# name = "ncnn"
# [[tool.softmax-audit.variant]]
# name = "ncnn axis 0"
# arguments = ["--axis", "0"]
# ///
"""ncnn: a network of one layer, with the options that it has by default; blobs hold binary32."""

import argparse
import os

import softmax_audit

ncnn = softmax_audit.require("ncnn", "pip install ncnn")
import numpy  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--axis", type=int, choices=[-1, 0], default=-1)
axis = parser.parse_args().axis


def net_of(layer):
    net = ncnn.Net()
    net.opt.num_threads = 1
    net.load_param_mem(f"7767517\n2 2\nInput in 0 1 x\n{layer}\n")
    net.load_model(os.devnull)  # layers without weights, but nothing runs before there is a model
    return net


nets = {"softmax": net_of(f"Softmax layer 1 1 x y 0={axis} 1=1"), "sigmoid": net_of("Sigmoid layer 1 1 x y")}


@softmax_audit.implementation(name="ncnn", version=ncnn.__version__, formats=["f32"], operations=list(nets))
def run(x, operation):
    rows = x.T.copy() if axis == 0 else x
    given = ncnn.Mat(rows).clone()  # a Mat made from an array does not keep the array alive
    with nets[operation].create_extractor() as extractor:
        extractor.input("x", given)
        result = numpy.array(extractor.extract("y")[1])
    return result.T if axis == 0 else result


softmax_audit.serve()
