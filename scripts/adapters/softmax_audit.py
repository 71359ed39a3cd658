"""Lets softmax-audit judge a Python callable: a decorator and one line.

    import scipy, scipy.special, softmax_audit

    @softmax_audit.implementation(name="scipy.special.softmax", version=scipy.__version__, formats=["f32", "f64"])
    def softmax(x):
        return scipy.special.softmax(x, axis=-1)

    softmax_audit.serve()

and then: softmax-audit check --worker 'python3 scipy_softmax.py'

x is a NumPy array of shape (rows, cols): float16 for f16, float32 for f32, float64 for f64, and for bf16 a float32
array of bfloat16 values, whose results are rounded to bfloat16 here, to nearest, ties to even. The result has the same
shape and dtype. With rows="lists" x is a list of rows, each a list of floats, NumPy is not needed, and results are
rounded to the format here.

Needs the standard library only, and NumPy where the callable wants it. From the import of this module on, prints go to
stderr: the standard output belongs to the program. Import it first when another module prints while it is imported.
"""

import json
import math
import os
import struct
import sys
import traceback

PROTOCOL = 1
OPERATIONS = ["softmax", "log_softmax", "log_sum_exp", "softmax_backward", "softmax_backward_from_output",
              "cross_entropy", "sigmoid"]
FORMATS = ["f16", "bf16", "f32", "f64"]

_HEADER = struct.Struct("<IIQIIIIQQdQ")
_MAGIC = 0x31414D53
_CALL, _RESULT, _REFUSED, _ERROR = range(4)
_FLAG_SCALE = 1
_BYTES = {"f16": 2, "bf16": 2, "f32": 4, "f64": 8}
_CODES = {"f16": "e", "f32": "f", "f64": "d"}  # of the struct module
_DTYPES = {"f16": "<f2", "bf16": "<f4", "f32": "<f4", "f64": "<f8"}


class Refused(Exception):
    """Raise it when the implementation does not answer such a question, and says so."""


def _take_wire():
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # what was printed before a crash is worth reading
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")


_incoming, _outgoing = _take_wire()
_implementation = None


def implementation(name=None, version="", formats=("f32",), rows="array", scale=False):
    """Declares the decorated function as the implementation that this worker serves: function(x), or with scale=True
    function(x, scale=s), gives the softmax of each row of s * x."""
    formats = list(formats)
    for format_name in formats:
        if format_name not in FORMATS:
            raise ValueError(f"{format_name!r} is not a format; the formats are {', '.join(FORMATS)}")
    if rows not in ("array", "lists"):
        raise ValueError(f"rows is {rows!r}; it is 'array' or 'lists'")

    def declare(function):
        global _implementation
        if _implementation is not None:
            raise ValueError("a worker serves one implementation")
        _implementation = {"name": name or function.__name__, "version": str(version), "formats": formats,
                           "rows": rows, "scale": bool(scale), "function": function}
        return function

    return declare


# --- NumPy ---

def _array_from(payload, format_name, rows, cols):
    import numpy
    if format_name == "bf16":
        bits = numpy.frombuffer(payload, dtype="<u2").astype("<u4") << 16
        return bits.view("<f4").reshape(rows, cols)
    # A copy: many libraries warn about or reject memory that cannot be written to.
    return numpy.frombuffer(payload, dtype=_DTYPES[format_name]).reshape(rows, cols).copy()


def _bytes_of_array(result, format_name, rows, cols):
    import numpy
    result = numpy.asarray(result)
    dtype = numpy.dtype(_DTYPES[format_name])
    if result.shape != (rows, cols) or result.dtype != dtype:
        raise TypeError(f"the implementation returned {result.dtype} of shape {result.shape}; expected {dtype} of "
                        f"shape {(rows, cols)}")
    if format_name != "bf16":
        return result.tobytes()
    bits = numpy.ascontiguousarray(result).view("<u4")
    rounded = (bits + numpy.uint32(0x7FFF) + ((bits >> 16) & 1)) >> 16
    return numpy.where(numpy.isnan(result), 0x7FC0, rounded).astype("<u2").tobytes()


# --- Lists ---

def _lists_from(payload, format_name, rows, cols):
    if format_name == "bf16":
        bits = struct.unpack(f"<{rows * cols}H", payload)
        values = struct.unpack(f"<{len(bits)}f", struct.pack(f"<{len(bits)}I", *(b << 16 for b in bits)))
    else:
        values = struct.unpack(f"<{rows * cols}{_CODES[format_name]}", payload)
    return [list(values[r * cols:(r + 1) * cols]) for r in range(rows)]


def _bytes_of_bfloat16(value):
    # From the double at once: through binary32 it would be rounded twice.
    if value and math.isfinite(value):
        spacing = max(math.frexp(value)[1] - 8, -133)
        value = math.copysign(math.ldexp(round(math.ldexp(value, -spacing)), spacing), value)
        if abs(value) >= 2.0 ** 128:
            value = math.copysign(math.inf, value)
    return struct.pack("<f", value)[2:] if value == value else b"\xc0\x7f"


def _bytes_of(value, format_name):
    if format_name == "bf16":
        return _bytes_of_bfloat16(value)
    try:
        return struct.pack("<" + _CODES[format_name], value)
    except OverflowError:  # what IEEE 754 rounds to an infinity
        return struct.pack("<" + _CODES[format_name], math.copysign(math.inf, value))


def _bytes_of_lists(result, format_name, rows, cols):
    shape = [len(row) for row in result]
    if shape != [cols] * rows:
        raise TypeError(f"the implementation returned rows of lengths {shape[:8]}; expected {rows} rows of {cols}")
    return b"".join(_bytes_of(float(value), format_name) for row in result for value in row)


# --- The conversation ---

def _answer(operation, format_of_x, format_of_y, flags, rows, cols, scale, payload):
    served = _implementation
    if operation != 0:
        raise ValueError(f"operation {operation} is not offered")
    if format_of_x != format_of_y or format_of_x >= len(FORMATS) or FORMATS[format_of_x] not in served["formats"]:
        raise ValueError(f"formats {format_of_x} and {format_of_y} are not offered")
    if flags & ~_FLAG_SCALE or (flags & _FLAG_SCALE and not served["scale"]):
        raise ValueError(f"flags {flags} are not offered")
    format_name = FORMATS[format_of_x]
    if len(payload) != rows * cols * _BYTES[format_name]:
        raise ValueError(f"{len(payload)} bytes are not {rows} rows of {cols} in {format_name}")
    arguments = {"scale": scale if flags & _FLAG_SCALE else 1.0} if served["scale"] else {}
    if served["rows"] == "lists":
        result = served["function"](_lists_from(payload, format_name, rows, cols), **arguments)
        return _bytes_of_lists(result, format_name, rows, cols)
    x = _array_from(payload, format_name, rows, cols)
    before = x.tobytes()
    result = served["function"](x, **arguments)
    if x.tobytes() != before:
        raise ValueError("the implementation wrote to its input")
    return _bytes_of_array(result, format_name, rows, cols)


def _write_line(content):
    _outgoing.write(json.dumps(content).encode() + b"\n")
    _outgoing.flush()


def serve():
    """Answers until the program closes the wire."""
    if _incoming.isatty():
        sys.stderr.write(f"This is a worker: start it with softmax-audit check --worker 'python3 {sys.argv[0]}'\n")
        sys.exit(2)
    if _implementation is None:
        _write_line({"softmax_audit": PROTOCOL,
                     "error": "worker: no function is decorated with @softmax_audit.implementation"})
        sys.exit(2)
    if not _incoming.readline():
        return
    _write_line({"softmax_audit": PROTOCOL, "name": _implementation["name"], "version": _implementation["version"],
                 "operations": OPERATIONS[:1], "formats": _implementation["formats"],
                 "scale": _implementation["scale"]})
    while True:
        header = _incoming.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        (magic, kind, sequence, operation, format_of_x, format_of_y, flags, rows, cols, scale,
         size) = _HEADER.unpack(header)
        if magic != _MAGIC or kind != _CALL:
            sys.exit("the program sent something that is not a call")
        payload = _incoming.read(size)
        try:
            kind, answer = _RESULT, _answer(operation, format_of_x, format_of_y, flags, rows, cols, scale, payload)
        except Refused as refusal:
            kind, answer = _REFUSED, str(refusal).encode()
        except Exception as error:  # SystemExit is none: who leaves has left
            traceback.print_exc()
            kind, answer = _ERROR, f"{type(error).__name__}: {error}".encode(errors="replace")
        _outgoing.write(_HEADER.pack(_MAGIC, kind, sequence, operation, format_of_x, format_of_y, flags, rows, cols,
                                     scale, len(answer)))
        _outgoing.write(answer)
        _outgoing.flush()
