# /// finding
# adapter = "sklearn_extmath"
# title = "The multinomial loss loses its digits when logits are large"
# implementation = "scikit-learn"
# property = "is_accurate"
# operation = "cross_entropy"
# format = "f32"
# meaning = """
# With raw predictions of 1e5 and more in float32 small losses come out as 0 and others in steps of 1/128; in float64
# at 1e5 nine digits remain. For usual logits it does not matter."""
# issue = """
# sklearn._loss.HalfMultinomialLoss.loss (1.9.1) computes log(sum(exp(x - max))) + max - x[target], in this order, so
# that the rounding is relative to max: float32 [1e5, 1e5 - 2, 99800] with target 0 gives 0.125 where 0.1269 is due,
# and [1e5, 1e5 - 10, 99800] gives 0 where 4.54e-5 is due. Subtracting x[target] from max first, which is exact for
# the largest, has no such error."""
# ///
import math

import numpy
import sklearn
from sklearn._loss import HalfMultinomialLoss

print("scikit-learn", sklearn.__version__)
for dtype in "f", "d":
    for shift in 0, 100, 1e5:
        for difference in 2, 10:
            x = numpy.array([[shift, shift - difference, shift - 200]], dtype)
            got = HalfMultinomialLoss(n_classes=3).loss(y_true=numpy.array([0], dtype), raw_prediction=x)[0]
            print(f"{x.dtype} {x[0].tolist()}, target 0: loss {got:.12g}, due {math.log1p(math.exp(-difference)):.12g}")
