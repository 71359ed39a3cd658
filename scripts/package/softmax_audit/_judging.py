"""check and gate: the program is started with _bridge.py for a worker, which hands its pipes to this process."""

import contextlib
import faulthandler
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings

from . import _adapter

_PATIENCE = 2.0  # seconds that an interrupted callable has to come back


class Broken(AssertionError):
    """A law or a limit is broken. The text is the report's; `report` is the whole of it, by reports/schema.json."""

    __module__ = "softmax_audit"
    report = None


class CannotJudge(RuntimeError):
    """The question is wrong, or the program could not decide: nothing is said about the callable."""

    __module__ = "softmax_audit"


class _Late(BaseException):
    """Raised inside a callable that does not answer: no `except Exception` may keep it."""


def program():
    """The path of softmax-audit: what SOFTMAX_AUDIT names, the one in this package, or the PATH's."""
    named = os.environ.get("SOFTMAX_AUDIT")
    inside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "softmax-audit")
    for candidate in (named, inside if os.access(inside, os.X_OK) else None, shutil.which("softmax-audit")):
        if candidate:
            return candidate
    raise CannotJudge("there is no softmax-audit beside this package nor on the PATH; name it by the environment variable "
                      "SOFTMAX_AUDIT")


def check(function, *, properties=(), effort="smoke", operation="softmax", **how):
    """Judges function(x) by every law, or by `properties`, and returns the report (reports/schema.json) as a dict.

    Raises Broken, an AssertionError, when a law is broken; CannotJudge when the question is wrong or stays undecided;
    unittest.SkipTest (pytest: skipped) when everything was skipped. Besides:

        name, version       how reports call it
        formats             of "f16", "bf16", "f32", "f64"; ["f32"]
        rows                "array" (NumPy), "torch", "lists"
        device              of rows="torch"
        scale, format       True: function(x, scale=...), function(x, format=...)
        claim, profile, seed, timeout (seconds for one answer)      the options of `softmax-audit check`
        arguments           more of them, as a list
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    words = ["check", *(word for each in properties for word in ("--property", each))]
    return _judge(function, words, operation, effort=effort, **how)


def gate(policy, functions, *, effort=None, operation="softmax", **how):
    """Holds a callable, or each of {name: callable}, to the limits of the gate.toml `policy`. Returns the report, or one
    for each name; raises as check does, after all have been judged. The rest is as for check."""
    __tracebackhide__ = True
    several = isinstance(functions, dict)
    reports, broken = {}, []
    for name, function in (functions if several else {None: functions}).items():
        named = {"name": name} if several else {}
        try:
            reports[name] = _judge(function, ["gate", os.fspath(policy)], operation, effort=effort, **named, **how)
        except Broken as error:
            broken.append(error)
    if len(broken) == 1:
        raise broken[0]
    if broken:
        raise Broken("\n\n".join(map(str, broken)))
    return reports if several else reports[None]


def _judge(function, words, operation, *, name=None, version=None, formats=("f32",), rows="array", scale=False,
           format=False, device=None, claim=None, profile=None, effort=None, seed=None, timeout=10, arguments=()):
    __tracebackhide__ = True
    subject = _adapter.Subject()
    name = name or _name_of(function)
    formats = [formats] if isinstance(formats, str) else formats
    declare = _adapter.implementation(name=name, version=version, formats=formats, rows=rows, scale=scale,
                                      operation=operation, format=format, device=device, subject=subject)
    declare(function)
    words += ["--operation", operation, "--name", name, "--timeout", str(timeout)]
    for option, value in (("--claim", claim), ("--profile", profile), ("--effort", effort), ("--seed", seed)):
        if value is not None:
            words += [option, str(value)]
    with tempfile.TemporaryDirectory(prefix="softmax-audit.") as folder:
        report = os.path.join(folder, "report.json")
        raised = []
        code, out, errors = _converse_with(program(), [*words, "--json", report, *map(os.fspath, arguments)], subject,
                                           os.path.join(folder, "socket"), raised)
        try:
            with open(report, encoding="utf-8") as file:
                report = json.load(file)
        except (OSError, ValueError):
            report = None
    if code == 0:
        return report
    told = _as_python(out.strip() or errors.strip())
    if code in (1, 3, 5):
        broken = Broken("\n" + _shortened(told))
        broken.report = report
        raise broken from (raised[0] if raised else None)
    if code == 77:
        raise unittest.SkipTest(told.splitlines()[-1] if told else "softmax-audit skipped everything")
    raise CannotJudge((errors.strip() or told or "softmax-audit says nothing") + f" (exit code {code})")


def _name_of(function):
    name = getattr(function, "__name__", type(function).__name__)
    return "callable" if name == "<lambda>" else name


def _shortened(text, longest=3):
    """The first failures in full, is_accurate above all, for it says how wrong; of the others the line of the list."""
    pieces = re.split(r"(?m)\n*^(?=[A-Z_]{5,} )", text)
    blocks = sorted(filter(str.strip, pieces[1:]), key=lambda block: " is_accurate / " not in block.partition("\n")[0])
    if len(blocks) <= longest:
        return text
    listed = "\n".join(line for line in pieces[0].splitlines() if not line.startswith("holds "))
    more = f"... and {len(blocks) - longest} more, in .report of this exception"
    return "\n\n".join([listed.strip(), *(block.strip() for block in blocks[:longest]), more])


def _as_python(text):
    """Lines to paste start the program with a worker; here they are calls."""
    return re.sub(r"(?m)(^ *(?:rerun +)?)(softmax-audit check .*)$", lambda line: line[1] + _call_of(line[2]), text)


def _call_of(line):
    try:
        words = shlex.split(line)[2:]
    except ValueError:
        return line
    if _bridge_command() not in words:
        return line
    arguments = [(option, value) for option, value in zip(words[::2], words[1::2])
                 if option not in ("--worker", "--name", "--operation", "--claim", "--profile", "--timeout")]
    return f"softmax_audit.check(..., arguments={[word for pair in arguments for word in pair]})"


def _bridge_command():
    # Without site packages: it is started anew whenever an answer was late.
    bridge = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_bridge.py")
    return shlex.join([sys.executable, "-I", "-S", bridge])


def _converse_with(softmax_audit, words, subject, address, raised):
    """Starts the program and answers it from here until it ends: its exit code, what it printed, what it complained."""
    with contextlib.ExitStack() as open_things:
        listener = open_things.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(address)
        listener.listen()
        listener.settimeout(0.02)
        out, errors = (open_things.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        process = subprocess.Popen([softmax_audit, *words, "--worker", _bridge_command()], stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=errors, env={**os.environ, "SOFTMAX_AUDIT_SOCKET": address})
        open_things.callback(process.wait)
        open_things.callback(process.kill)
        while process.poll() is None:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                _serve(connection, subject, raised)
        texts = []
        for file in (out, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
        return process.returncode, *texts


def _serve(connection, subject, raised):
    connection.settimeout(None)
    _, descriptors, _, _ = socket.recv_fds(connection, 16, 2)
    if len(descriptors) != 2:
        return
    with os.fdopen(descriptors[0], "rb") as incoming, _quietly_closed(os.fdopen(descriptors[1], "wb")) as outgoing:
        watch = _Watch(connection)
        with contextlib.suppress(BrokenPipeError, _Late), warnings.catch_warnings(), watch:
            warnings.simplefilter("ignore")  # rows overflow on purpose, and a warning may have been made an error
            _adapter.converse(subject, incoming, outgoing, is_guest=True, calling=watch.calling,
                              raised=raised.append)


@contextlib.contextmanager
def _quietly_closed(stream):
    try:
        yield stream
    finally:
        with contextlib.suppress(OSError):  # the program need not be there any more
            stream.close()


class _Watch:
    """While the callable runs, the bridge must live: the program kills it when it waits no longer."""

    def __init__(self, connection):
        self.connection = connection
        self.is_calling = False
        self.thread = threading.get_ident()
        self.can_interrupt = threading.current_thread() is threading.main_thread()
        self.calling = self._Calling(self)

    class _Calling:
        def __init__(self, watch):
            self.watch = watch

        def __enter__(self):
            self.watch.is_calling = True

        def __exit__(self, *_):
            self.watch.is_calling = False

    def __enter__(self):
        # A signal, for it ends a sleep as well.
        self.before = signal.signal(signal.SIGUSR2, self._interrupt) if self.can_interrupt else None
        self.waiting = threading.Thread(target=self._wait, daemon=True)
        self.waiting.start()

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.waiting.join()  # no signal may come when nobody handles it any more
        if self.can_interrupt:
            signal.signal(signal.SIGUSR2, self.before if self.before is not None else signal.SIG_DFL)

    def _interrupt(self, *_):
        if self.is_calling:
            raise _Late("no answer in time")

    def _wait(self):
        with contextlib.suppress(OSError):
            self.connection.recv(1)
        deadline = time.monotonic() + _PATIENCE
        while self.is_calling:
            if time.monotonic() > deadline:
                _end_of_a_callable_that_cannot_be_interrupted()
            if self.can_interrupt:
                signal.pthread_kill(self.thread, signal.SIGUSR2)
            time.sleep(0.05)


def _end_of_a_callable_that_cannot_be_interrupted():
    sys.stderr.write("softmax_audit: the callable did not answer in time and cannot be interrupted; this process ends. "
                     "softmax-audit check --worker isolates such code.\n")
    # pytest has told faulthandler to show tracebacks in spite of its capturing: they show where the callable hangs.
    if not faulthandler.is_enabled():
        faulthandler.enable()
    os.abort()
