// /// script
// npm = ["@jax-js/jax@0.1.25"]
// [tool.softmax-audit]
// library = "jax-js"
// calls = "nn.softmax, nn.logSoftmax, nn.logsumexp and nn.sigmoid on the device wasm"
// [[tool.softmax-audit.variant]]
// name = "jax-js wasm"
// minutes = 40
// ///
import * as audit from "./softmax_audit.mjs";

const {init, defaultDevice, numpy, nn} = await audit.load("@jax-js/jax");
await init("wasm");
defaultDevice("wasm");

const forward = {softmax: (x) => nn.softmax(x, -1), log_softmax: (x) => nn.logSoftmax(x, -1),
                 log_sum_exp: (x) => nn.logsumexp(x, -1), sigmoid: (x) => nn.sigmoid(x)};

audit.implementation({name: "jax-js", version: audit.versionOf("@jax-js/jax"), formats: ["f32"],
                      operations: Object.keys(forward)},
                     async (x, {rows, cols, operation}) =>
                         await forward[operation](numpy.array(x).reshape([rows, cols])).data());
audit.serve();
