"""The form that everybody writes with NumPy."""

import numpy
import softmax_audit


@softmax_audit.implementation(name="numpy", version=numpy.__version__, formats=["f16", "f32", "f64"])
def softmax(x):
    exponentials = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


softmax_audit.serve()
