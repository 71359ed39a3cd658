# /// finding
# adapter = "pytensor_graph"
# title = "logsumexp of nothing but NaN is -inf in a function compiled by Numba, which is the default"
# implementation = "pytensor"
# property = "treats_special_values"
# operation = "log_sum_exp"
# format = "f64"
# meaning = """
# A log-likelihood of which every term has become NaN turns into -inf, that is: impossible instead of an error. A sampler goes on
# and rejects the point silently."""
# issue = """
# pytensor.tensor.logsumexp (3.0.7) of [nan] or [nan, nan] gives -inf in the default mode (Numba); NaN is expected, and
# mode="CVM" and mode="FAST_COMPILE" give it, as SciPy does. [nan, 0] gives NaN in every mode. It seems that the maximum of NaNs
# is -inf there, which is then taken for a row of -inf."""
# ///
import math

import numpy
import pytensor
import pytensor.tensor as tensor

print("PyTensor", pytensor.__version__)
x = tensor.matrix("x", dtype="float64")
for mode in (None, "CVM", "FAST_COMPILE"):
    function = pytensor.function([x], tensor.logsumexp(x, axis=-1), mode=mode)
    for row in ([math.nan], [math.nan, math.nan], [math.nan, 0], [0, math.nan], [math.inf], [-math.inf]):
        with numpy.errstate(all="ignore"):
            due = numpy.log(numpy.sum(numpy.exp(row)))
        print(f"mode {mode or 'default'}: logsumexp({row}) {function(numpy.array([row]))[0]}, log(sum(exp)) {due}")
