#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_man_page.py PROGRAM PAGE.gz: the man page of a program, from what it and its commands print for --help."""
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

ABOUT = {
    "diagonal": "a workbench for CLIP models",
    "diagonal-cli": "train and use CLIP models from a terminal",
}
SEE = {
    "diagonal": r"\fBdiagonal\-cli\fR(1); Help > User guide",
    "diagonal-cli": r"\fBdiagonal\fR(1)",
}
FILES = {
    "diagonal": {
        "~/.config/Diagonal/Diagonal.conf": "Settings.",
        "~/.local/share/Diagonal/Diagonal": "The list of open pictures, while the window is open.",
        "~/Diagonal/runs": "Training runs, unless another folder is chosen.",
    },
    "diagonal-cli": {},
}
EXIT = {
    "diagonal": {"0": "All done.", "1": "Failed.", "2": "Wrong usage."},
    "diagonal-cli": {
        "0": "All done.",
        "1": "Failed: standard error says which file or option, what is wrong, and what to do.",
        "2": "Wrong usage.",
        "3": "Done, but some inputs could not be read; each is listed with its reason.",
        "130": "Interrupted.",
    },
}


def escaped(text):
    """Text as roff takes it for what it is."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def help_of(program, *command):
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", ""), "COLUMNS": "80"}
    asked = [program, *command, "--help", *(["--lang", "en"] if program.name == "diagonal" else [])]
    return subprocess.run(asked, env=environment, check=True, capture_output=True, text=True).stdout


def entries(block):
    """(name, text) of lines such as '  --name VALUE   what it does', which go on further right."""
    found = []
    for line in block.splitlines():
        match = re.match(r"  (\S.*?)(?:\s{2,}(.*))?$", line)
        if match and not line.startswith("   "):
            found.append([match[1], match[2] or ""])
        elif found:
            found[-1][1] = f"{found[-1][1]} {line.strip()}".strip()
    return found


def page_part(text, level):
    """The blocks of a help text as roff: sections of the page at level 1, paragraphs of a section at level 2."""
    lines = []
    for block in re.split(r"\n\s*\n", text.strip()):
        first, _, rest = block.partition("\n")
        if first.startswith("Usage:"):
            usage = re.sub(r"^\S*/", "", first.removeprefix("Usage:").strip())
            lines += [".PP", rf"\fB{escaped(usage)}\fR"]
            block = rest
            first, _, rest = block.partition("\n")
        if first.endswith(":") and not first.startswith(" "):
            block = rest
            title = "Examples" if block.startswith("  diagonal") else first[:-1]
            lines += [f".SH {escaped(title.upper())}" if level == 1 else f".PP\n{escaped(title)}:"]
        if block.startswith("  diagonal"):
            lines += [".nf", escaped("\n".join(line.removeprefix("  ") for line in block.splitlines())), ".fi"]
        elif block.startswith("  "):
            for name, meaning in entries(block):
                lines += [".TP", rf"\fB{escaped(name)}\fR", escaped(meaning)]
        elif block:
            lines += [".PP", escaped(block)]
    return lines


def commands(program, command=()):
    """All commands below, in the order of the help: ("dataset",), ("dataset", "make"), …"""
    text = help_of(program, *command)
    listed = re.search(r"^Commands:\n((?:  .*\n)+)", text, flags=re.M)
    for name, _ in entries(listed[1]) if listed else []:
        yield (*command, name)
        yield from commands(program, (*command, name))


def main():
    program, page = Path(sys.argv[1]).absolute(), Path(sys.argv[2])
    name = program.name
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    lines = [f'.TH {escaped(name.upper())} 1 "" "Diagonal {version}" "User Commands"',
             ".SH NAME", rf"{escaped(name)} \- {escaped(ABOUT[name])}", ".SH DESCRIPTION"]
    lines += page_part(help_of(program), 1)
    every = list(commands(program))
    if every:
        lines.append(".SH THE COMMANDS IN FULL")
    for command in every:
        lines += [f".SS {escaped(' '.join((name, *command)))}", *page_part(help_of(program, *command), 2)]
    for title, table in (("EXIT STATUS", EXIT[name]), ("FILES", FILES[name])):
        lines += [f".SH {title}"] if table else []
        for key, meaning in table.items():
            lines += [".TP", rf"\fB{escaped(key)}\fR", escaped(meaning)]
    lines += [".SH SEE ALSO", SEE[name]]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))


main()
