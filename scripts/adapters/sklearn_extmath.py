# /// script
# requires-python = ">=3.10"
# dependencies = ["scikit-learn==1.9.1", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "scikit-learn"
# calls = "sklearn.utils.extmath.softmax, and the loss of its multinomial models"
# [[tool.softmax-audit.variant]]
# name = "scikit-learn"
# ///
"""scikit-learn: the softmax behind predict_proba, and the loss and gradients behind LogisticRegression."""

import softmax_audit

sklearn = softmax_audit.require("sklearn", "pip install scikit-learn")
from sklearn._loss import HalfMultinomialLoss  # noqa: E402
from sklearn.utils.extmath import softmax as extmath_softmax  # noqa: E402


@softmax_audit.implementation(name="scikit-learn", version=sklearn.__version__, formats=["f32", "f64"])
def softmax(x):
    return extmath_softmax(x)


@softmax_audit.implementation(operation="cross_entropy")
def cross_entropy(x, target):
    if x.shape[1] < 3:
        raise softmax_audit.Refused("two classes are another loss in scikit-learn")
    return HalfMultinomialLoss(n_classes=x.shape[1]).loss(y_true=target.astype(x.dtype), raw_prediction=x)


softmax_audit.serve()
