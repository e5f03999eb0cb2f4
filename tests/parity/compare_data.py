#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what Diagonal reads of generated data files with what Python's own libraries read of them.

    python3 tests/parity/compare_data.py [--tests build/release/tests/training_tests] [--files 3000] [--seed 1]

Needs webdataset 1.0, pandas and Pillow. A third of the files each is
- a tar shard: webdataset's own pipeline, and open_clip's choice of an image ("jpg;png;jpeg;webp") and a caption ("txt");
- a TSV or CSV table: pandas.read_csv, as open_clip_train's CsvDataset calls it, with text cells alone;
- JSON lines: Python's json, line by line.
Both must give the same pairs of image and caption, or a note must name the line or member that is missing. What is known
to differ is counted by its reason, everything else is printed and fails.
"""
import argparse
import collections
import io
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import warnings
from pathlib import Path

import pandas
import webdataset
from PIL import Image

CAPTIONS = ["a dog", "6\" nails", "the \"Stop\" sign", "\"Stop\" sign", "\"quoted\"", "un café", "两个绿色的圆", "tab\there",
            "line\nbreak", "comma, here", "a 'b' c", "  blanks  ", "\"open", "closed\"", "back\\slash", "🐕 dog", "x" * 300,
            "NaN", "", "half \ud83d", "semi;colon"]
STEMS = ["a", "b", "shot 22.05", "shot 22.10", "v1.0", "d/c", "d.e/f", "d.e/g.h", "é", "D", "long" * 40, ".hidden", "d/.x",
         "__meta__", "__m__/x"]


def picture(shade, kind="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (3, 2), (shade, 255 - shade, 7)).save(stream, kind)
    return stream.getvalue()


PICTURE = picture(40)


def one_line(text):
    return re.sub("[\n\r\t]", " ", text.strip(" \t\r\n\f\v"))


def usable(caption):
    return isinstance(caption, str) and one_line(caption) != "" and "\0" not in caption and \
        not any(0xD800 <= ord(c) < 0xE000 for c in caption)


# --- shards -------------------------------------------------------------------------------------------------------

def write_shard(path, rng):
    """A shard, members of a sample mostly side by side."""
    form = rng.choice([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
    with tarfile.open(path, "w", format=form) as tar:
        for stem in rng.sample(STEMS, rng.randint(1, 8)):
            members = []
            for ending in rng.sample(["png", "jpg", "PNG", "jpeg", "webp", "seg.png"], rng.randint(0, 2)):
                members.append((ending, PICTURE))
            caption = rng.choice([c for c in CAPTIONS if "\ud83d" not in c])
            if rng.random() < 0.8:
                members.append((rng.choice(["txt", "txt", "TXT", "other.txt"]), caption.encode()))
            if rng.random() < 0.3:
                members.append(("json", json.dumps({"caption": "of json", "score": float("nan")}).encode()))
            if rng.random() < 0.2:
                members.append(("npy", b"other"))
            rng.shuffle(members)
            for ending, data in members:
                info = tarfile.TarInfo(f"{stem}.{ending}")
                info.size = len(data)
                try:
                    tar.addfile(info, io.BytesIO(data))
                except ValueError:  # too long a name for this form
                    continue


def read_shard(path):
    """open_clip's pairs: the field of the first ending there is, and txt. A field that is there twice ends the package's
    reading: its name instead."""
    found = []
    try:
        for sample in webdataset.WebDataset(str(path), shardshuffle=False, empty_check=False):
            image = next((sample[f] for f in ("jpg", "png", "jpeg", "webp") if f in sample), None)
            if image is None:
                continue
            text = sample.get("txt", b"").decode()
            if not usable(text) and "json" in sample:  # Diagonal's own, and noted where there is a txt
                text = json.loads(sample["json"])["caption"]
            if usable(text):
                found.append((f"{path.name}/{sample['__key__']}", one_line(text)))
    except ValueError as error:
        if "duplicate file name" not in str(error):
            raise
        return re.search(r"duplicate file name in tar file (\S*)", str(error)).group(1)
    return found


def is_lost(name, names):
    """Whether an image is a field of more than one word, and its sample has no other image."""
    base = name.rsplit("/", 1)[-1]
    if base.startswith(".") or re.match("__[^/]*__($|/)", name) or not base.lower().endswith((".png", ".jpg")):
        return False
    key = name[:len(name) - len(base) + base.index(".")]
    fields = [n[len(key) + 1:].lower() for n in names if n.startswith(key + ".")]
    return base.count(".") > 1 and not set(fields) & {"jpg", "png", "jpeg", "webp"}


def make_shard(path, rng):
    path = path / "x.tar"
    write_shard(path, rng)
    return f"webdataset:{path}", path


def check_shard(path, got, said, known):
    expected = read_shard(path)
    names = tarfile.open(path).getnames()
    if isinstance(expected, str):
        known["shards with a field twice: webdataset ends there, Diagonal takes the first and names the other"] += 1
        is_told = "has another image" in said or "twice" in said or "nothing in it could be used" in said
        return None if is_told or "." in expected else f"the field {expected} is there twice, which is not said"
    if got != expected:
        return f"{got} instead of {expected}"
    # Of a data set that is refused the first problem is told alone.
    lost = [n for n in names if got and is_lost(n, names) and n not in said]
    return f"{lost[0]} is lost without a word" if lost else None


# --- tables -------------------------------------------------------------------------------------------------------

def write_table(path, rng):
    folder = rng.choice(["", "images/", "images\\"])
    separator = rng.choice("\t\t\t,;")
    end = rng.choice(["\n", "\n", "\r\n", "\r"])
    captions = [c for c in CAPTIONS if "\ud83d" not in c]

    def cell(text):
        form = rng.random()
        if form < 0.5 or any(c in text for c in (separator, "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'  # as a writer does
        return text  # as a hand or a naive script does
    lines = [separator.join(["filepath", "title"])]
    for i in range(rng.randint(1, 12)):
        if rng.random() < 0.1:
            lines.append("")
        lines.append(separator.join([f"{folder}{i % 6}.png", cell(rng.choice(captions))]))
    text = end.join(lines) + (end if rng.random() < 0.8 else "")
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])
    path.write_bytes(text.encode(encoding))
    return separator, {"utf-8-sig": "utf-8-sig", "utf-16": "utf-16"}.get(encoding, "utf-8")


def unique(pairs):
    """Equal captions of an image are one; images in the order of their first line."""
    images = {}
    for name, caption in pairs:
        images.setdefault(name, {})[caption] = True
    return [(name, caption) for name, captions in images.items() for caption in captions]


def make_table(path, rng):
    path = path / "x.csv"
    return f"csv:{path}", (path, *write_table(path, rng))


def check_table(case, got, said, known):
    path, separator, encoding = case
    try:
        table = pandas.read_csv(path, sep=separator, encoding=encoding, dtype=str, keep_default_na=False)
        rows = list(zip(table["filepath"], table["title"]))
    except (pandas.errors.ParserError, KeyError):
        known["tables that pandas refuses for a quote left open; Diagonal names the line and reads the others"] += 1
        return None if "a quote is never closed" in said or "columns instead of" in said or "nothing in it could be used" in said else "nothing is said"
    expected = unique([(name.strip().replace("\\", "/").removeprefix("images/"), one_line(text)) for name, text in rows
                       if isinstance(text, str) and usable(text) and re.fullmatch(r"(images[/\\])?\d\.png", name)])
    ours = unique([(name.removeprefix("images/"), caption) for name, caption in got])
    if ours == expected:
        return None
    if (not expected or any(".png" in str(text) for _, text in rows)) and "a quote is never closed" in said:
        known["tables whose records pandas joins at a quote left open; Diagonal names the line"] += 1
        return None
    return f"{ours} instead of {expected}"


# --- JSON lines ---------------------------------------------------------------------------------------------------

def write_lines(path, rng):
    lines = []
    for i in range(rng.randint(1, 12)):
        record = {"file_name": f"{i % 6}.png", "text": rng.choice(CAPTIONS + [float("nan"), None, float("inf"), 5])}
        record["score"] = rng.choice([1, float("nan"), -float("inf"), 10 ** 400, 1e308, 2 ** 70, "\udc80", None])
        if rng.random() < 0.2:
            record["file_name"] = "images\\" + record["file_name"]
        line = json.dumps(record, ensure_ascii=rng.random() < 0.7 or record["score"] == "\udc80" or record["text"] == "half \ud83d")
        if rng.random() < 0.1:
            line = line[:-1] + ', "text": "the last one"}'
        lines.append(line)
        if rng.random() < 0.1:
            lines.append(rng.choice(["", "  ", "{broken", "[1]"]))
    end = rng.choice(["\n", "\r\n", "\r"])
    path.write_bytes((end.join(lines) + end).encode(rng.choice(["utf-8", "utf-8-sig", "utf-16"])))
    return lines


def make_lines(path, rng):
    path = path / "x.jsonl"
    return f"imagefolder:{path}", (path, write_lines(path, rng))


def check_lines(case, got, said, known):
    path, lines = case
    rows, unused = [], []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if isinstance(record, dict) and usable(record["text"]):
            rows.append((record["file_name"].replace("\\", "/").removeprefix("images/"), one_line(record["text"])))
        elif line.strip():
            unused.append(number)
    ours = unique([(name.removeprefix("images/"), caption) for name, caption in got])
    if ours != unique(rows):
        return f"{ours} instead of {unique(rows)}"
    silent = [n for n in unused if f"{path.name}:{n}: " not in said]
    return f"line {silent[0]} is left out without a word" if silent and rows else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", default="build/release/tests/training_tests")
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    kinds = {"shard": (make_shard, check_shard), "table": (make_table, check_table), "lines": (make_lines, check_lines)}
    known, failures, cases = collections.Counter(), 0, []
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for i in range(options.files):
            kind = list(kinds)[i % 3]
            folder = root / str(i)
            (folder / "images").mkdir(parents=True)
            if kind != "shard":
                for k in range(6):
                    for place in (folder, folder / "images"):
                        (place / f"{k}.png").write_bytes(PICTURE)
            cases.append((kind, *kinds[kind][0](folder, random.Random(f"{options.seed} {i}"))))
        (root / "specs.txt").write_text("".join(spec + "\n" for _, spec, _ in cases))
        subprocess.run([options.tests, "data_cases"], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | {"DIAGONAL_DATA_CASES": str(root), "QT_QPA_PLATFORM": "offscreen"})
        results = [json.loads(line) for line in (root / "results.jsonl").read_text("utf-8").split("\n") if line]
        assert len(results) == len(cases)
        for i, ((kind, spec, case), result) in enumerate(zip(cases, results)):
            said = result.get("refused", "") + "\n".join(result.get("said", []))
            failure = kinds[kind][1](case, [tuple(pair) for pair in result["pairs"]], said, known)
            if failure:
                failures += 1
                print(f"seed {options.seed}, file {i}, {kind}: {failure}; said: {said}\n", file=sys.stderr)
    print(f"{len(cases)} files, a third of each kind: {failures} differ without a word")
    for reason, count in known.most_common():
        print(f"  {count} {reason}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
