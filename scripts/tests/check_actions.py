"""The GitHub action and the GitLab template, as far as a machine without either can try them: their scripts run as they stand there,
in a folder of their own, with the variables that a runner sets: check_actions.py SOFTMAX_AUDIT FOLDER-OF-scripts/ci"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

try:
    import yaml
except ImportError:
    print("skipped: PyYAML is missing")
    sys.exit(77)

program, ci = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
POLICY = """effort = "smoke"
lengths = [10]
properties = ["is_accurate", "sums_to_one"]
[[subject]]
builtin = "{subject}"
instruction_set = "scalar"
format = "f32"
[[limit]]
metric = "max_ulp"
limit = 3
"""


def value_of(text, known):
    """A text with ${{ ... }} as the runner would give it, for what the action uses: names, always(), ==, != and &&."""
    def of(expression):
        def term(word):
            word = word.strip()
            if word == "always()":
                return True
            if word.startswith("'"):
                return word[1:-1]
            return known.get(word, "")
        parts = []
        for part in expression.split("&&"):
            sides = re.split(r"(==|!=)", part)
            parts.append(term(part) if len(sides) == 1 else (term(sides[0]) == term(sides[2])) == (sides[1] == "=="))
        return parts[0] if len(parts) == 1 else all(parts)
    whole = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", text)
    return of(whole[1]) if whole else re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(of(m[1])), text)


class Sandbox(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name, "a project")
        self.folder.mkdir()
        programs = pathlib.Path(holder.name, "bin")
        programs.mkdir()
        (programs / "softmax-audit").symlink_to(program)
        self.environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": holder.name, "RUNNER_TEMP": holder.name,
                            "LANG": "C.UTF-8"}

    def policy(self, subject):
        (self.folder / "gate.toml").write_text(POLICY.format(subject=subject))


class Action(Sandbox):
    def act(self, **inputs):
        """Runs the steps as a runner does. Gives the exit code, the outputs, the summary, what was said, what else was used."""
        action = yaml.safe_load((ci / "action.yml").read_text())
        for name, declared in action["inputs"].items():
            if name not in inputs:
                self.assertFalse(declared.get("required"), f"the test gives no {name}")
        for name in inputs:
            self.assertIn(name, action["inputs"])
        known = {f"inputs.{name}": inputs.get(name, declared.get("default", "")) for name, declared in action["inputs"].items()}
        files = {name: self.folder.parent / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for path in files.values():
            path.write_text("")
        code, said, used, path = 0, "", [], []
        for step in action["runs"]["steps"]:
            condition = step.get("if", "")
            if (code and "always()" not in condition) or (condition and not value_of(condition, known)):
                continue
            if "uses" in step:
                used.append((step["uses"].partition("@")[0], {key: value_of(text, known) for key, text in step["with"].items()}))
                continue
            files["GITHUB_OUTPUT"].write_text("")
            environment = {**self.environment, **{name: str(file) for name, file in files.items()},
                           **{name: str(value_of(text, known)) for name, text in step.get("env", {}).items()}}
            environment["PATH"] = ":".join([*path, environment["PATH"]])
            done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.folder,
                                  env=environment, capture_output=True, text=True)
            said += done.stdout + done.stderr
            code = code or done.returncode
            path = [*reversed(files["GITHUB_PATH"].read_text().split("\n")[:-1])]
            for line in files["GITHUB_OUTPUT"].read_text().splitlines():
                name, _, value = line.partition("=")
                known[f"steps.{step['id']}.outputs.{name}"] = value
        outputs = {name: value_of(declared["value"], known) for name, declared in action["outputs"].items()}
        return code, outputs, files["GITHUB_STEP_SUMMARY"].read_text(), said, dict(used)

    def test_a_gate_that_holds_passes_and_tells_everybody(self):
        self.policy("shifted")
        code, outputs, summary, said, used = self.act(gate="gate.toml", package="")
        self.assertEqual((code, outputs["exit-code"]), (0, "0"), said)
        self.assertIn("shifted", summary)
        self.assertNotIn("::error", said)
        sarif = json.loads((self.folder / used["github/codeql-action/upload-sarif"]["sarif_file"]).read_text())
        self.assertEqual(sarif["version"], "2.1.0")
        kept = self.folder / used["actions/upload-artifact"]["path"]
        self.assertEqual({file.name for file in kept.iterdir()},
                         {"report.json", "report.html", "report.md", "junit.xml", "report.sarif"})

    def test_a_gate_that_fails_fails_the_last_step_after_all_was_told(self):
        self.policy("naive")
        code, outputs, summary, said, used = self.act(gate="gate.toml", package="", effort="smoke", arguments="--cases 100 --seed '7'")
        self.assertEqual((code, outputs["exit-code"]), (1, "1"), said)
        self.assertIn("::error file=gate.toml,title=softmax-audit::the gate fails: a law or a limit is broken", said)
        self.assertIn("is_accurate", summary)
        self.assertTrue(json.loads((self.folder / used["github/codeql-action/upload-sarif"]["sarif_file"]).read_text())["runs"][0]["results"])
        self.assertIn("actions/upload-artifact", used)

    def test_a_gate_that_is_not_there_is_a_mistake_of_the_user(self):
        code, outputs, summary, said, used = self.act(gate="absent.toml", package="", sarif="true")
        self.assertEqual((code, outputs["exit-code"], summary), (2, "2", ""), said)
        self.assertIn("absent.toml", said)
        self.assertIn("could not be asked", said)
        self.assertNotIn("github/codeql-action/upload-sarif", used)

    def test_what_is_not_wanted_is_left_out(self):
        self.policy("shifted")
        code, _, summary, said, used = self.act(gate="gate.toml", package="", summary="false", sarif="false", artifact="")
        self.assertEqual((code, summary, used), (0, "", {}), said)

    def test_everything_skipped_is_a_pass_with_a_word(self):
        fake = self.folder.parent / "skips"
        fake.mkdir()
        (fake / "softmax-audit").write_text("#!/bin/sh\nexit 77\n")
        (fake / "softmax-audit").chmod(0o755)
        self.environment["PATH"] = f"{fake}:{self.environment['PATH']}"
        code, outputs, _, said, _ = self.act(gate="gate.toml", package="")
        self.assertEqual((code, outputs["exit-code"]), (0, "77"), said)
        self.assertIn("::notice", said)

    def test_inputs_are_data_and_no_script(self):
        self.policy("shifted")
        code, *_ = self.act(gate='gate.toml"; touch broken-out; "', package="")
        self.assertEqual(code, 2)
        self.act(gate="gate.toml", package="", arguments="--cases '$(touch broken-out)'")
        self.assertFalse((self.folder / "broken-out").exists())


class Template(Sandbox):
    def run_job(self, **variables):
        job = yaml.safe_load((ci / "gitlab.yml").read_text())[".softmax-audit"]
        self.assertLessEqual(set(variables), set(job["variables"]))
        environment = {**self.environment, **job["variables"], **variables}
        # GitLab runs both in one shell, which ends with the first command that fails.
        done = subprocess.run(["sh", "-e", "-c", "\n".join([*job["before_script"], *job["script"]])], cwd=self.folder,
                              env=environment, capture_output=True, text=True)
        reports = {name: self.folder / path for name, path in job["artifacts"]["reports"].items()}
        return done.returncode, done.stdout + done.stderr, reports, job

    def test_a_gate_that_holds(self):
        self.policy("shifted")
        code, said, reports, job = self.run_job(SOFTMAX_AUDIT_PACKAGE="")
        self.assertEqual(code, 0, said)
        suites = xml.etree.ElementTree.parse(reports["junit"]).getroot()
        self.assertGreaterEqual(len(suites.findall(".//testcase")), 3)
        self.assertEqual(json.loads(reports["codequality"].read_text()), [])
        self.assertIn("ulp", reports["metrics"].read_text())
        for path in job["artifacts"]["paths"]:
            self.assertTrue((self.folder / path).exists())

    def test_a_gate_that_fails(self):
        self.policy("naive")
        code, said, reports, job = self.run_job(SOFTMAX_AUDIT_PACKAGE="", SOFTMAX_AUDIT_ARGUMENTS="--cases 100 --seed '7'",
                                                SOFTMAX_AUDIT_EFFORT="smoke")
        self.assertEqual(code, 1, said)
        self.assertNotIn(code, job["allow_failure"]["exit_codes"])
        findings = json.loads(reports["codequality"].read_text())
        self.assertTrue(findings)
        self.assertEqual({finding["location"]["path"] for finding in findings}, {"gate.toml"})
        self.assertTrue(xml.etree.ElementTree.parse(reports["junit"]).getroot().findall(".//failure"))

    def test_a_gate_that_is_not_there(self):
        code, said, _, _ = self.run_job(SOFTMAX_AUDIT_PACKAGE="", SOFTMAX_AUDIT_GATE="absent.toml")
        self.assertEqual(code, 2, said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
