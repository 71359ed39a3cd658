// /// finding
// adapter = "tensorflow_js"
// title = "The loss is NaN as soon as another class is masked with -Infinity"
// implementation = "tensorflow.js"
// property = "ignores_masked"
// operation = "cross_entropy"
// format = "f32"
// meaning = """
// A mask of -Infinity on a class that is not the target makes the loss NaN, although it is well defined and finite."""
// issue = """
// tf.losses.softmaxCrossEntropy (4.22.0, backend cpu) gives NaN for logits [0, -Infinity] and the labels [1, 0]; 0 is
// expected. The labels multiply log-probabilities, and 0 * -Infinity is NaN; taking 0 wherever the label is 0 would
// avoid it."""
// ///
import {createRequire} from "node:module";
const require = createRequire(process.env.NODE_PATH + "/");
const tf = require("@tensorflow/tfjs");

await tf.setBackend("cpu");
console.log("TensorFlow.js", tf.version.tfjs);
const cases = [[[0, -1000], "0"], [[0, -Infinity], "0, as exp(-Infinity) = 0"], [[0, 0, -Infinity], "log 2 = 0.6931472"]];
for (const [row, due] of cases) {
  const labels = tf.oneHot(tf.tensor1d([0], "int32"), row.length);
  const loss = tf.losses.softmaxCrossEntropy(labels, tf.tensor2d([row]), undefined, undefined, tf.Reduction.NONE);
  console.log(row, "target 0: loss", loss.dataSync()[0], "due:", due);
}
