# /// finding
# adapter = "tensorflow_lite"
# environment = { TF_CPP_MIN_LOG_LEVEL = "3", CUDA_VISIBLE_DEVICES = "-1" }
# title = "LOGISTIC of a large finite number is NaN with XNNPACK"
# implementation = "tflite xnnpack"
# property = "lies_in_unit_interval"
# operation = "sigmoid"
# format = "f32"
# meaning = """
# A logit that has run away to 1e27 or more gives NaN instead of 1 or 0; the kernels without XNNPACK give 1."""
# issue = """
# LOGISTIC of tf.lite.Interpreter with the default delegates (TensorFlow 2.21.0, x86-64) gives NaN for float32 2^91;
# expected: 1. With BUILTIN_WITHOUT_DEFAULT_DELEGATES it is 1. A limit on |x| before the argument reduction would do,
# and keeps infinities right, too."""
# ///
import numpy
import tensorflow as tf

concrete = tf.function(tf.sigmoid).get_concrete_function(tf.TensorSpec([1, 6], tf.float32))
model = tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()
x = numpy.array([[20, 1e10, 2**80, 2**91, 2**127, numpy.inf]], numpy.float32)
print("TensorFlow Lite", tf.__version__, "sigmoid of", x[0])
for kernels in "AUTO", "BUILTIN_WITHOUT_DEFAULT_DELEGATES":
    for sign in 1, -1:
        interpreter = tf.lite.Interpreter(
            model_content=model, num_threads=1,
            experimental_op_resolver_type=tf.lite.experimental.OpResolverType[kernels])
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], sign * x)
        interpreter.invoke()
        result = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
        print(kernels, "x" if sign > 0 else "-x", result,
              "due: 1" if sign > 0 else "due: 2e-9 and 0", "within rounding")
