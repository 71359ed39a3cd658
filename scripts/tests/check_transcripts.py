#!/usr/bin/env python3
"""Runs what a Markdown file shows: check_transcripts.py [--write] FOLDER_OF_THE_PROGRAM FILE.md ...

An indented block whose first line begins with "$ " is a transcript: the command, then what it prints. It is run by bash in the
file's folder with the program on the path. What it prints has to be what stands there; --write puts it there instead.
A command may end in "# exits N"; without it, it has to exit 0.
"""
import os
import re
import subprocess
import sys

INDENT = "    "


def ran(command, folder, programs):
    environment = dict(os.environ, PATH=programs + os.pathsep + os.environ["PATH"])
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    wanted = re.search(r"# exits (\d+)\s*$", command)
    if done.returncode != (int(wanted.group(1)) if wanted else 0):
        sys.exit(f"{command}\nexited {done.returncode}:\n{done.stdout}{done.stderr}")
    return [line.rstrip() for line in done.stdout.rstrip("\n").split("\n")]


def main():
    arguments = sys.argv[1:]
    write = arguments[0] == "--write"
    programs, *files = arguments[write:]
    programs = os.path.abspath(programs)
    transcripts = differing = 0
    for file in files:
        with open(file, encoding="utf-8") as stream:
            lines = stream.read().split("\n")
        result, at = [], 0
        while at < len(lines):
            line = lines[at]
            result.append(line)
            at += 1
            if not line.startswith(INDENT + "$ "):
                continue
            transcripts += 1
            block = []
            while at < len(lines) and (lines[at].startswith(INDENT) or (not lines[at] and at + 1 < len(lines) and
                                       lines[at + 1].startswith(INDENT) and not lines[at + 1].startswith(INDENT + "$ "))):
                block.append(lines[at])
                at += 1
            printed = [(INDENT + text).rstrip() for text in ran(line[len(INDENT) + 2:], os.path.dirname(file) or ".", programs)]
            if [text.rstrip() for text in block] != printed:
                differing += 1
                if not write:
                    print(f"{file}: {line.strip()}\nstands there:\n" + "\n".join(block) + "\nis printed:\n" + "\n".join(printed))
            result.extend(printed)
        if write:
            with open(file, "w", encoding="utf-8") as stream:
                stream.write("\n".join(result))
    if transcripts == 0:
        sys.exit("no transcript found: nothing was checked")
    if differing and not write:
        sys.exit(f"{differing} of {transcripts} transcripts differ; scripts/tests/check_transcripts.py --write mends them")
    print(f"{transcripts} transcripts")


main()
