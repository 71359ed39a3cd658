// /// script
// npm = ["brain.js@1.6.1"]
// [tool.softmax-audit]
// library = "brain.js"
// calls = "the softmax of its recurrent networks"
// [[tool.softmax-audit.variant]]
// name = "brain.js"
// ///
import * as audit from "./softmax_audit.mjs";

const Matrix = (await audit.load("brain.js/dist/recurrent/matrix/index.js")).default;
const softmax = (await audit.load("brain.js/dist/recurrent/matrix/softmax.js")).default;

audit.implementation({name: "brain.js", version: audit.versionOf("brain.js"), formats: ["f32"]}, audit.eachRow((row) => {
  const matrix = new Matrix(row.length, 1); // its weights are binary32
  matrix.weights.set(row);
  return softmax(matrix).weights;
}));
audit.serve();
