// /// script
// npm = ["js-pytorch@0.7.2"]
// [tool.softmax-audit]
// library = "js-pytorch"
// calls = "torch.nn.Softmax"
// [[tool.softmax-audit.variant]]
// name = "js-pytorch"
// ///
import * as audit from "./softmax_audit.mjs";

const {torch} = await audit.load("js-pytorch");
const softmax = new torch.nn.Softmax();

audit.implementation({name: "js-pytorch", version: audit.versionOf("js-pytorch"), formats: ["f64"]}, (x, {rows, cols}) => {
  const matrix = Array.from({length: rows}, (_, r) => Array.from(x.subarray(r * cols, (r + 1) * cols)));
  return softmax.forward(torch.tensor(matrix), -1).data.flat();
});
audit.serve();
