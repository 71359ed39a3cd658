# /// finding
# adapter = "keras_ops"
# environment = { KERAS_BACKEND = "numpy" }
# title = "The loss is NaN as soon as another class is masked with -inf"
# implementation = "keras"
# property = "ignores_masked"
# operation = "cross_entropy"
# format = "f32"
# meaning = """
# A mask of -inf on a class that is not the target makes the loss of the whole batch NaN, although the loss of that
# row is well defined and finite."""
# issue = """
# keras.ops.sparse_categorical_crossentropy(target, logits, from_logits=True) on the NumPy backend (3.15.1) gives NaN
# for logits [0, -inf] and target 0; 0 is expected. The one-hot target multiplies log-probabilities, and 0 * -inf is
# NaN. Selecting the target's entry, or taking 0 wherever the label is 0, avoids it."""
# ///
import keras
import numpy

print("Keras", keras.__version__, keras.backend.backend())
for row, due in (([0, -1000.0], "0"), ([0, -numpy.inf], "0, as exp(-inf) = 0 and log(1 + 0) = 0"),
                 ([0, 0, -numpy.inf], "log 2 = 0.6931472")):
    loss = keras.ops.sparse_categorical_crossentropy(numpy.array([0]), numpy.array([row], "f"), from_logits=True)
    print(row, "target 0: loss", loss, "due:", due)
