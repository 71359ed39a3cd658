# /// finding
# adapter = "onnx_reference"
# title = "LogSoftmax of the reference is the logarithm of a probability that has become 0"
# implementation = "onnx reference"
# property = "is_accurate"
# operation = "log_softmax"
# format = "f32"
# meaning = """
# What the standard comes with to say what is right gives -inf for ordinary logits: an implementation that gives the
# right -110 looks wrong beside it."""
# issue = """
# onnx.reference (1.23.2): LogSoftmax of float32 [0, -110] gives [0, -inf] and of [0, -100] -99.983, where -110 and
# -100 are expected; float64 from -746 on. It takes the logarithm of Softmax, which underflows. The function body of
# LogSoftmax in the standard, X - Max - Log(ReduceSum(Exp(X - Max))), does not."""
# ///
import numpy
import onnx
import onnx.helper
import onnx.reference

print("onnx", onnx.__version__)
for element, dtype in (onnx.TensorProto.FLOAT, "f"), (onnx.TensorProto.DOUBLE, "d"):
    x, y = (onnx.helper.make_tensor_value_info(name, element, [1, 2]) for name in "xy")
    node = onnx.helper.make_node("LogSoftmax", ["x"], ["y"], axis=-1)
    evaluator = onnx.reference.ReferenceEvaluator(onnx.helper.make_model(
        onnx.helper.make_graph([node], "graph", [x], [y]), opset_imports=[onnx.helper.make_opsetid("", 13)]))
    for row in [0, -50], [0, -100], [0, -110], [0, -800]:
        print(dtype, row, evaluator.run(None, {"x": numpy.array([row], dtype)})[0][0],
              "due: the row itself, as log(1 + exp(-50)) < 2e-22")
