"""What SciPy has of the family, in one worker."""

import scipy
import scipy.special
import softmax_audit


@softmax_audit.implementation(name="scipy.special", version=scipy.__version__, formats=["f32", "f64"])
def softmax(x):
    return scipy.special.softmax(x, axis=-1)


@softmax_audit.implementation(operation="log_softmax")
def log_softmax(x):
    return scipy.special.log_softmax(x, axis=-1)


@softmax_audit.implementation(operation="log_sum_exp")
def log_sum_exp(x):
    return scipy.special.logsumexp(x, axis=-1)


softmax_audit.serve()
