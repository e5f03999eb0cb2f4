#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What millions of rows cost: many_rows.py FOLDER [--rows N] [--cli diagonal-cli] [--tokenizer clip|captions]

Makes FOLDER/table.csv (image,caption; names of 20 bytes in folders of 10,000, captions of about 60) and its images, which are hard
links to one picture a folder, unless they are there; then opens it with `dataset info` and begins training on it with a model
of next to no size, and prints wall-clock seconds and peak resident memory of each. Runs are from a cold or warm disk cache as it
happens to be; give --rows 0 to measure the programs alone.
"""
import argparse
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

IN_FOLDER = 10_000
AT_ONCE = 100_000  # rows; a multiple of the images in a folder


def name(i):
    return f"{i // IN_FOLDER:05d}/{i:09d}.png"


def captions(rows, begin=0):
    """Words as frequent as in a language (Zipf), 11 a caption; each 100,000 rows are drawn for themselves."""
    draw = random.Random(1)
    syllables = [a + b for a in "bdfghklmnprstvw" for b in "aeiou"]
    words = ["".join(draw.choices(syllables, k=draw.choice((1, 2, 2, 3, 3)))) for _ in range(20_000)]
    total = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    for block in range(begin, rows, AT_ONCE):
        draw.seed(block)
        count = min(AT_ONCE, rows - block)
        drawn = draw.choices(words, cum_weights=total, k=11 * count)
        yield [" ".join(drawn[11 * i:11 * i + 11]) for i in range(count)]


def make(folder, rows, cli):
    """Goes on where it was stopped, at whole blocks of rows."""
    os.makedirs(folder, exist_ok=True)
    picture = os.path.join(folder, "scene", "images", "scene-000001.png")
    if not os.path.exists(picture):
        subprocess.run([cli, "dataset", "make", "scenes", os.path.join(folder, "scene"), "--count", "1", "--size", "32"], check=True)
    partial = os.path.join(folder, "table.partial")
    done = 0
    if os.path.exists(partial):
        with open(partial, encoding="utf-8") as table:
            done = max(0, sum(1 for _ in table) - 1) // AT_ONCE * AT_ONCE
        with open(partial, "r+", encoding="utf-8") as table:
            for _ in range(done + 1):
                table.readline()
            table.truncate(table.tell())
    with open(partial, "a", encoding="utf-8") as table:
        if done == 0:
            table.truncate(0)
            table.write("image,caption\n")
        i = done
        for block in captions(rows, done):
            for caption in block:
                path = os.path.join(folder, name(i))
                if i % IN_FOLDER == 0:
                    shutil.rmtree(os.path.dirname(path), ignore_errors=True)
                    os.mkdir(os.path.dirname(path))
                    shutil.copy(picture, path)
                    first = path
                else:
                    os.link(first, path)
                table.write(f"{name(i)},{caption}\n")
                i += 1
            table.flush()
    os.rename(partial, os.path.join(folder, "table.csv"))


def measure(what, command):
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        print(f"    {time.time() - start:7.1f} s  {line.rstrip()}", flush=True)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"{what} failed")
    print(f"{what}: {time.time() - start:.1f} s, peak {usage.ru_maxrss * 1024 / 1e6:,.0f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--tokenizer", default="clip", choices=("clip", "captions"))
    options = parser.parse_args()
    data = "scenes:count=1000"
    if options.rows > 0:
        data = os.path.join(options.folder, "table.csv")
        if not os.path.exists(data):
            make(options.folder, options.rows, options.cli)
    measure("dataset info", [options.cli, "dataset", "info", data])
    with tempfile.TemporaryDirectory() as folder:
        measure("train, 20 steps", [options.cli, "train", "--train-data", data, "--model", "tiny", "--tokenizer", options.tokenizer,
                                    "--steps", "20", "--batch-size", "16", "--no-augment", "--warmup", "1", "--log-every", "10",
                                    "--out", os.path.join(folder, "run")])


if __name__ == "__main__":
    main()
