// /// script
// npm = ["@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0"]
// [tool.softmax-audit]
// library = "TensorFlow.js"
// calls = "tf.softmax, tf.logSoftmax, tf.logSumExp, tf.sigmoid, the gradient of tf.softmax, tf.losses.softmaxCrossEntropy"
// [[tool.softmax-audit.variant]]
// name = "tensorflow.js cpu"
// [[tool.softmax-audit.variant]]
// name = "tensorflow.js wasm"
// arguments = ["wasm"]
// ///
// TensorFlow.js on the backend that the argument names.
import path from "node:path";
import * as audit from "./softmax_audit.mjs";

const backend = process.argv[2] ?? "cpu";
const tf = await audit.load("@tensorflow/tfjs");
if (backend === "wasm") {
  const wasm = await audit.load("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(path.join(audit.folderOf("@tensorflow/tfjs-backend-wasm"), "dist") + path.sep);
  wasm.setThreadsCount(1);
}
if (!await tf.setBackend(backend)) audit.leave(`TensorFlow.js has no backend ${backend} here`);
await tf.ready();

const forward = {
  softmax: (x) => tf.softmax(x, -1),
  log_softmax: (x) => tf.logSoftmax(x, -1),
  log_sum_exp: (x) => tf.logSumExp(x, -1),
  sigmoid: (x) => tf.sigmoid(x),
};

function evaluated(x, {rows, cols}, run) {
  return tf.tidy(() => run(tf.tensor2d(x, [rows, cols])).dataSync());
}

audit.implementation({name: "tensorflow.js", version: tf.version.tfjs, formats: ["f32"], operations: Object.keys(forward)},
                     (x, call) => evaluated(x, call, forward[call.operation]));
audit.implementation({operation: "softmax_backward"}, (x, call) => evaluated(x, call, (logits) =>
    tf.grad((rows) => tf.softmax(rows, -1))(logits, tf.tensor2d(call.dy, [call.rows, call.cols]))));
audit.implementation({operation: "cross_entropy"}, (x, call) => evaluated(x, call, (logits) => {
  if (call.cols < 2) throw new audit.Refused("tf.oneHot wants two classes at least");
  const labels = tf.oneHot(tf.tensor1d(Int32Array.from(call.target, Number), "int32"), call.cols);
  return tf.losses.softmaxCrossEntropy(labels, logits, undefined, undefined, tf.Reduction.NONE);
}));
audit.serve();
