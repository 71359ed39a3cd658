"""Is this softmax right? Judges a callable of this process against arbitrary precision and against laws:

    import softmax_audit, torch

    def test_softmax():
        softmax_audit.check(lambda x: torch.softmax(x, -1), rows="torch", formats=["f32", "bf16"])

raises AssertionError with the failure as softmax-audit tells it: law, numbers, the smallest row that shows it.
gate(POLICY, function) holds it to the limits of a gate.toml instead.

x is a NumPy array of shape (rows, cols) in the format asked (bf16 arrives as float32 that holds bfloat16 values); with
rows="torch" a PyTorch tensor, on device="cuda" if so named; with rows="lists" a list of lists. The result has the same
shape. operation="log_softmax" and the others, scale=True: as for workers, see softmax_audit.implementation.

The program judges, in a process of its own; the callable runs in this one, in the calling thread, so that what is judged
is what the process computes: its devices, threads, autocast and other settings. A callable that does not answer in time
is interrupted and reported. One that cannot be interrupted, or that crashes, ends this process, and says so before it
does; `softmax-audit check --worker "python3 mine.py"` isolates such code and judges also what it does besides answering
(prints, reads outside its inputs, closes files ...).
"""

import os

from ._adapter import FORMATS, OPERATIONS, Refused, implementation, require, serve
from ._judging import Broken, CannotJudge, check, gate, program

__all__ = ["Broken", "CannotJudge", "FORMATS", "OPERATIONS", "Refused", "check", "gate", "implementation", "program",
           "require", "serve"]


def main():
    """The console script: becomes the program."""
    import sys
    try:
        found = program()
    except CannotJudge as error:
        sys.exit(f"softmax-audit: {error}")
    os.execv(found, [found, *sys.argv[1:]])
