# /// script
# requires-python = ">=3.8,<3.12"
# dependencies = ["mxnet==1.9.1", "numpy==1.23.5"]
# [tool.softmax-audit]
# library = "Apache MXNet"
# calls = "mx.nd.softmax, log_softmax and sigmoid, and autograd's backward pass"
# [[tool.softmax-audit.variant]]
# name = "mxnet"
# [[tool.softmax-audit.variant]]
# name = "mxnet safe accumulation"
# environment = { MXNET_SAFE_ACCUMULATION = "1" }
# [[tool.softmax-audit.variant]]
# name = "mxnet without onednn"
# environment = { MXNET_MKLDNN_ENABLED = "0" }
# ///
"""Apache MXNet, which is retired and still downloaded."""

import softmax_audit

mxnet = softmax_audit.require("mxnet", "pip install mxnet==1.9.1 numpy==1.23.5")

FORWARD = {"softmax": lambda x: mxnet.nd.softmax(x, axis=-1), "log_softmax": lambda x: mxnet.nd.log_softmax(x, axis=-1),
           "sigmoid": mxnet.nd.sigmoid}


def given(array):
    return mxnet.nd.array(array, dtype=array.dtype)


@softmax_audit.implementation(name="mxnet", version=mxnet.__version__, formats=["f16", "f32", "f64"],
                              operations=list(FORWARD))
def run(x, operation):
    return FORWARD[operation](given(x)).asnumpy()


@softmax_audit.implementation(operation="softmax_backward")
def softmax_backward(x, dy):
    x = given(x)
    x.attach_grad()
    with mxnet.autograd.record():
        y = mxnet.nd.softmax(x, axis=-1)
    y.backward(given(dy))
    return x.grad.asnumpy()


softmax_audit.serve()
