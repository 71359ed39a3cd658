# /// script
# requires-python = ">=3.10"
# dependencies = ["tensorflow==2.21.0", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "TensorFlow"
# calls = "tf.nn.softmax, log_softmax, tf.reduce_logsumexp, tf.sigmoid, their gradients, and the sparse cross-entropy"
# [[tool.softmax-audit.variant]]
# name = "tensorflow"
# environment = { TF_CPP_MIN_LOG_LEVEL = "2", CUDA_VISIBLE_DEVICES = "-1" }
# [[tool.softmax-audit.variant]]
# name = "tensorflow without onednn"
# environment = { TF_CPP_MIN_LOG_LEVEL = "2", CUDA_VISIBLE_DEVICES = "-1", TF_ENABLE_ONEDNN_OPTS = "0" }
# ///
"""TensorFlow, executed eagerly."""

import softmax_audit

tf = softmax_audit.require("tensorflow", "pip install tensorflow")
import numpy  # noqa: E402

TYPES = {"f16": tf.float16, "bf16": tf.bfloat16, "f32": tf.float32, "f64": tf.float64}
FORWARD = {"softmax": lambda x: tf.nn.softmax(x, axis=-1),
           "log_softmax": lambda x: tf.nn.log_softmax(x, axis=-1),
           "log_sum_exp": lambda x: tf.reduce_logsumexp(x, axis=-1),
           "sigmoid": tf.sigmoid}


def tensor(array, format):
    return tf.constant(array.astype(TYPES[format].as_numpy_dtype, copy=False))


def array(result, format):
    return result.numpy().astype(numpy.float32) if format == "bf16" else result.numpy()


@softmax_audit.implementation(name="tensorflow", version=tf.__version__, formats=list(TYPES), format=True,
                              operations=list(FORWARD))
def run(x, operation, format):
    return array(FORWARD[operation](tensor(x, format)), format)


@softmax_audit.implementation(operation="softmax_backward", format=True)
def softmax_backward(x, dy, format):
    x = tensor(x, format)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.softmax(x, axis=-1)
    return array(tape.gradient(y, x, output_gradients=tensor(dy, format)), format)


@softmax_audit.implementation(operation="cross_entropy", format=True)
def cross_entropy(x, target, format):
    return array(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=tensor(x, format)), format)


softmax_audit.serve()
