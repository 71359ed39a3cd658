// /// finding
// adapter = "brain_js"
// title = "Rows far below zero give NaN: the search for the largest logit begins at -999999"
// implementation = "brain.js"
// property = "is_accurate"
// operation = "softmax"
// format = "f32"
// meaning = """
// A row in which all logits are masked by a number like -1e9, or have drifted below about -1000100, gives NaN, and
// training does not recover."""
// issue = """
// softmax of the recurrent networks (brain.js 1.6.1) gives [NaN, NaN] for [-2000000, -2000000], where [0.5, 0.5] is
// expected: the maximum starts at -999999 instead of -Infinity or the first element, so that all exponentials
// underflow and 0 is divided by 0."""
// ///
import {createRequire} from "node:module";
const require = createRequire(process.env.NODE_PATH + "/");
const Matrix = require("brain.js/dist/recurrent/matrix/index.js").default;
const softmax = require("brain.js/dist/recurrent/matrix/softmax.js").default;

console.log("brain.js", require("brain.js/package.json").version);
for (const row of [[0, 0], [-1e6, -1e6], [-2e6, -2e6], [-1e9, -1e9]]) {
  const matrix = new Matrix(row.length, 1);
  matrix.weights.set(row);
  console.log(row, Array.from(softmax(matrix).weights), "due: [0.5, 0.5], as both are equal");
}
