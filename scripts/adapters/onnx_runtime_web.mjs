// /// script
// npm = ["onnxruntime-web@1.30.0"]
// [tool.softmax-audit]
// library = "ONNX Runtime Web"
// calls = "Softmax of the WebAssembly backend"
// [[tool.softmax-audit.variant]]
// name = "onnxruntime-web wasm"
// ///
import * as audit from "./softmax_audit.mjs";

const ort = await audit.load("onnxruntime-web");
ort.env.wasm.numThreads = 1;

const NODES = {softmax: "Softmax", log_softmax: "LogSoftmax", sigmoid: "Sigmoid", log_sum_exp: "ReduceLogSumExp"};
const ELEMENTS = {f32: 1, f16: 10, f64: 11};
const TYPES = {f32: "float32", f16: "float16", f64: "float64"};

// An ONNX model of one node, in protocol buffers: what has a length, and numbers.
function number(value) {
  const bytes = [];
  for (value = BigInt.asUintN(64, BigInt(value)); value > 0x7fn; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return [...bytes, Number(value)];
}
const integer = (field, value) => [...number(field << 3), ...number(value)];
function message(field, content) {
  const bytes = typeof content === "string" ? [...Buffer.from(content)] : content;
  return [...number(field << 3 | 2), ...number(bytes.length), ...bytes];
}
function modelOf(operation, format) {
  const tensor = (name, dimensions) => [...message(1, name), ...message(2, message(1, [...integer(1, ELEMENTS[format]),
      ...message(2, dimensions.flatMap((each) => message(1, message(2, each))))]))];
  let node = [...message(1, "x"), ...message(2, "y"), ...message(4, NODES[operation])];
  if (operation === "log_sum_exp") {
    node = [...node, ...message(5, [...message(1, "axes"), ...integer(8, 1), ...integer(20, 7)]),
            ...message(5, [...message(1, "keepdims"), ...integer(3, 0), ...integer(20, 2)])];
  } else if (operation !== "sigmoid") {
    node = [...node, ...message(5, [...message(1, "axis"), ...integer(3, -1), ...integer(20, 2)])];
  }
  const graph = [...message(1, node), ...message(2, "graph"), ...message(11, tensor("x", ["rows", "cols"])),
                 ...message(12, tensor("y", operation === "log_sum_exp" ? ["rows"] : ["rows", "cols"]))];
  return Uint8Array.from([...integer(1, 8), ...message(7, graph), ...message(8, [...message(1, ""), ...integer(2, 13)])]);
}

const sessions = {};
for (const operation of Object.keys(NODES))
  for (const format of Object.keys(TYPES)) {
    try {
      sessions[operation + format] = await ort.InferenceSession.create(modelOf(operation, format),
                                                                       {executionProviders: ["wasm"], logSeverityLevel: 4});
    } catch { // no kernel: refused below
    }
  }
const formats = Object.keys(TYPES).filter((format) => sessions["softmax" + format]);
const operations = Object.keys(NODES).filter((operation) => formats.some((format) => sessions[operation + format]));

audit.implementation({name: "onnxruntime-web", version: ort.env.versions?.web ?? audit.versionOf("onnxruntime-web"), formats,
                      operations},
                     async (x, {rows, cols, format, operation}) => {
                       const session = sessions[operation + format];
                       if (!session) throw new audit.Refused(`ONNX Runtime Web has no kernel of ${operation} for ${format}`);
                       const result = await session.run({x: new ort.Tensor(TYPES[format], x, [rows, cols])});
                       return result.y.data;
                     });
audit.serve();
