// /// finding
// adapter = "convnet_js"
// title = "The loss is the logarithm of a probability that may have become 0"
// implementation = "convnetjs"
// property = "is_accurate"
// operation = "cross_entropy"
// format = "f64"
// meaning = """
// A badly wrong prediction, 746 or more below the best, has an infinite loss, and averages of losses are infinite
// with it; the gradient is not affected."""
// issue = """
// SoftmaxLayer.backward (convnetjs 0.3.0) returns -log(p): with logits [0, -1024] and class 1 it is Infinity where
// 1024 is expected. log(sum) - (x - max) stays finite."""
// ///
import {createRequire} from "node:module";
const require = createRequire(process.env.NODE_PATH + "/");
const convnet = require("convnetjs");

console.log("convnetjs", require("convnetjs/package.json").version);
for (const far of [-100, -740, -1024]) {
  const volume = new convnet.Vol(1, 1, 2, 0);
  volume.w = [0, far];
  const layer = new convnet.SoftmaxLayer({in_sx: 1, in_sy: 1, in_depth: 2});
  layer.forward(volume, false);
  console.log([0, far], "class 1: loss", layer.backward(1), "due:", -far, "as log(1 + exp(-100)) < 1e-43");
}
