# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6"]
# [tool.softmax-audit]
# library = "NumPy"
# calls = "numpy.exp(x - x.max()) / sum: the form that everybody writes"
# [[tool.softmax-audit.variant]]
# name = "numpy"
# arguments = ["f32", "f64"]
# [[tool.softmax-audit.variant]]
# name = "numpy avx2"
# instruction_set = "avx2"
# environment = { NPY_DISABLE_CPU_FEATURES = "X86_V4 AVX512_ICL AVX512_SPR" }
# arguments = ["f32", "f64"]
# [[tool.softmax-audit.variant]]
# name = "numpy f16"
# arguments = ["f16"]
# claim = "arithmetic=f16"
# ///
"""The form that everybody writes with NumPy, in the formats that the arguments name, or in all that NumPy has."""

import sys

import softmax_audit

numpy = softmax_audit.require("numpy", "pip install numpy")


@softmax_audit.implementation(name="numpy", version=numpy.__version__, formats=sys.argv[1:] or ["f16", "f32", "f64"])
def softmax(x):
    exponentials = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


softmax_audit.serve()
