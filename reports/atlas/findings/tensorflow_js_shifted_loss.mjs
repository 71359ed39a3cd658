// /// finding
// adapter = "tensorflow_js"
// title = "The loss loses digits when all logits are far from 0: x minus a rounded log-sum-exp"
// implementation = "tensorflow.js"
// property = "ignores_shift"
// operation = "cross_entropy"
// format = "f32"
// meaning = """
// Adding the same number to all logits changes no probability, but here it changes the loss: with logits near 1e6,
// 0.3133 becomes 0.3125, with logits near 1.7e7 it is 0."""
// issue = """
// tf.losses.softmaxCrossEntropy (4.22.0, backend cpu) computes logits - logSumExp(logits), whose rounding is relative
// to the logits: for [1e6, 999999] and the labels [1, 0] it gives 0.3125 where 0.31326 is due. tf.logSoftmax of the
// same row gives all digits; -sum(labels * logSoftmax(logits)) would, too."""
// ///
import {createRequire} from "node:module";
const require = createRequire(process.env.NODE_PATH + "/");
const tf = require("@tensorflow/tfjs");

await tf.setBackend("cpu");
console.log("TensorFlow.js", tf.version.tfjs);
for (const shift of [0, 1e4, 1e6, 16777215]) { // binary32 holds these numbers, and one less, exactly
  const x = tf.tensor2d([[shift, shift - 1]]);
  const loss = tf.losses.softmaxCrossEntropy(tf.tensor2d([[1, 0]]), x, undefined, undefined, tf.Reduction.NONE);
  console.log([shift, shift - 1], "target 0: loss", loss.dataSync()[0], "-logSoftmax", -tf.logSoftmax(x).dataSync()[0],
              "due", Math.log1p(Math.exp(-1)));
}
