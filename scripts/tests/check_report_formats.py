#!/usr/bin/env python3
"""Reads reports/formats/golden/ with parsers that are not ours, and holds the formats against each other:
check_report_formats.py FOLDER. Needs the standard library only."""
import csv
import io
import json
import math
import os
import re
import sys
import xml.etree.ElementTree

FAILS = {"broken", "regressed", "unexpectedly_holds", "untested", "crashed", "timed_out", "undecided", "an outcome of tomorrow"}
folder = sys.argv[1]
complaints = []


def read(name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read().decode("utf-8")  # strict: what is no UTF-8 ends here


def strict_json(text):
    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def expect(holds, sentence):
    if not holds:
        raise ValueError(sentence)


def failing_of(report):
    """How many entries fail, counted from the JSON."""
    if "gate" in report:
        return sum(entry["outcome"] in FAILS for entry in report["gate"]["entries"])
    fails = 0
    for verdict in report["verdicts"]:
        declared = bool(verdict["declared_break"])
        outcome = verdict["outcome"]
        fails += outcome in ("undecided", "vacuous", "crashed", "timed_out") or outcome in ("broken", "holds") and (
            (outcome == "broken") != declared)
    return fails


def check_csv(text, report):
    expect(text.endswith("\r\n"), "the last line does not end")
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    expect(len({len(line) for line in lines}) == 1, "lines differ in their number of cells")
    expect(len(set(lines[0])) == len(lines[0]), "two columns have one name")
    for line in lines[1:]:
        for cell in line:
            is_number = True
            try:
                float(cell)
            except ValueError:
                is_number = False
            expect(is_number or cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n"), f"a cell begins like a formula: {cell[:40]!r}")
    entries = len(report.get("gate", {}).get("entries", [])) + len(report["verdicts"]) + 8 * len(report["accuracy"])
    expect(len(lines) - 1 == entries, f"{len(lines) - 1} lines for {entries} figures")


def check_junit(text, report):
    """By what the XML schema of Jenkins' xUnit plugin allows, and what GitLab needs."""
    attributes = {"testsuites": {"name", "tests", "failures", "errors"},
                  "testsuite": {"name", "tests", "failures", "errors", "skipped"}, "testcase": {"classname", "name"},
                  "failure": {"type", "message"}, "error": {"type", "message"}, "skipped": {"type", "message"}, "system-out": set()}
    children = {"testsuites": {"testsuite"}, "testsuite": {"testcase"},
                "testcase": {"failure", "error", "skipped", "system-out"}}
    root = xml.etree.ElementTree.fromstring(text.encode("utf-8"))
    expect(root.tag == "testsuites", "the root is no testsuites")
    for element in root.iter():
        expect(set(element.attrib) <= attributes[element.tag], f"{element.tag} has {sorted(element.attrib)}")
        for child in element:
            expect(child.tag in children.get(element.tag, ()), f"{child.tag} stands in {element.tag}")
        expect("time" not in element.attrib, "a time is given, and none is known")
    cases = list(root.iter("testcase"))
    names = [(case.get("classname"), case.get("name")) for case in cases]
    expect(len(set(names)) == len(names), "two tests have one name")
    expect(all(classname and name for classname, name in names), "a test has no name")
    for case in cases:
        for told in list(case.iter("failure")) + list(case.iter("error")):
            expect(told.get("message") and (told.text or "").strip(), "a failure says nothing")
    for group in [root, *root.iter("testsuite")]:
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if attribute in group.attrib:
                expect(int(group.get(attribute)) == len(list(group.iter(tag))), f"{attribute} is not the number of them")
    expect(len(cases) == len(report["gate"]["entries"] if "gate" in report else report["verdicts"]), "entries are missing")
    expect(int(root.get("failures")) + int(root.get("errors")) == failing_of(report), "other entries fail than in the JSON")


def check_sarif(text, report):
    log = strict_json(text)
    expect(log["version"] == "2.1.0" and len(log["runs"]) == 1, "it is not one run of 2.1.0")
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    rules = [rule["id"] for rule in driver["rules"]]
    expect(driver["name"] == "softmax-audit" and len(set(rules)) == len(rules), "a rule stands there twice")
    for rule in driver["rules"]:
        expect(all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")), f"rule {rule['id']} has no help")
    prints = set()
    for result in run["results"]:
        expect(rules[result["ruleIndex"]] == result["ruleId"], "a result names another rule")
        expect(result["level"] in ("error", "warning", "note") and result["message"]["text"], "a result says nothing")
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        expect(re.fullmatch(r"[A-Za-z0-9._~/%+,=@:-]+", uri), f"{uri} is no URI")
        expect(uri.startswith("file:///") != ("uriBaseId" in place["artifactLocation"]), "a relative URI needs a base")
        expect(place["region"]["startLine"] >= 1 and place["region"].get("startColumn", 1) >= 1, "lines count from 1")
        prints.add(result["partialFingerprints"]["primaryLocationLineHash"])
    expect(len(prints) == len(run["results"]), "two results have one fingerprint")
    expect(sum(result["level"] == "error" for result in run["results"]) == failing_of(report), "other entries fail than in the JSON")
    if "gate" in report:
        expect(run["invocations"][0]["exitCode"] == report["gate"]["exit_code"], "the exit code is another")


def check_code_quality(text, report):
    findings = strict_json(text)
    for finding in findings:
        expect(set(finding) == {"description", "check_name", "fingerprint", "severity", "location"}, "keys differ")
        expect(finding["severity"] in ("info", "minor", "major", "critical", "blocker"), "there is no such severity")
        expect(finding["description"] and finding["check_name"], "a finding says nothing")
        location = finding["location"]
        expect(not location["path"].startswith("./") and location["lines"]["begin"] >= 1, "GitLab finds no such place")
    expect(len({finding["fingerprint"] for finding in findings}) == len(findings), "GitLab shows one of two with one fingerprint")
    expect(len(findings) >= failing_of(report), "entries that fail are missing")


SAMPLE = re.compile(r'(?P<name>[a-z_0-9]+)(?:\{(?P<labels>(?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)*)\})? (?P<value>\S+)')


def check_openmetrics(text, report):
    lines = text.split("\n")
    expect(lines[-2:] == ["# EOF", ""] and lines.count("# EOF") == 1, "it does not end with # EOF")
    types, units, series, family = {}, {}, set(), None
    for line in lines[:-2]:
        if line.startswith("# "):
            _, keyword, name, rest = line.split(" ", 3)
            expect(keyword in ("TYPE", "UNIT", "HELP") and rest, f"{line} is no description")
            if keyword == "TYPE":
                expect(name not in types, f"{name} stands there twice")
                types[name] = rest
                family = name
            elif keyword == "UNIT":
                units[name] = rest
                expect(name.endswith("_" + rest), f"{name} does not end with its unit")
            expect(name == family, f"{name} is described among {family}")
            continue
        sample = SAMPLE.fullmatch(line)
        expect(sample, f"{line!r} is no sample")
        expect(sample["name"] == (family + "_info" if types[family] == "info" else family), f"{sample['name']} stands in {family}")
        key = (sample["name"], sample["labels"])
        expect(key not in series, f"{key} stands there twice")
        series.add(key)
        expect(sample["value"] in ("+Inf", "-Inf", "NaN") or math.isfinite(float(sample["value"])), f"{sample['value']} is no value")
    if "gate" in report:
        expect(("softmax_audit_gate_exit_code", None) in series, "the exit code is missing")


def check_benchmark(text, _):
    entries = strict_json(text)
    for entry in entries:
        expect({"name", "unit", "value"} <= set(entry) <= {"name", "unit", "value", "range", "extra"}, "keys differ")
        expect(isinstance(entry["value"], (int, float)) and math.isfinite(entry["value"]), "a value is not finite")
    expect(len({entry["name"] for entry in entries}) == len(entries), "two entries have one name")


def check_markdown(text, report, most):
    expect(len(text.encode("utf-8")) < most, f"it has {len(text)} characters")
    # Outside fences, which may hold anything, and code.
    prose, fence, cells = [], None, None
    for line in text.split("\n"):
        mark = re.match(r"`{3,}", line)
        if fence:
            if line == fence:
                fence = None
            continue
        if mark:
            fence, cells = mark[0], None
            continue
        if line.startswith("|"):
            number = len(re.findall(r"(?<!\\)\|", line))
            expect(cells in (None, number), f"a line of a table has {number} bars, its header {cells}: {line[:80]}")
            cells = number
        else:
            cells = None
        prose.append(re.sub(r"`[^`]*`", "", line))
    expect(fence is None, "a fence is left open")
    tags = re.findall(r"<(?!!--)[^>]*>", "\n".join(prose))
    allowed = {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<sub>", "</sub>"}
    expect(set(tags) <= allowed, f"there are other tags: {sorted(set(tags) - allowed)}")
    for tag in ("details", "summary", "code", "sub"):
        expect(tags.count(f"<{tag}>") == tags.count(f"</{tag}>"), f"{tag} is left open")
    expect(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), "there are control characters")
    expect(not re.search(r"@\w", re.sub(r"<code>.*?</code>", "", "\n".join(prose))), "somebody is mentioned")
    if failing_of(report) > 0:
        expect(text.count("<summary>figures, row, command</summary>") == min(failing_of(report), 10 if most < 1 << 20 else 50),
               "what fails is not told")


CHECKS = {
    "csv": check_csv,
    "junit.xml": check_junit,
    "sarif": check_sarif,
    "code-quality.json": check_code_quality,
    "metrics.txt": check_openmetrics,
    "benchmark.json": check_benchmark,
    "md": lambda text, report: check_markdown(text, report, 1 << 20),
    "comment.md": lambda text, report: check_markdown(text, report, 65536),
}
# What each check has to refuse: a check that accepts everything would pass, too.
FAULTS = {
    "csv": [(",ci/gate.toml,", ",=1+1,"), ("\r\n", ",\r\n"), ("gate,law", 'gate,"law')],
    "junit.xml": [('name="keeps_ratios"', 'name="answers_in_time"'), ('failures="', 'failures="1'), ("<system-out>", "<system-out>\x01"),
                  ("</testcase>", ""), ("<testcase ", '<testcase time="0" ')],
    "sarif": [('"startLine": 12', '"startLine": 0'), ('"ruleIndex": 1,', '"ruleIndex": 0,'), ('"exitCode": 3', '"exitCode": 0'),
              ('"level": "error"', '"level": "note"'), ('"uri": "ci/gate.toml"', '"uri": "ci/a gate.toml"')],
    "code-quality.json": [('"begin":12', '"begin":0'), ('"major"', '"bad"'), ('"check_name":"is_accurate"', '"check_name":""')],
    "metrics.txt": [("# EOF\n", ""), ('implementation="mine"', 'implementation="mi"ne"'), ("+Inf", "inf"), ('"broken"} 2', '"holds"} 2'),
                    ("UNIT softmax_audit_error_ulp ulp", "UNIT softmax_audit_error_ulp times")],
    "benchmark.json": [("2.0000001,", "Infinity,"), ("misrounded", "largest error over bound"), ('"unit"', '"units"')],
    "md": [("`is_accurate` |", "is_accurate |||"), ("```text", "````text"), ("**is_accurate**", "<script>"), ("</details>", ""), ("**is_accurate**", "@you")],
    "comment.md": [("### softmax-audit", "x" * 65536), ("</details>", ""), ("<details><summary>figures", "<details><summary>")],
}
texts = {}
for name in ("gate", "verdicts", "hostile", "empty"):
    golden = strict_json(read(f"{name}.json"))
    for extension, check in CHECKS.items():
        texts[name, extension] = read(f"{name}.{extension}")
        try:
            check(texts[name, extension], golden)
        except Exception as error:  # whatever a parser says
            complaints.append(f"{name}.{extension}: {error}")
golden = strict_json(read("gate.json"))
refused = 0
for extension, faults in FAULTS.items():
    for old, new in faults:
        text = texts["gate", extension]
        if old not in text:
            complaints.append(f"gate.{extension}: the planted fault finds no {old!r}")
            continue
        try:
            CHECKS[extension](text.replace(old, new, 1), golden)
        except Exception:
            refused += 1
        else:
            complaints.append(f"gate.{extension}: the check accepts {new[:40]!r} for {old!r}")
if complaints:
    sys.exit("\n".join(complaints))
print(f"{len(texts)} files are read by other parsers; {refused} planted faults are refused")
