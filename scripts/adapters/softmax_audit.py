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
rounded to the format here. With rows="torch" x is a PyTorch tensor of the format's own dtype, bfloat16 included, on
device="cpu" or the one that is named, and the result is another.

The relatives of softmax are functions of the same worker, each decorated with its operation:

    @softmax_audit.implementation(operation="log_softmax")             # name, version, formats: stated once is enough
    def log_softmax(x): ...

    log_softmax, sigmoid            function(x)              an array of the shape of x
    log_sum_exp                     function(x)              an array of shape (rows,)
    cross_entropy                   function(x, target=t)    the same; t: int64, shape (rows,), an index into each row
    softmax_backward                function(x, dy=g)        an array of the shape of x; g: upstream gradient, like x
    softmax_backward_from_output    function(x, dy=g)        the same; x is what the forward pass gave

With format=True a function is also told the format, function(x, format="bf16"), and can hand the library its own type.
scipy = softmax_audit.require("scipy", "pip install scipy") imports; where that fails the program is told in a line.

Needs the standard library only, and NumPy where the callable wants it. From the import of this module on, prints go to
stderr: the standard output belongs to the program. Import it first when another module prints while it is imported.

The Python package of the same name has this module inside, where it leaves the streams alone, and serves functions of
a process that goes on: softmax_audit.check(function). See its own text.
"""

import contextlib
import ctypes
import importlib
import inspect
import json
import math
import mmap
import os
import struct
import sys
import time
import traceback

PROTOCOL = 1
OPERATIONS = ["softmax", "log_softmax", "log_sum_exp", "softmax_backward", "softmax_backward_from_output",
              "cross_entropy", "sigmoid"]
FORMATS = ["f16", "bf16", "f32", "f64"]

_HEADER = struct.Struct("<IIQIIIIQQdQ")
_MAGIC = 0x31414D53
_CALL, _RESULT, _REFUSED, _ERROR = range(4)
_FLAG_SCALE, _FLAG_DY, _FLAG_TARGET, _FLAG_CONDITIONS, _FLAG_SHARED = 1, 4, 8, 16, 32
_CONDITIONS = struct.Struct("<IIIIQQQII16x")  # fence, prefill, in place, callers, inner, gap, misplaced, repeats, second results
_OBSERVATIONS = struct.Struct("<IIQdQ32x")  # deeds, flags, differing, nanoseconds, bytes of text
# What the program may ask to be seen besides an answer, and the bits of what is seen.
_ABILITIES = ["fences", "environment", "streams", "processes", "descriptors", "timing"]
_GUEST_ABILITIES = ["environment", "timing"]
_WRITES_INPUT, _CHANGES_ENVIRONMENT, _PRINTS, _STARTS_PROCESS, _TOUCHES_DESCRIPTORS = 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6
_BYTES = {"f16": 2, "bf16": 2, "f32": 4, "f64": 8}
_CODES = {"f16": "e", "f32": "f", "f64": "d"}  # of the struct module
_DTYPES = {"f16": "<f2", "bf16": "<f4", "f32": "<f4", "f64": "<f8"}


class Refused(Exception):
    """Raise it when the implementation does not answer such a question, and says so."""


# What is printed is seen after the call that printed it, and then goes to stderr.
_printed = -1


def _take_wire():
    global _printed
    _printed = os.memfd_create("standard output") if hasattr(os, "memfd_create") else os.dup(2)
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(_printed, 1)
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # what was printed before a crash is worth reading
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")


# A worker is a process of its own. As a part of the package this module is a guest in somebody's process.
_wire = _take_wire() if "." not in __name__ else None


class Subject:
    """What is served: what the handshake says of all functions (name, version, formats), and a function an operation."""

    def __init__(self):
        self.said, self.served = {}, {}

    def state(self, key, value):
        """What is said of the whole subject may be said once or several times, but not differently."""
        if value is None:
            return
        if self.said.setdefault(key, value) != value:
            raise ValueError(f"a worker serves one subject: {key} {self.said[key]!r} and {value!r} contradict each other")


_subject = Subject()  # of a worker


def _flags_of(operation):
    if operation == "cross_entropy":
        return _FLAG_TARGET
    return _FLAG_DY if operation in ("softmax_backward", "softmax_backward_from_output") else 0


def _is_per_row(operation):
    return operation in ("log_sum_exp", "cross_entropy")


def _keywords_of(operation, scale, told, format_told):
    flags = _flags_of(operation)
    is_given = {"scale": scale, "dy": flags & _FLAG_DY, "target": flags & _FLAG_TARGET, "operation": told,
                "format": format_told}
    return [word for word in is_given if is_given[word]]


def _require_parameters(function, operation, keywords):
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # compiled code need not tell
        return
    try:
        signature.bind(None, **dict.fromkeys(keywords))
    except TypeError as error:
        call = ", ".join(["x"] + [f"{word}=..." for word in keywords])
        raise ValueError(f"{operation} is called as function({call}), which does not fit the decorated function: "
                         f"{error}") from None


def implementation(name=None, version=None, formats=None, rows="array", scale=False, operation=None, operations=None,
                   format=False, instruction_set=None, device=None, subject=None):
    """Declares the decorated function as what this worker serves for an operation: function(x), or with scale=True
    function(x, scale=s), gives the softmax (operation="log_softmax": the log-softmax, and so on) of each row of s * x.
    One function an operation; a function with operations=[several] is also told which: function(x, operation="...").
    With format=True it is told the format as well: function(x, format="bf16"). The default is softmax. Name, version,
    formats and instruction set are those of the worker, and the default format is f32. rows: "array", "lists" or "torch",
    which takes a device."""
    subject = _subject if subject is None else subject
    if operation is not None and operations is not None:
        raise ValueError("either operation or operations, not both")
    operations = list(operations) if operations is not None else [operation or "softmax"]
    if not operations:
        raise ValueError("operations is empty")
    for each in operations:
        if each not in OPERATIONS:
            raise ValueError(f"{each!r} is not an operation; the operations are {', '.join(OPERATIONS)}")
    formats = None if formats is None else list(formats)
    for format_name in formats or []:
        if format_name not in FORMATS:
            raise ValueError(f"{format_name!r} is not a format; the formats are {', '.join(FORMATS)}")
    if rows not in _ANSWERS:
        raise ValueError(f"rows is {rows!r}; it is {' or '.join(map(repr, _ANSWERS))}")
    if device is not None and rows != "torch":
        raise ValueError(f"device is {device!r}: that is for rows='torch'")

    def declare(function):
        for each in operations:
            if each in subject.served:
                raise ValueError(f"{each} has two functions; a worker serves one function an operation")
            # Results of a forward pass have no scale any more.
            scaled = bool(scale) and each != "softmax_backward_from_output"
            keywords = _keywords_of(each, scaled, len(operations) > 1, format)
            _require_parameters(function, each, keywords)
            subject.served[each] = {"operation": each, "rows": rows, "scale": scaled, "keywords": keywords,
                                    "function": function, "device": device}
        subject.state("name", name)
        subject.state("version", None if version is None else str(version))
        subject.state("formats", formats)
        subject.state("instruction_set", instruction_set)
        return function

    return declare


# --- What is seen besides an answer ---

class _Seen:
    def __init__(self):
        self.deeds, self.words, self.nanoseconds = 0, [], 0.0

    def add(self, deed, words):
        self.deeds |= deed
        if words not in self.words:
            self.words.append(words)


_NUMBERS = [1.0, 2.0 ** -53, 5e-324, 2.0 ** -1022]


def _rounds_and_flushes():
    """Rounding mode, flush-to-zero and denormals-are-zero of this thread, found out by arithmetic."""
    one, half_ulp, least, small = _NUMBERS  # not constants: the interpreter would compute with them beforehand
    above, below = one + half_ulp * 1.5, one + half_ulp * 0.5
    mode = (above == one, below == one, -one - half_ulp * 1.5 == -one, -one - half_ulp * 0.5 == -one, one - half_ulp == one)
    return mode, small / 2 == 0, least * 2.0 ** 60 == 0


def _restore_float_environment(saved=ctypes.c_void_p(-1)):  # FE_DFL_ENV of glibc
    if sys.platform == "linux":
        ctypes.CDLL(None).fesetenv(saved)


def _float_environment():
    saved = ctypes.create_string_buffer(256)  # no fenv_t is as long
    if sys.platform == "linux":
        ctypes.CDLL(None).fegetenv(saved)
    return saved


def _pass_on_prints():
    sys.stdout.flush()
    try:
        size = os.fstat(_printed).st_size
        if size:
            text = os.pread(_printed, 65536, 0)
            os.ftruncate(_printed, 0)
            os.lseek(_printed, 0, os.SEEK_SET)
            os.lseek(1, 0, os.SEEK_SET)
            os.write(2, text)
        return size
    except OSError:  # it is no file: prints went to stderr as they came
        return 0


def _children():
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return set(file.read().split())
    except OSError:
        return set()


def _open_descriptors():
    try:
        return {int(name) for name in os.listdir("/proc/self/fd")}
    except OSError:
        return set()


def _restore_streams():
    """The names of those that were closed; they are open again."""
    closed = []
    for stream, name, origin in ((0, "standard input", None), (1, "standard output", _printed), (2, "standard error", None)):
        try:
            os.fstat(stream)
        except OSError:
            closed.append(name)
            os.dup2(os.open(os.devnull, os.O_RDWR) if origin is None else origin, stream)
    return closed


class _Watch:
    times_left_open = 0

    def __init__(self, descriptors, is_guest):
        self.is_guest = is_guest
        self.environment = _rounds_and_flushes()
        self.float_environment = _float_environment() if is_guest else ctypes.c_void_p(-1)
        self.children = None if is_guest else _children()
        self.descriptors = _open_descriptors() if descriptors else None

    def finish(self, seen):
        environment = _rounds_and_flushes()
        if environment != self.environment:
            for before, after, words in zip(self.environment, environment,
                                            ("the rounding mode", "flush-to-zero", "denormals-are-zero")):
                if before != after:
                    seen.add(_CHANGES_ENVIRONMENT, f"changed {words}")
            _restore_float_environment(self.float_environment)
        if self.is_guest:  # streams, processes and descriptors are those of a process that does other things besides
            return
        for name in _restore_streams():
            seen.add(_TOUCHES_DESCRIPTORS, f"closed {name}")
        printed = _pass_on_prints()
        if printed:
            seen.add(_PRINTS, f"printed {printed} bytes to standard output")
        if _children() - self.children:
            seen.add(_STARTS_PROCESS, "started a process")
        # A library may open what it keeps. Who does it again and again runs out of them.
        if self.descriptors is not None and len(_open_descriptors()) > len(self.descriptors):
            _Watch.times_left_open += 1
            if _Watch.times_left_open >= 3:
                seen.add(_TOUCHES_DESCRIPTORS, "leaves descriptors open")


class _Fenced:
    """Memory that ends, or begins, at a page that nobody may touch: what reads too far ends the process."""
    _libc = ctypes.CDLL(None, use_errno=True)
    _libc.mmap.restype = ctypes.c_void_p
    _libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    _libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

    def __init__(self):
        self.begin, self.size = None, 0

    def place(self, payload, fence):
        page = mmap.PAGESIZE
        size = (len(payload) // page + 1) * page
        if size > self.size:
            size *= 2
            self.begin = self._libc.mmap(None, size + 2 * page, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
            if self.begin in (None, ctypes.c_void_p(-1).value):
                raise MemoryError("no memory for the buffers")
            self._libc.mprotect(self.begin + page, size, mmap.PROT_READ | mmap.PROT_WRITE)
            self.size = size
        lowest, highest = self.begin + page, self.begin + page + self.size
        at = {1: (highest - len(payload)) // 64 * 64, 2: highest - len(payload), 3: lowest}[fence]
        ctypes.memmove(at, payload, len(payload))
        return (ctypes.c_char * len(payload)).from_address(at)


_fenced = {"x": _Fenced(), "dy": _Fenced()}


# --- NumPy ---

def _array_from(payload, format_name, rows, cols, word="x", fence=0):
    import numpy
    if fence and format_name != "bf16":
        memory = _fenced[word].place(payload, fence)
        return numpy.frombuffer(memory, dtype=_DTYPES[format_name]).reshape(rows, cols)
    if format_name == "bf16":
        bits = numpy.frombuffer(payload, dtype="<u2").astype("<u4") << 16
        return bits.view("<f4").reshape(rows, cols)
    # A copy: many libraries warn about or reject memory that cannot be written to.
    return numpy.frombuffer(payload, dtype=_DTYPES[format_name]).reshape(rows, cols).copy()


def _bytes_of_array(result, format_name, shape):
    import numpy
    result = numpy.asarray(result)
    dtype = numpy.dtype(_DTYPES[format_name])
    if result.shape != shape or result.dtype != dtype:
        raise TypeError(f"the implementation returned {result.dtype} of shape {result.shape}; expected {dtype} of "
                        f"shape {shape}")
    if format_name != "bf16":
        return result.tobytes()
    bits = numpy.ascontiguousarray(result).view("<u4")
    rounded = (bits + numpy.uint32(0x7FFF) + ((bits >> 16) & 1)) >> 16
    return numpy.where(numpy.isnan(result), 0x7FC0, rounded).astype("<u2").tobytes()


def _answer_of_arrays(served, format_name, rows, cols, x, dy, target, known, fence, repeats, seen):
    import numpy
    given = {"x": _array_from(x, format_name, rows, cols, "x", fence)}
    if dy is not None:
        given["dy"] = _array_from(dy, format_name, rows, cols, "dy", fence)
    if target is not None:
        given["target"] = numpy.frombuffer(target, dtype="<i8").copy()
    before = {word: array.tobytes() for word, array in given.items()} if seen else {}
    known = {**known, **given}
    arguments = {word: known[word] for word in served["keywords"]}
    result = served["function"](known["x"], **arguments)
    for word in before:
        if given[word].tobytes() != before[word]:
            seen.add(_WRITES_INPUT, f"wrote to its input {word}")
    if repeats > 1:
        seen.nanoseconds = _median_time(served["function"], known["x"], arguments, repeats)
    return _bytes_of_array(result, format_name, (rows,) if _is_per_row(served["operation"]) else (rows, cols))


def _median_time(function, x, arguments, repeats):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter_ns()
        function(x, **arguments)
        times.append(time.perf_counter_ns() - begin)
    return float(sorted(times)[repeats // 2])


# --- PyTorch ---

def _tensor_from(payload, format_name, rows, cols, device, word="x", fence=0):
    import torch
    dtype = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64}[format_name]
    memory = _fenced[word].place(payload, fence) if fence else bytearray(payload)
    on_cpu = torch.frombuffer(memory, dtype=dtype).reshape(rows, cols)
    return memory, on_cpu.to(device) if device else on_cpu


def _bytes_of_tensor(result, dtype, shape):
    if tuple(result.shape) != shape or result.dtype != dtype:
        raise TypeError(f"the implementation returned {result.dtype} of shape {tuple(result.shape)}; expected {dtype} of "
                        f"shape {shape}")
    result = result.detach().cpu().contiguous()
    return ctypes.string_at(result.data_ptr(), result.numel() * result.element_size())


def _answer_of_tensors(served, format_name, rows, cols, x, dy, target, known, fence, repeats, seen):
    import torch
    device = served["device"]
    given = {"x": (x, *_tensor_from(x, format_name, rows, cols, device, "x", fence))}
    if dy is not None:
        given["dy"] = (dy, *_tensor_from(dy, format_name, rows, cols, device, "dy", fence))
    known = {**known, **{word: tensor for word, (_, _, tensor) in given.items()}}
    if target is not None:
        known["target"] = torch.frombuffer(bytearray(target), dtype=torch.int64).to(device or "cpu")
    arguments = {word: known[word] for word in served["keywords"]}
    dtype = known["x"].dtype  # before the call, which may do anything to its argument
    result = served["function"](known["x"], **arguments)
    for word, (before, memory, _) in given.items():
        if seen and bytes(memory) != before:
            seen.add(_WRITES_INPUT, f"wrote to its input {word}")
    if repeats > 1:
        seen.nanoseconds = _median_time(served["function"], known["x"], arguments, repeats)
    return _bytes_of_tensor(result, dtype, (rows,) if _is_per_row(served["operation"]) else (rows, cols))


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


def _bytes_of_list(result, format_name, rows):
    result = list(result)
    if len(result) != rows or any(hasattr(value, "__len__") for value in result):
        raise TypeError(f"the implementation returned {result[:8]!r}; expected one value for each of {rows} rows")
    return b"".join(_bytes_of(float(value), format_name) for value in result)


def _answer_of_lists(served, format_name, rows, cols, x, dy, target, known, fence, repeats, seen):
    if dy is not None:
        known["dy"] = _lists_from(dy, format_name, rows, cols)
    if target is not None:
        known["target"] = list(struct.unpack(f"<{rows}q", target))
    lists = _lists_from(x, format_name, rows, cols)
    arguments = {word: known[word] for word in served["keywords"]}
    result = served["function"](lists, **arguments)
    if repeats > 1:
        seen.nanoseconds = _median_time(served["function"], lists, arguments, repeats)
    if _is_per_row(served["operation"]):
        return _bytes_of_list(result, format_name, rows)
    return _bytes_of_lists(result, format_name, rows, cols)


# --- The conversation ---

_ANSWERS = {"array": _answer_of_arrays, "lists": _answer_of_lists, "torch": _answer_of_tensors}


def _answer(subject, operation, format_of_x, format_of_y, flags, rows, cols, scale, payload, fence=0, repeats=1, seen=None):
    if operation >= len(OPERATIONS) or OPERATIONS[operation] not in subject.served:
        raise ValueError(f"operation {operation} is not offered")
    served = subject.served[OPERATIONS[operation]]
    if format_of_x != format_of_y or format_of_x >= len(FORMATS) or FORMATS[format_of_x] not in subject.said["formats"]:
        raise ValueError(f"formats {format_of_x} and {format_of_y} are not offered")
    needed = _flags_of(served["operation"])
    if flags & ~_FLAG_SCALE != needed or (flags & _FLAG_SCALE and not served["scale"]):
        raise ValueError(f"flags {flags} are not offered")
    format_name = FORMATS[format_of_x]
    size = rows * cols * _BYTES[format_name]
    dy_size = size if needed & _FLAG_DY else 0
    target_size = rows * 8 if needed & _FLAG_TARGET else 0
    if len(payload) != size + dy_size + target_size:
        raise ValueError(f"{len(payload)} bytes are not the payload of {rows} rows of {cols} in {format_name}")
    x = payload[:size]
    dy = payload[size:size + dy_size] if needed & _FLAG_DY else None
    target = payload[size + dy_size:] if needed & _FLAG_TARGET else None
    known = {"scale": scale if flags & _FLAG_SCALE else 1.0, "operation": served["operation"], "format": format_name}
    return _ANSWERS[served["rows"]](served, format_name, rows, cols, x, dy, target, known, fence, repeats, seen)


def _write_line(outgoing, content):
    outgoing.write(json.dumps(content).encode() + b"\n")
    outgoing.flush()


def _require_program():
    global _wire
    if _wire is None:
        _wire = _take_wire()
    if _wire[0].isatty():
        sys.stderr.write(f"This is a worker: start it with softmax-audit check --worker 'python3 {sys.argv[0]}'\n")
        sys.exit(2)


def _leave(reason):
    """Says in the handshake why there is nothing to serve."""
    _require_program()
    _wire[0].readline()
    _write_line(_wire[1], {"softmax_audit": PROTOCOL, "error": "worker: " + reason})
    sys.exit(2)


def require(module, installation):
    """The imported module; where it is missing or broken the program is told so, with how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            _leave(f"{module} cannot be imported: {error}")
        _leave(f"{module} is not installed: {installation}")
    except Exception as error:
        reason = " ".join([f"{type(error).__name__}:", *str(error).splitlines()[:1]])
        _leave(f"{module} cannot be imported: {reason}")


def serve():
    """Answers until the program closes the wire."""
    _require_program()
    if not _subject.served:
        _leave("no function is decorated with @softmax_audit.implementation")
    converse(_subject, *_wire)


def converse(subject, incoming, outgoing, is_guest=False, calling=contextlib.nullcontext(), raised=traceback.print_exception):
    """The worker's side of the protocol, until `incoming` ends. A guest leaves the process as it is: it watches the
    floating-point environment only. Functions are called within `calling`; `raised` is told what they raise."""
    hello = incoming.readline()
    if not hello:
        return
    process = os.getpid()
    shared = _Shared(json.loads(hello).get("shared_memory"))
    at_start = _Seen()
    if not is_guest:
        if _rounds_and_flushes() != ((False, True, False, True, False), False, False):
            at_start.add(_CHANGES_ENVIRONMENT, "when it was loaded: changed the floating-point environment")
            _restore_float_environment()
        _pass_on_prints()  # many libraries greet
    said, served = subject.said, subject.served
    said.setdefault("name", getattr(next(iter(served.values()))["function"], "__name__", "callable"))
    said.setdefault("version", "")
    said.setdefault("formats", ["f32"])
    if os.environ.get("SOFTMAX_AUDIT_INSTRUCTION_SET"):  # what scripts/atlas chose, where the library does not tell
        said.setdefault("instruction_set", os.environ["SOFTMAX_AUDIT_INSTRUCTION_SET"])
    # One word for all: a scale is asked of every operation that has one, or of none.
    scales = [each["scale"] for each in served.values() if each["operation"] != "softmax_backward_from_output"]
    _write_line(outgoing, {"softmax_audit": PROTOCOL, **said, "operations": list(served), "scale": bool(scales) and all(scales),
                           "abilities": _GUEST_ABILITIES if is_guest else _ABILITIES, "shared_memory": shared.is_open()})
    while True:
        header = incoming.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        (magic, kind, sequence, operation, format_of_x, format_of_y, flags, rows, cols, scale,
         size) = _HEADER.unpack(header)
        if magic != _MAGIC or kind != _CALL:
            sys.exit("the program sent something that is not a call")
        payload = shared.read(size) if flags & _FLAG_SHARED else incoming.read(size)
        seen, watch, fence, repeats = None, None, 0, 1
        if flags & _FLAG_CONDITIONS:
            fence, _, _, _, _, _, _, repeats, _ = _CONDITIONS.unpack(incoming.read(_CONDITIONS.size))
            seen = _Seen()
            seen.deeds, seen.words = at_start.deeds, list(at_start.words)
        if flags & _FLAG_CONDITIONS or is_guest:
            watch = _Watch(fence != 0, is_guest)
        try:
            with calling:
                kind, answer = _RESULT, _answer(subject, operation, format_of_x, format_of_y, flags & 15, rows, cols, scale,
                                                payload, fence, repeats, seen)
        except Refused as refusal:
            kind, answer = _REFUSED, str(refusal).encode()
        except Exception as error:  # SystemExit is none: who leaves has left
            raised(error)
            kind, answer = _ERROR, f"{type(error).__name__}: {error}".encode(errors="replace")
        if os.getpid() != process:  # a copy of this process must not answer
            os._exit(0)
        if watch:
            watch.finish(seen or _Seen())
        else:
            _restore_streams()
            _pass_on_prints()
        size, more = len(answer), b""
        flags = flags & (_FLAG_CONDITIONS | _FLAG_SHARED) if kind == _RESULT else 0
        if flags & _FLAG_CONDITIONS:
            text = "; ".join(seen.words).encode()
            more = _OBSERVATIONS.pack(seen.deeds, 0, 0, seen.nanoseconds, len(text)) + text
        if flags & _FLAG_SHARED:
            shared.write(answer)
            answer = b""
        outgoing.write(_HEADER.pack(_MAGIC, kind, sequence, operation, format_of_x, format_of_y, flags, rows, cols,
                                    scale, size) + answer + more)
        outgoing.flush()


class _Shared:
    """A file that the program has mapped, too: long payloads lie at its beginning, and results take their place."""

    def __init__(self, path):
        self.file, self.map = None, None
        try:
            self.file = os.open(path, os.O_RDWR) if path else None
        except OSError:
            pass  # pipes do as well

    def is_open(self):
        return self.file is not None

    def _at_least(self, size):
        if self.map is None or len(self.map) < size:
            self.map = mmap.mmap(self.file, os.fstat(self.file).st_size)
        return self.map

    def read(self, size):
        return self._at_least(size)[:size]

    def write(self, content):
        self._at_least(len(content))[:len(content)] = content
