# /// script
# requires-python = ">=3.11"
# dependencies = ["scipy==1.17.1", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "SciPy"
# calls = "scipy.special.softmax, log_softmax, logsumexp and expit"
# [[tool.softmax-audit.variant]]
# name = "scipy"
# ///
"""What SciPy has of the family, in one worker."""

import softmax_audit

scipy = softmax_audit.require("scipy", "pip install scipy")
import scipy.special  # noqa: E402


@softmax_audit.implementation(name="scipy.special", version=scipy.__version__, formats=["f32", "f64"])
def softmax(x):
    return scipy.special.softmax(x, axis=-1)


@softmax_audit.implementation(operation="log_softmax")
def log_softmax(x):
    return scipy.special.log_softmax(x, axis=-1)


@softmax_audit.implementation(operation="log_sum_exp")
def log_sum_exp(x):
    return scipy.special.logsumexp(x, axis=-1)


@softmax_audit.implementation(operation="sigmoid")
def sigmoid(x):
    return scipy.special.expit(x)


softmax_audit.serve()
