import scipy
import scipy.special
import softmax_audit


@softmax_audit.implementation(name="scipy.special.softmax", version=scipy.__version__, formats=["f32", "f64"])
def softmax(x):
    return scipy.special.softmax(x, axis=-1)


softmax_audit.serve()
