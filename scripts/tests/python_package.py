"""The Python package as its users meet it: callables of this process, judged. PYTHONPATH names a folder with the package."""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import numpy
import softmax_audit


def softmax(x):
    with numpy.errstate(all="ignore"):
        e = numpy.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)


def unshifted(x):
    e = numpy.exp(x)
    return e / e.sum(-1, keepdims=True)


def check(function, **how):
    return softmax_audit.check(function, **{"arguments": ["--cases", "100"], **how})


class Callables(unittest.TestCase):
    def broken(self, function, **how):
        with self.assertRaises(softmax_audit.Broken) as caught:
            check(function, **how)
        return caught.exception

    def test_a_sound_one_holds_and_gives_its_report(self):
        report = check(softmax, formats=["f32", "f64"])
        self.assertEqual({verdict["outcome"] for verdict in report["verdicts"]}, {"holds"})
        self.assertEqual({verdict["format"] for verdict in report["verdicts"]}, {"f32", "f64"})
        self.assertEqual({verdict["implementation"] for verdict in report["verdicts"]}, {"softmax"})

    def test_an_unsound_one_is_an_assertion_error_that_shows_the_row(self):
        error = self.broken(unshifted)
        self.assertIsInstance(error, AssertionError)
        text = str(error)
        self.assertIn("BROKEN    is_accurate / unshifted / f32 / worker", text)
        self.assertRegex(text, r"row +0x1p\+7 ")
        self.assertIn(
            "softmax_audit.check(..., arguments=['--property', 'is_accurate', '--format', 'f32', '--row', '0x1p+7'])",
            text,
        )
        self.assertIn("more, in .report", text)
        self.assertGreater(len([v for v in error.report["verdicts"] if v["outcome"] == "broken"]), 5)
        self.broken(
            unshifted, arguments=["--property", "is_accurate", "--format", "f32", "--row", "0x1p+7"]
        )  # the line to paste

    def test_an_exception_is_the_cause(self):
        def raises(x):
            raise ValueError("not for me")

        error = self.broken(raises, properties=["is_accurate"])
        self.assertIsInstance(error.__cause__, ValueError)
        self.assertIn("not for me", str(error))

    def test_one_that_hangs_is_interrupted(self):
        def hangs(x):
            if numpy.isnan(x).any():
                time.sleep(1000)
            return softmax(x)

        begin = time.monotonic()
        error = self.broken(hangs, timeout=1, properties=["answers_in_time"])
        self.assertIn("BROKEN    answers_in_time", str(error))
        self.assertLess(time.monotonic() - begin, 60)

    @unittest.skipUnless(sys.platform == "linux" and os.uname().machine == "x86_64", "the number is that of x86-64")
    def test_the_rounding_mode_is_found_and_put_back(self):
        import ctypes

        upward = 0x800

        def leaves_rounding_upward(x):
            y = softmax(x)
            ctypes.CDLL(None).fesetround(upward)
            return y

        self.assertIn("keeps_floating_point_environment", str(self.broken(leaves_rounding_upward)))
        self.assertEqual(ctypes.CDLL(None).fegetround(), 0)

    def test_settings_that_turn_warnings_into_errors_do_not_count(self):
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check(
                lambda x: numpy.exp(x - x.max(-1, keepdims=True))
                / numpy.exp(x - x.max(-1, keepdims=True)).sum(-1, keepdims=True),
                properties=["treats_special_values"],
            )

    def test_relatives_and_scales_and_lists(self):
        def log_softmax(x, scale):
            with numpy.errstate(all="ignore"):
                z = (x.astype("f8") * scale) - (x.astype("f8") * scale).max(-1, keepdims=True)
                return (z - numpy.log(numpy.exp(z).sum(-1, keepdims=True))).astype(x.dtype)

        report = check(log_softmax, operation="log_softmax", scale=True, properties=["is_accurate", "folds_scale"])
        self.assertEqual({verdict["property"] for verdict in report["verdicts"]}, {"is_accurate", "folds_scale"})
        check(
            lambda rows: [[1 / (1 + math.exp(-v)) if v > -700 else 0.0 for v in row] for row in rows],
            rows="lists",
            operation="sigmoid",
            formats="f32",
            properties=["lies_in_unit_interval"],
        )

    def test_wrong_questions_say_nothing_about_the_callable(self):
        for how, words in (
            ({"properties": ["is_acurate"]}, "did you mean is_accurate"),
            ({"effort": "smok"}, "smoke"),
            ({"arguments": ["--cases", "x"]}, "--cases"),
        ):
            with self.assertRaisesRegex(softmax_audit.CannotJudge, words):
                check(softmax, **how)
        for how, words in (
            ({"formats": ["f31"]}, "f31"),
            ({"operation": "softmx"}, "softmx"),
            ({"rows": "tensors"}, "torch"),
            ({"device": "cuda"}, "torch"),
        ):
            with self.assertRaisesRegex(ValueError, words):
                check(softmax, **how)
        with self.assertRaisesRegex(ValueError, "softmax is called as function"):
            check(lambda: None)

    def test_a_gate_holds_several_to_a_policy(self):
        with tempfile.TemporaryDirectory() as folder:
            policy = pathlib.Path(folder, "gate.toml")
            policy.write_text(
                'effort = "smoke"\nlengths = [10]\nproperties = ["is_accurate"]\n[[limit]]\nmetric = "max_ulp"\n'
                'regime = "moderate"\nlimit = 8\nreason = "a try"\n'
            )
            few = {"arguments": ["--cases", "100"]}
            reports = softmax_audit.gate(policy, {"mine": softmax, "twice": lambda x: softmax(x)}, **few)
            self.assertEqual(list(reports), ["mine", "twice"])
            self.assertEqual(softmax_audit.gate(policy, softmax, **few)["verdicts"][0]["implementation"], "softmax")
            with self.assertRaises(softmax_audit.Broken) as caught:
                softmax_audit.gate(policy, {"mine": softmax, "unshifted": unshifted, "third": unshifted}, **few)
            self.assertIn("is_accurate / unshifted", str(caught.exception))
            self.assertIn("is_accurate / third", str(caught.exception))
            policy.write_text(policy.read_text().replace("limit = 8", "limit = 0.25"))
            with self.assertRaisesRegex(softmax_audit.Broken, r"(?s)BROKEN +max_ulp / softmax .*gate.toml:7"):
                softmax_audit.gate(policy, softmax, **few)
            with self.assertRaisesRegex(softmax_audit.CannotJudge, "absent.toml"):
                softmax_audit.gate("absent.toml", softmax)

    def test_the_process_keeps_its_streams(self):
        code = (
            "import softmax_audit\nprint('before')\n"
            "softmax_audit.check(lambda r: [[1.0] * len(x) for x in r], rows='lists', properties=['repeats_itself'],"
            " arguments=['--cases', '20'])\nprint('after')\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, "before\nafter\n"), done.stderr)

    def test_one_that_cannot_be_interrupted_ends_the_process_and_says_so(self):
        code = (
            "import softmax_audit\n"
            "import signal, time\n"
            "def stuck(rows):\n"
            "    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
            "    while True: time.sleep(1)\n"
            "softmax_audit.check(stuck, rows='lists', timeout=0.5, properties=['answers_in_time'])\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, -6)
        self.assertIn("did not answer in time and cannot be interrupted", done.stderr)
        self.assertIn("in stuck", done.stderr)


class Console(unittest.TestCase):
    def run_it(self, *words):
        return subprocess.run([sys.executable, "-m", "softmax_audit", *words], capture_output=True, text=True)

    def test_it_is_the_program(self):
        self.assertIn("shifted", self.run_it("list", "implementations").stdout)
        self.assertEqual(self.run_it("check", "shfted").returncode, 2)
        self.assertTrue(softmax_audit.program().startswith(os.path.dirname(softmax_audit.__file__)))

    def test_workers_still_are_a_decorator_and_a_line(self):
        with tempfile.TemporaryDirectory() as folder:
            worker = pathlib.Path(folder, "worker.py")
            worker.write_text(
                "import numpy, softmax_audit\n@softmax_audit.implementation(name='mine', formats=['f64'])\n"
                "def softmax(x):\n    e = numpy.exp(x - x.max(-1, keepdims=True))\n"
                "    return e / e.sum(-1, keepdims=True)\nsoftmax_audit.serve()\n"
            )
            # With PYTHONPATH the adapter serves, as always; without it (-I) the package does.
            path = os.path.dirname(os.path.dirname(softmax_audit.__file__))
            for python in (
                shlex_quoted(sys.executable),
                f"{shlex_quoted(sys.executable)} -I -c "
                + shlex_quoted(f"import sys; sys.path.insert(0, {path!r}); exec(open(sys.argv[1]).read())"),
            ):
                done = self.run_it(
                    "check",
                    "--worker",
                    f"{python} {worker}",
                    "--property",
                    "is_accurate",
                    "--cases",
                    "20",
                    "--json",
                    "-",
                )
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(json.loads(done.stdout)["verdicts"][0]["implementation"], "mine")


def shlex_quoted(text):
    import shlex

    return shlex.quote(text)


if __name__ == "__main__":
    unittest.main(verbosity=1)
