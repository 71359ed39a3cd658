#!/usr/bin/env python3
"""Validates a fresh report against reports/schema.json: check_schema.py SOFTMAX_AUDIT SCHEMA"""
import json
import subprocess
import sys
import tempfile

import jsonschema

program, schema_file = sys.argv[1:3]
with open(schema_file, encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
with tempfile.TemporaryDirectory() as folder:
    # naive has infinities and NaN in its figures, shifted has rows by source.
    arguments = ["audit", "naive", "shifted", "--lengths", "2,1000", "--out", folder]
    subprocess.run([program, *arguments], check=True, capture_output=True)
    with open(folder + "/report.json", encoding="utf-8") as file:
        report = json.load(file)
jsonschema.Draft202012Validator(schema).validate(report)
# A validator that accepts everything would pass, too.
report["verdicts"][0]["outcome"] = "fine"
try:
    jsonschema.Draft202012Validator(schema).validate(report)
except jsonschema.ValidationError:
    print(f"{len(report['verdicts'])} verdicts and {len(report['accuracy'])} accuracy entries are as the schema says")
else:
    sys.exit("the schema accepts an outcome that does not exist")
