// /// script
// npm = ["@huggingface/transformers@4.3.1"]
// [tool.softmax-audit]
// library = "Transformers.js"
// calls = "softmax and log_softmax of its mathematics, on typed arrays and on arrays of numbers"
// [[tool.softmax-audit.variant]]
// name = "transformers.js"
// ///
import * as audit from "./softmax_audit.mjs";

const transformers = await audit.load("@huggingface/transformers");

audit.implementation({name: "transformers.js", version: transformers.env.version, formats: ["f32", "f64"],
                      operations: ["softmax", "log_softmax"]},
                     audit.eachRow((row, {operation}) => transformers[operation](row)));
audit.serve();
