# /// finding
# adapter = "paddle_functional"
# title = "A masked token keeps weight: logits more than 64 below the largest one count as 64 below"
# implementation = "paddle"
# property = "zeroes_masked"
# operation = "softmax"
# format = "f32"
# meaning = """
# An attention mask of -inf or -1e9 does not remove a token: it keeps a weight of 1.6e-28, in binary64, too, and the
# logarithm of a probability is never below -64: a loss cannot tell a class that is 64 below from one that is 1000
# below."""
# issue = """
# paddle.nn.functional.softmax and log_softmax limit x - max(x) to -64 on the CPU (PaddlePaddle 3.3.1), in float32 and
# float64. softmax([-inf, 0]) gives [1.6e-28, 1] where exactly [0, 1] is expected; log_softmax([0, -100]) gives -64
# for the second element where -100 is expected; cross_entropy of that class is 64 instead of 100. If the limit is
# meant to keep log() of the result finite, log_softmax does not need it: (x - max) - log(sum) is finite without."""
# ///
import numpy
import paddle
import paddle.nn.functional as functional

paddle.set_device("cpu")
print("PaddlePaddle", paddle.__version__)
for dtype in "float32", "float64":
    for row in [-numpy.inf, 0], [-1e9, 0], [-100, 0]:
        x = paddle.to_tensor(numpy.array([row], dtype))
        loss = functional.cross_entropy(x, paddle.to_tensor([0]), reduction="none")
        print(f"{dtype} {row}: softmax {functional.softmax(x).numpy()[0]}, "
              f"log_softmax {functional.log_softmax(x).numpy()[0]}, cross_entropy of the first {loss.numpy()[0]}")
print("due: exp(-inf) = 0 and exp(-1e9) < 1e-400000000, so [0, 1]; exp(-100) = 3.7e-44; log_softmax is the row itself, "
      "because log(1 + exp(-100)) < 1e-43")
