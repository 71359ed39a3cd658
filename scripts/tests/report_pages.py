"""The pages that the tests of the HTML report look at: one subject, several with counterexamples, a gate that fails, a comparison."""
import json
import pathlib
import subprocess


def gate(report):
    """The report with the verdict of a gate in it."""
    entry = {"kind": "limit", "outcome": "broken", "metric": "max_ulp", "implementation": "shifted", "instruction_set": "scalar",
             "operation": "softmax", "format": "f32", "length": 100, "regime": "grid", "measured": {"low": 9, "high": 9}, "limit": 2,
             "unit": "ulp", "basis": "policy", "reason": "two are enough for us",
             "sentence": "the largest error is 9 ulp where 2 are allowed: sum pairwise, or raise the limit and say why",
             "file": "gate.toml", "line": 12, "column": 1, "rerun": "softmax-audit explain shifted --row \"0x1p+0 0x1p+1\"",
             "row": "0x1p+0 0x1p+1"}
    others = [dict(entry, outcome=outcome, measured={"low": n, "high": n}) for n, outcome in
              enumerate(("holds", "known_broken", "improved", "unchanged"))]
    return dict(report, gate={"file": "gate.toml", "baseline_file": "", "baseline": "", "exit_code": 1,
                              "sentence": "The gate fails: 1 limit is exceeded; 4 demands are met.", "entries": [entry] + others})


def make(program, folder):
    """Writes the pages into the folder and returns their paths."""
    folder = pathlib.Path(folder)

    def run(*arguments):
        subprocess.run([program, *map(str, arguments)], check=True, capture_output=True)

    lengths = ["--lengths", "2,10,100"]
    run("audit", "shifted", "--format", "f32", *lengths, "--out", folder / "one")
    run("audit", "naive", "shifted", "--operation", "softmax", *lengths, "--out", folder / "several")
    report = json.loads((folder / "one/report.json").read_text(encoding="utf-8"))
    (folder / "gate.json").write_text(json.dumps(gate(report)), encoding="utf-8")
    run("report", folder / "gate.json", "--html", folder / "gate.html")
    earlier = json.loads(json.dumps(report))
    earlier["verdicts"][0]["outcome"] = "broken"
    for n, cell in enumerate(earlier["accuracy"]):
        cell["max_ulp"] *= (0.5, 1, 2)[n % 3]
    (folder / "earlier.json").write_text(json.dumps(earlier), encoding="utf-8")
    run("report", "--compare", folder / "earlier.json", folder / "one/report.json", "--html", folder / "comparison.html")
    return [folder / "one/report.html", folder / "several/report.html", folder / "gate.html", folder / "comparison.html"]
