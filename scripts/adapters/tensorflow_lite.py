# /// script
# requires-python = ">=3.10"
# dependencies = ["tensorflow==2.21.0", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "TensorFlow Lite"
# calls = "SOFTMAX, LOG_SOFTMAX and LOGISTIC of tf.lite.Interpreter"
# [[tool.softmax-audit.variant]]
# name = "tflite xnnpack"
# environment = { TF_CPP_MIN_LOG_LEVEL = "2", CUDA_VISIBLE_DEVICES = "-1" }
# [[tool.softmax-audit.variant]]
# name = "tflite builtin"
# environment = { TF_CPP_MIN_LOG_LEVEL = "2", CUDA_VISIBLE_DEVICES = "-1" }
# arguments = ["--kernels", "BUILTIN_WITHOUT_DEFAULT_DELEGATES"]
# [[tool.softmax-audit.variant]]
# name = "tflite reference"
# environment = { TF_CPP_MIN_LOG_LEVEL = "2", CUDA_VISIBLE_DEVICES = "-1" }
# arguments = ["--kernels", "BUILTIN_REF"]
# ///
"""TensorFlow Lite: a model of one operator each, with XNNPACK, with its own kernels, or with its reference kernels."""

import argparse

import softmax_audit

tf = softmax_audit.require("tensorflow", "pip install tensorflow")

parser = argparse.ArgumentParser()
parser.add_argument("--kernels", default="AUTO", choices=["AUTO", "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "BUILTIN_REF"])
kernels = tf.lite.experimental.OpResolverType[parser.parse_args().kernels]

FUNCTIONS = {"softmax": lambda x: tf.nn.softmax(x, axis=-1), "log_softmax": lambda x: tf.nn.log_softmax(x, axis=-1),
             "sigmoid": tf.sigmoid}


def interpreter_of(function):
    signature = tf.TensorSpec([None, None], tf.float32)
    concrete = tf.function(function).get_concrete_function(signature)
    model = tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()
    return tf.lite.Interpreter(model_content=model, experimental_op_resolver_type=kernels, num_threads=1)


interpreters = {operation: interpreter_of(function) for operation, function in FUNCTIONS.items()}
shapes = {}


@softmax_audit.implementation(name="tflite", version=tf.__version__, formats=["f32"], operations=list(FUNCTIONS))
def run(x, operation):
    interpreter = interpreters[operation]
    place = interpreter.get_input_details()[0]["index"]
    if shapes.get(operation) != x.shape:
        interpreter.resize_tensor_input(place, x.shape)
        interpreter.allocate_tensors()
        shapes[operation] = x.shape
    interpreter.set_tensor(place, x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


softmax_audit.serve()
