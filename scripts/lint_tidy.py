#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy: lint_tidy.py [--all] [BUILD_FOLDER] [FILE...]

Without files: what changed since the merge base with main, the working tree included; a header is checked in one source
that includes it. --all: every source of the build folder; so too where git names no base, and where the checks, this
script or the build changed. What was found clean is not checked again until it, a file of the project that it includes,
its flags, the checks, this script or clang-tidy change (~/.cache/diagonal/tidy).

Sources that are compiled together, or alike in one folder, are checked together, for LibTorch's headers take most of the
time. Exit 1 where there is anything to mend.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("app", "engine", "training", "ui")
TOGETHER = 16
KEPT_DAYS = 30
ERROR = "[clang-diagnostic-error]"
FINDING = re.compile(r"^/\S+?:\d+:\d+: (?:error|warning): .*(?:\n(?!/).*)*", re.MULTILINE)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
# Of g++ alone: its precompiled header, a warning that clang does not know, where the object goes.
NOT_FOR_CLANG = re.compile(r"-Winvalid-pch -include \S+cmake_pch\.hxx|-fpch-preprocess|-Wno-subobject-linkage| -o \S+ -c \S+")
# A change of these may concern every source.
FOR_ALL = re.compile(r"\.clang-tidy|scripts/(lint_tidy\.py|libtorch\.txt)|(.*/)?CMakeLists\.txt|cmake/.*|CMakePresets\.json")


def note(text):
    print(text, file=sys.stderr, flush=True)


def read_units(build):
    """What is checked in one call of clang-tidy: (command, folder it runs in, the project's sources)."""
    subprocess.run(["cmake", "--build", build, "--target", "build.ninja"], stdout=subprocess.DEVNULL, check=False)
    alone = collections.defaultdict(list)
    for entry in json.loads((build / "compile_commands.json").read_text("utf-8")):
        file, command = Path(entry["file"]), NOT_FOR_CLANG.sub("", entry["command"])
        together = file.suffix == ".cxx" and "Unity" in file.parts
        files = [Path(name) for name in INCLUDE.findall(file.read_text("utf-8"))] if together else [file]
        files = [file for file in files if file.is_relative_to(ROOT) and file.suffix == ".cpp"
                 and file.relative_to(ROOT).parts[0] in LAYERS and file.is_file()]
        if files and together:
            yield command, entry["directory"], files
        elif files:
            alone[command, entry["directory"], file.parent] += files
    for (command, directory, _), files in alone.items():
        for begin in range(0, len(files), TOGETHER):
            yield command, directory, files[begin:begin + TOGETHER]


class Texts:
    """The project's files and what they include."""

    def __init__(self):
        self.known = {}

    def reach(self, file):
        """The hash of the file and of all files of the project that it includes, on its own or through others."""
        found, waiting = {}, [file]
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            if one not in self.known:
                content = one.read_bytes()
                included = [ROOT / name for name in INCLUDE.findall(content.decode("utf-8", "replace"))]
                self.known[one] = hashlib.sha256(content).hexdigest(), [path for path in included if path.is_file()]
            found[one], included = self.known[one]
            waiting += included
        return found


def changed_files():
    """None where git cannot tell."""
    def git(*arguments):
        try:
            run = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True)
        except OSError:
            return None
        return run.stdout.split("\n") if run.returncode == 0 else None

    base = git("merge-base", "HEAD", "origin/main") or git("merge-base", "HEAD", "main")
    changed = git("diff", "--name-only", base[0], "--") if base else None
    others = git("ls-files", "--others", "--exclude-standard")
    if changed is None or others is None:
        return None
    return {ROOT / name for name in changed + others if name}


def to_check(units, changed, texts):
    """The sources among the changed files, and for each that they include one source: its own, or any that does."""
    sources = [file for _, _, files in units for file in files]
    wanted = changed & set(sources)
    for included in changed - wanted:
        includers = [file for file in sources if included in texts.reach(file)]
        if includers and not wanted & set(includers):
            own = included.with_suffix(".cpp")
            wanted.add(own if own in includers else includers[0])
    return wanted


def check(scratch, command, directory, files):
    """The findings in the files and the headers they include."""
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        source = folder / "group.cpp"
        source.write_text("".join(f'#include "{file}"\n' for file in files), "utf-8")
        (folder / "compile_commands.json").write_text(json.dumps(
            [{"file": str(source), "directory": directory, "command": f"{command} -ferror-limit=0 -c {source}"}]), "utf-8")
        run = subprocess.run(["clang-tidy", "--quiet", f"--config-file={ROOT}/.clang-tidy", "-p", folder,
                              f"--header-filter=^{re.escape(str(ROOT))}/({'|'.join(LAYERS)})/", source],
                             capture_output=True, text=True)
    findings = FINDING.findall(run.stdout)
    if len(files) > 1 and any(ERROR in text for text in findings):
        # Only together they do not compile.
        return [text for file in files for text in check(scratch, command, directory, [file])]
    if run.returncode != 0 and not findings:
        findings = [run.stdout + run.stderr]
    return findings


class Cache:
    """An empty file for each source, with its flags and all it includes, that was clean. Without a home there is none."""

    def __init__(self):
        version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
        parts = [ROOT / ".clang-tidy", ROOT / "scripts/libtorch.txt", Path(__file__)]
        self.common = [version, *(part.read_text("utf-8") for part in parts)]
        try:
            self.folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "diagonal" / "tidy"
            self.folder.mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):
            self.folder = None

    def key(self, command, file, texts):
        reached = sorted(f"{path.relative_to(ROOT)} {digest}" for path, digest in texts.reach(file).items())
        text = "\n".join([*self.common, command.replace(str(ROOT), ""), str(file.relative_to(ROOT)), *reached])
        return hashlib.sha256(text.encode()).hexdigest()

    def knows(self, key):
        return self.folder is not None and (self.folder / key).exists() and self.add(key)

    def add(self, key):
        try:
            if self.folder is not None:
                (self.folder / key).touch()
        except OSError:
            pass  # another user's
        return True

    def prune(self):
        for path in self.folder.iterdir() if self.folder is not None else ():
            try:
                if path.stat().st_mtime < time.time() - KEPT_DAYS * 86400:
                    path.unlink()
            except OSError:
                pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="every source, not only what changed")
    parser.add_argument("paths", nargs="*", type=Path, metavar="BUILD_FOLDER|FILE")
    options = parser.parse_args()
    files = {path.resolve() for path in options.paths if not path.is_dir()}
    build = next((path.resolve() for path in options.paths if path.is_dir()), ROOT / "build/release")
    if missing := [path for path in files if not path.is_file()]:
        sys.exit(f"{missing[0]}: no such file")
    if not (build / "compile_commands.json").is_file():
        sys.exit(f"{build} is no build folder: scripts/build makes it")

    units, texts, cache = list(read_units(build)), Texts(), Cache()
    if not units:
        sys.exit(f"{build} compiles no source of the project")
    changed = files or (None if options.all else changed_files())
    if changed is None and not options.all:
        note("git names no base: everything is checked")
    elif changed is not None and any(FOR_ALL.fullmatch(str(file.relative_to(ROOT))) for file in changed
                                     if file.is_relative_to(ROOT)):
        note("the checks or the build changed: everything is checked")
        changed = None
    wanted = None if changed is None else to_check(units, changed, texts)
    if files and not wanted:
        sys.exit(f"{build} compiles none of these files (tests are not checked)")
    scratch = build / "lint"
    scratch.mkdir(exist_ok=True)

    def run(command, directory, keys):
        found = check(scratch, command, directory, list(keys))
        if not found:
            now = Texts()
            for file, key in keys.items():
                if cache.key(command, file, now) == key:  # not edited meanwhile
                    cache.add(key)
        return found

    findings, clean, tasks = set(), 0, {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for command, directory, files in units:
            keys = {file: cache.key(command, file, texts) for file in files if wanted is None or file in wanted}
            todo = {file: key for file, key in keys.items() if not cache.knows(key)}
            clean += len(keys) - len(todo)
            if todo:
                tasks[pool.submit(run, command, directory, todo)] = len(todo)
        left = sum(tasks.values())
        note(f"sources: {clean + left}, to check: {left}")
        for task in concurrent.futures.as_completed(tasks):
            for finding in task.result():
                if finding not in findings:
                    print(finding, flush=True)
                findings.add(finding)
            left -= tasks[task]
            note(f"left: {left}")
    cache.prune()
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
