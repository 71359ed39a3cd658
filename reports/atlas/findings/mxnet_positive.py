# /// finding
# adapter = "mxnet_nd"
# title = "A sure event has a positive logarithm, and a NaN leaves zeros beside it"
# implementation = "mxnet"
# property = "has_no_positive_logarithm"
# operation = "log_softmax"
# format = "f32"
# meaning = """
# The logarithm of the probability 1 is 1.43e-6: losses of sure predictions are negative, and code that asks for -log
# p >= 0 stops. In softmax, one NaN makes the other probabilities 0."""
# issue = """
# mx.nd.log_softmax of float32 [0.5] gives 1.4305e-06, and so does the first of [0, -100]; expected: 0 (mxnet 1.9.1
# with oneDNN). float64 gives 0, and MXNET_MKLDNN_ENABLED=0 does. mx.nd.softmax of [NaN, 0] gives [NaN, 0]; expected:
# NaN, NaN. Both come from the bundled oneDNN: its version 2.6 shows the same, 3.2 no longer the first. MXNet is
# retired; this is for who still runs it."""
# ///
import os
import subprocess
import sys

import mxnet
import numpy

print("MXNet", mxnet.__version__, "MXNET_MKLDNN_ENABLED", os.environ.get("MXNET_MKLDNN_ENABLED", "default"))
for dtype in "float32", "float64":
    for row in [0.5], [0, -100]:
        print(dtype, "log_softmax", row, mxnet.nd.log_softmax(mxnet.nd.array([row], dtype=dtype)).asnumpy()[0],
              "due: 0 in the first place, as log(1 + exp(-100)) < 1e-43")
    print(dtype, "softmax [nan, 0]", mxnet.nd.softmax(mxnet.nd.array([[numpy.nan, 0]], dtype=dtype)).asnumpy()[0],
          "due: NaN everywhere, as the sum is NaN")
if "MXNET_MKLDNN_ENABLED" not in os.environ:
    sys.stdout.flush()
    subprocess.run([sys.executable, __file__], env={**os.environ, "MXNET_MKLDNN_ENABLED": "0"}, check=True)
