"""ONNX models of one node, as bytes: what the adapters of ONNX's runtimes load."""

import struct

ELEMENTS = {"f32": 1, "f16": 10, "f64": 11, "bf16": 16}  # TensorProto.DataType
INT64 = 7


def _number(value):
    encoded = b""
    value &= (1 << 64) - 1
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def _integer(field, value):
    return _number(field << 3) + _number(value)


def _message(field, content):
    content = content.encode() if isinstance(content, str) else content
    return _number(field << 3 | 2) + _number(len(content)) + content


def _attribute(name, value):
    if isinstance(value, float):
        return _message(1, name) + _number(2 << 3 | 5) + struct.pack("<f", value) + _integer(20, 1)
    if isinstance(value, int):
        return _message(1, name) + _integer(3, value) + _integer(20, 2)
    if isinstance(value, str):
        return _message(1, name) + _message(4, value) + _integer(20, 3)
    return _message(1, name) + b"".join(_integer(8, each) for each in value) + _integer(20, 7)


def _tensor(name, element, dimensions):
    """Dimensions: numbers, or names where any number will do."""
    shape = b"".join(_message(1, _integer(1, each) if isinstance(each, int) else _message(2, each))
                     for each in dimensions)
    return _message(1, name) + _message(2, _message(1, _integer(1, element) + _message(2, shape)))


def model(operator, format_name, opset=13, rows="rows", cols="cols", per_row=False, targets=False, **attributes):
    """operator(x) or operator(x, target) of a matrix; the result is y, one element a row with per_row."""
    element = ELEMENTS[format_name]
    node = _message(1, "x") + (_message(1, "target") if targets else b"") + _message(2, "y") + _message(4, operator)
    node += b"".join(_message(5, _attribute(name, value)) for name, value in attributes.items())
    graph = _message(1, node) + _message(2, "graph") + _message(11, _tensor("x", element, [rows, cols]))
    if targets:
        graph += _message(11, _tensor("target", INT64, [rows]))
    graph += _message(12, _tensor("y", element, [rows] if per_row else [rows, cols]))
    return _integer(1, 8) + _message(7, graph) + _message(8, _message(1, "") + _integer(2, opset))


def of_operation(operation, format_name, opset=13, **dimensions):
    """The node that ONNX has for an operation, along the last axis of a matrix."""
    if operation in ("softmax", "log_softmax"):
        # Before opset 13 the axis says where the shape is folded into a matrix; of a matrix that is the same.
        operator = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}[operation]
        return model(operator, format_name, opset, axis=1 if opset < 13 else -1, **dimensions)
    if operation == "log_sum_exp":
        return model("ReduceLogSumExp", format_name, min(opset, 17), per_row=True, axes=[1], keepdims=0, **dimensions)
    if operation == "cross_entropy":
        return model("SoftmaxCrossEntropyLoss", format_name, max(opset, 13), per_row=True, targets=True,
                     reduction="none", **dimensions)
    return model("Sigmoid", format_name, opset, **dimensions)
