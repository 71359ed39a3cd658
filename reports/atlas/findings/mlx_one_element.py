# /// finding
# adapter = "mlx_core"
# title = "nn.log_softmax of one element ends a fresh process"
# implementation = "mlx"
# property = "raises_no_signal"
# operation = "log_softmax"
# format = "f32"
# meaning = """
# A model or a test with a single class ends the process, without an exception that could be caught."""
# issue = """
# In a fresh process, mlx.nn.log_softmax(mx.array([[0.5]]), axis=-1) ends with a segmentation fault on Linux with the
# CPU back end (mlx 0.32.4). Expected: [[0]]. With two elements, or as x - mx.logsumexp(x, axis=-1, keepdims=True), it
# works. nn.log_softmax is compiled with shapeless=True, and a compiled function seems to be where it happens: other
# orders of calls get through."""
# ///
import mlx.core as mx
import mlx.nn

print("MLX", mx.__version__, flush=True)
x = mx.array([[0.5]])
print("x - logsumexp(x) of [0.5]:", (x - mx.logsumexp(x, axis=-1, keepdims=True)).tolist(), flush=True)
print("mlx.nn.log_softmax of [0.5], due [[0]]:", flush=True)
print(mlx.nn.log_softmax(x, axis=-1).tolist(), flush=True)
