#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy: lint_tidy.py [--all] [BUILD_FOLDER] [FILE...]

Without files: what changed since the merge base with main, the working tree included; a header is checked in one source that
includes it. --all: every source of the build folder's compile_commands.json. What was found clean is not checked again until it, a header of the project that it includes, its flags, the checks
or clang-tidy change (~/.cache/diagonal/tidy).

Sources that are compiled together are checked together, for LibTorch's headers take most of the time. Exit 1 where there
is anything to mend.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("app", "engine", "training", "ui")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "diagonal" / "tidy"
KEPT_DAYS = 30
ERROR = "[clang-diagnostic-error]"
FINDING = re.compile(r"^/\S+?:\d+:\d+: (?:error|warning): .*(?:\n(?!/).*)*", re.MULTILINE)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
# Of g++ alone: its precompiled header, a warning that clang does not know, where the object goes.
NOT_FOR_CLANG = re.compile(r"-Winvalid-pch -include \S+cmake_pch\.hxx|-fpch-preprocess|-Wno-subobject-linkage| -o \S+ -c \S+")


def read_units(build):
    """What one call of the compiler compiles: (command, folder it runs in, the project's sources)."""
    for entry in json.loads((build / "compile_commands.json").read_text("utf-8")):
        file = Path(entry["file"])
        together = file.suffix == ".cxx" and "Unity" in file.parts
        files = [Path(name) for name in INCLUDE.findall(file.read_text("utf-8"))] if together else [file]
        files = [file for file in files if file.is_relative_to(ROOT) and file.suffix == ".cpp"
                 and file.relative_to(ROOT).parts[0] in LAYERS]
        if files:
            yield NOT_FOR_CLANG.sub("", entry["command"]), entry["directory"], files


class Texts:
    """The project's files and what they include."""

    def __init__(self):
        self.known = {}

    def reach(self, file):
        """The file and all files of the project that it includes, on its own or through others."""
        found, waiting = {}, [file]
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            if one not in self.known:
                content = one.read_bytes()
                included = [ROOT / name for name in INCLUDE.findall(content.decode("utf-8"))]
                self.known[one] = hashlib.sha256(content).hexdigest(), [path for path in included if path.is_file()]
            found[one], included = self.known[one]
            waiting += included
        return found


def changed_files():
    def git(*arguments):
        run = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True)
        return run.stdout.split("\n") if run.returncode == 0 else []

    base = next((found[0] for name in ("origin/main", "main") if (found := git("merge-base", "HEAD", name))), "HEAD")
    names = git("diff", "--name-only", base, "--") + git("ls-files", "--others", "--exclude-standard")
    return {ROOT / name for name in names if name}


def to_check(units, changed, texts):
    """The sources among the changed files, and for each changed header one source: its own, or any that includes it."""
    sources = [file for _, _, files in units for file in files]
    wanted = changed & set(sources)
    for header in (file for file in changed if file.suffix == ".h"):
        includers = [file for file in sources if header in texts.reach(file)]
        if includers and not wanted & set(includers):
            own = header.with_suffix(".cpp")
            wanted.add(own if own in includers else includers[0])
    return wanted


def check(folder, command, directory, files):
    """The findings in the files and the headers they include."""
    folder.mkdir(exist_ok=True)
    source = folder / "group.cpp"
    source.write_text("".join(f'#include "{file}"\n' for file in files), "utf-8")
    (folder / "compile_commands.json").write_text(json.dumps(
        [{"file": str(source), "directory": directory, "command": f"{command} -ferror-limit=0 -c {source}"}]), "utf-8")
    run = subprocess.run(["clang-tidy", "--quiet", f"--config-file={ROOT}/.clang-tidy", "-p", folder,
                          f"--header-filter=^{ROOT}/({'|'.join(LAYERS)})/", source],
                         capture_output=True, text=True)
    findings = FINDING.findall(run.stdout)
    if len(files) > 1 and any(ERROR in text for text in findings):
        # Only together they do not compile.
        return [text for file in files for text in check(folder, command, directory, [file])]
    if run.returncode != 0 and not findings:
        findings = [run.stdout + run.stderr]
    return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="every source, not only what changed")
    parser.add_argument("build", nargs="?", type=Path, default=ROOT / "build/release")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    build = options.build.resolve()

    units, texts = list(read_units(build)), Texts()
    if not options.all:
        changed = {file.resolve() for file in options.files} or changed_files()
        wanted = to_check(units, changed, texts)
        units = [(command, directory, [file for file in files if file in wanted]) for command, directory, files in units]

    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    common = version + (ROOT / ".clang-tidy").read_text("utf-8") + (ROOT / "scripts/libtorch.txt").read_text("utf-8")
    CACHE.mkdir(parents=True, exist_ok=True)

    def stamp(command, file):
        """The empty file that says this source was clean."""
        reached = sorted(f"{path.relative_to(ROOT)} {digest}" for path, digest in texts.reach(file).items())
        text = "\n".join([common, command.replace(str(ROOT), ""), str(file.relative_to(ROOT)), *reached])
        return CACHE / hashlib.sha256(text.encode()).hexdigest()

    def run(index, command, directory, stamps):
        found = check(build / "lint" / str(index), command, directory, list(stamps))
        if not found:
            for path in stamps.values():
                path.touch()
        return found

    (build / "lint").mkdir(exist_ok=True)
    findings, clean, tasks = {}, 0, {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for index, (command, directory, files) in enumerate(units):
            stamps = {file: stamp(command, file) for file in files}
            known = [file for file, path in stamps.items() if path.exists()]
            for file in known:
                stamps.pop(file).touch()
            clean += len(known)
            if stamps:
                tasks[pool.submit(run, index, command, directory, stamps)] = len(stamps)
        todo = sum(tasks.values())
        print(f"{clean + todo} sources, {todo} to check", file=sys.stderr, flush=True)
        done = 0
        for task in concurrent.futures.as_completed(tasks):
            findings.update(dict.fromkeys(task.result()))
            done += tasks[task]
            print(f"{done}/{todo}", file=sys.stderr, flush=True)
    for path in CACHE.iterdir():
        if path.stat().st_mtime < time.time() - KEPT_DAYS * 86400:
            path.unlink(missing_ok=True)
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
