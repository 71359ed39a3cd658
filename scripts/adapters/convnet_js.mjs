// /// script
// npm = ["convnetjs@0.3.0"]
// [tool.softmax-audit]
// library = "ConvNetJS"
// calls = "SoftmaxLayer.forward and its loss"
// [[tool.softmax-audit.variant]]
// name = "convnetjs"
// ///
import * as audit from "./softmax_audit.mjs";

const convnet = await audit.load("convnetjs");

function layerAfter(row) {
  const volume = new convnet.Vol(1, 1, row.length, 0);
  volume.w = row.slice(); // typed arrays of binary64
  const layer = new convnet.SoftmaxLayer({in_sx: 1, in_sy: 1, in_depth: row.length});
  return [layer, layer.forward(volume, false)];
}

audit.implementation({name: "convnetjs", version: audit.versionOf("convnetjs"), formats: ["f64"]},
                     audit.eachRow((row) => layerAfter(row)[1].w));
audit.implementation({operation: "cross_entropy"},
                     audit.eachRow((row, {target}) => layerAfter(row)[0].backward(Number(target[0]))));
audit.serve();
