#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recall of `diagonal-cli models compare` beside numpy's, counted from what `diagonal-cli embed` writes.

    python tests/parity/compare_recall.py FLICKR8K --model demo [--model PATH…] [--images 1000] [--cli build/release/bin/diagonal-cli]

FLICKR8K holds images/ and Flickr8k.token.txt. Each model is tried on the first test photographs with all their captions. Exit code 1 where a
recall differs by more than one query in the last place (numpy sorts in float64).
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from make_recall_golden import recall

KEYS = [f"{way}_R@{k}" for way in ("text_to_image", "image_to_text") for k in (1, 5, 10)]


def run(cli, *arguments, **options):
    return subprocess.run([cli, *map(str, arguments), "--quiet"], check=True, capture_output=True, text=True, **options).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flickr8k", type=Path)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    options = parser.parse_args()
    names = (options.flickr8k / "Flickr_8k.testImages.txt").read_text().split()[:options.images]
    number = {name: i for i, name in enumerate(names)}
    captions, owners = [], []
    for line in (options.flickr8k / "Flickr8k.token.txt").read_text().splitlines():
        name, caption = line.split("\t", 1)
        name = name.rsplit("#", 1)[0]
        if name in number and caption.strip():
            captions.append(caption.strip())
            owners.append(number[name])
    files = "\n".join(str(options.flickr8k / "images" / name) for name in names)
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "pairs.txt").write_text("".join(f"{names[i]}\t{text}\n" for i, text in zip(owners, captions)))
        (folder / "texts.txt").write_text("\n".join(captions) + "\n")
        ours = json.loads(run(options.cli, "models", "compare", *options.model, "--images", "-", "--texts", folder / "pairs.txt",
                              "--format", "json", input=files))
        for model in options.model:
            run(options.cli, "embed", "--images", "-", "--model", model, "--out", folder / "images.npy", input=files)
            run(options.cli, "embed", "--texts", folder / "texts.txt", "--model", model, "--out", folder / "texts.npy")
            theirs = recall(np.load(folder / "images.npy"), np.load(folder / "texts.npy"), np.array(owners))
            row = next(one for one in ours if one["model"] == model)
            for key, value in zip(KEYS, theirs):
                queries = len(captions) if key.startswith("text") else len(names)
                worst = max(worst, abs(row[key] - value) * queries)
                print(f"{model:40} {key:20} {100 * row[key]:7.2f} {100 * value:7.2f}")
    print(f"{len(names)} photographs, {len(captions)} captions; the largest difference is {worst:.2f} queries")
    return 1 if worst > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
