// /// finding
// adapter = "js_pytorch"
// title = "softmax overflows: NaN from logits of 710 on, and from -746 down"
// implementation = "js-pytorch"
// property = "ignores_shift"
// operation = "softmax"
// format = "f64"
// meaning = """
// Large logits, or rows that are masked with large negative numbers throughout, give NaN instead of probabilities."""
// issue = """
// nn.Softmax (js-pytorch 0.7.2) does not subtract the maximum: [710, 709] gives [NaN, 0], [-746, -746] gives [NaN,
// NaN]; [0.731, 0.269] and [0.5, 0.5] are expected. Near -745 digits are lost: [-745, -744] gives [1/3, 2/3]."""
// ///
import fs from "node:fs";
import {createRequire} from "node:module";
const require = createRequire(process.env.NODE_PATH + "/");
const {torch} = require("js-pytorch");

console.log("js-pytorch", JSON.parse(fs.readFileSync(process.env.NODE_PATH + "/js-pytorch/package.json")).version);
const softmax = new torch.nn.Softmax();
for (const row of [[1, 0], [710, 709], [-744, -745], [-1000, -1001]]) {
  const result = softmax.forward(torch.tensor([row]), -1).data.flat();
  console.log(row, result, "due:", [1 / (1 + Math.exp(-1)), Math.exp(-1) / (1 + Math.exp(-1))]);
}
