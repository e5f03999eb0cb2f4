#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A long labelling run over files of which some are bad, killed again and again: nothing may be lost or done twice.

    python tests/benchmarks/long_run.py --images FOLDER [--count 10000] [--kills 5] [--seed 1]

Links the folder's photographs into a scratch folder until there are `count`, with one bad file in a hundred: empty, cut short, random
bytes, text, a PNG that claims 60,000 x 60,000 pixels, a dangling link, a file without permission. Labels them with
`label --out labels.jsonl --resume`, killed (SIGKILL) at random moments, then once to its end. Fails unless every good file stands in
the result once with scores, every bad one once with a reason, and the exit code is 3. As root the program runs as nobody (setpriv), as permissions
do not count otherwise. Needs Python 3 alone."""
import argparse
import collections
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def huge_png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def make_bad(kind, file, photo, generator):
    if kind == "empty":
        file.write_bytes(b"")
    elif kind == "cut":
        file.write_bytes(photo.read_bytes()[:300])
    elif kind == "random":
        file.write_bytes(generator.randbytes(5000))
    elif kind == "text":
        file.write_text("this is no picture\n")
    elif kind == "huge":
        file.write_bytes(huge_png())
    elif kind == "dangling":
        file.symlink_to("nowhere.jpg")
    else:
        shutil.copy(photo, file)
        file.chmod(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", required=True)
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cli", default=ROOT / "build/release/bin/diagonal-cli")
    options = parser.parse_args()
    generator = random.Random(options.seed)
    photos = sorted(file for file in Path(options.images).iterdir() if file.suffix == ".jpg")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "pictures"
        folder.mkdir()
        kinds = ["empty", "cut", "random", "text", "huge", "dangling", "forbidden"]
        bad = {}
        for i in range(options.count):
            file = folder / f"{i % 100:02}" / f"picture {i:05}.jpg"
            file.parent.mkdir(exist_ok=True)
            photo = photos[i % len(photos)]
            if i % 100 == 50:
                bad[str(file)] = kinds[i // 100 % len(kinds)]
                make_bad(bad[str(file)], file, photo, generator)
            else:
                file.symlink_to(photo.resolve())
        out = Path(scratch) / "labels.jsonl"
        command = [options.cli, "label", folder, "--label", "red circle", "--label", "blue square", "--out", out, "--resume", "--no-cache", "--quiet"]
        if os.geteuid() == 0:
            for path in (Path(scratch), *Path(scratch).rglob("*")):
                os.chown(path, 65534, 65534, follow_symlinks=False)
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        start = time.perf_counter()
        for i in range(options.kills):
            process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(generator.uniform(2, 6))
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(f"killed, {len(out.read_bytes().splitlines()) if out.exists() else 0} lines", flush=True)
        code = subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        print(f"to the end: exit code {code}, {time.perf_counter() - start:.1f} s in all", flush=True)
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        seen = collections.Counter(row["image"] for row in rows)
        reasons = collections.Counter()
        problems = [f"{name} stands {count} times" for name, count in seen.items() if count != 1]
        for row in rows:
            kind = bad.get(row["image"])
            if (kind is None) != ("scores" in row) or (kind is not None and not row.get("error")):
                problems.append(f"{row['image']} ({kind or 'good'}): {row}")
            if kind:
                reasons[f"{kind}: {row.get('error')}"] += 1
        if len(seen) != options.count:
            problems.append(f"{len(seen)} of {options.count} files stand in the result")
        if code != 3:
            problems.append(f"exit code {code}, not 3")
        for reason, count in sorted(reasons.items()):
            print(f"{count:4} {reason}")
        print("\n".join(problems[:20]) or f"all {options.count} files once, {len(bad)} of them with a reason")
        sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
