#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over the sources of a build folder: lint_tidy.py BUILD_FOLDER [FILE...]

LibTorch's headers take most of the time, so sources that are compiled alike are checked a group at a time: one file
that includes them all. Where two of a group use one name for different things, the compiler says so in the second; that
one is checked again in a later round. What a file says on its own is final. Exit 1 where there is anything to mend.
"""
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("app", "engine", "training", "ui")
GROUP = 24
ERROR = "[clang-diagnostic-error]"
FINDING = re.compile(r"^/\S+?:\d+:\d+: (?:error|warning): .*(?:\n(?!/).*)*", re.MULTILINE)


def sources(build, wanted):
    """Source -> what its compiler is called with, without the precompiled header: clang cannot read g++'s."""
    for entry in json.loads((build / "compile_commands.json").read_text("utf-8")):
        file = Path(entry["file"])
        if file.suffix != ".cpp" or not file.is_relative_to(ROOT) or file.relative_to(ROOT).parts[0] not in LAYERS:
            continue
        if wanted and file not in wanted:
            continue
        command = re.sub(r"-Winvalid-pch -include \S+cmake_pch\.hxx|-fpch-preprocess| -o \S+ -c \S+", "", entry["command"])
        yield file, command, entry["directory"]


def check(folder, index, files, command, directory):
    """The findings in the files, and those of the files that must be checked again."""
    name = folder / f"group-{index}"
    name.mkdir(exist_ok=True)
    source = name / "group.cpp"
    source.write_text("".join(f'#include "{file}"\n' for file in files), "utf-8")
    (name / "compile_commands.json").write_text(json.dumps(
        [{"file": str(source), "directory": directory, "command": f"{command} -ferror-limit=0 -c {source}"}]), "utf-8")
    run = subprocess.run(["clang-tidy", "--quiet", f"--config-file={ROOT}/.clang-tidy", "-p", name,
                          f"--header-filter=^{ROOT}/({'|'.join(LAYERS)})/", source],
                         capture_output=True, text=True)
    findings = FINDING.findall(run.stdout)
    clashing = set()
    if len(files) > 1 and any(ERROR in text for text in findings):
        # An error that only LibTorch's or the standard's headers show may be anyone's.
        clashing = {Path(text.split(":", 1)[0]) for text in findings if ERROR in text} & set(files) or set(files)
        findings = [text for text in findings if ERROR not in text and Path(text.split(":", 1)[0]) not in clashing]
    if run.returncode != 0 and not findings and not clashing:
        findings = [run.stdout + run.stderr]
    return findings, clashing


def main():
    build = Path(sys.argv[1]).resolve()
    wanted = {Path(file).resolve() for file in sys.argv[2:]}
    folder = build / "lint"
    folder.mkdir(exist_ok=True)
    kinds = collections.defaultdict(list)
    for file, command, directory in sources(build, wanted):
        kinds[command, directory].append(file)
    findings, index = {}, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        size = GROUP
        while kinds:
            tasks = {}
            for kind, files in kinds.items():
                for begin in range(0, len(files), size):
                    task = pool.submit(check, folder, index, files[begin:begin + size], *kind)
                    tasks[task] = kind
                    index += 1
            kinds = collections.defaultdict(list)
            for task in concurrent.futures.as_completed(tasks):
                found, again = task.result()
                findings.update(dict.fromkeys(found))
                kinds[tasks[task]] += sorted(again)
            kinds = {kind: files for kind, files in kinds.items() if files}
            print(f"{index} groups checked, {sum(map(len, kinds.values()))} sources to check again", file=sys.stderr, flush=True)
            size = max(1, size // 3)
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
