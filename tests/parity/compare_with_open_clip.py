#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares diagonal-cli with open_clip on a model folder, on real pictures and captions, preprocessing and tokens included.

Needs torch 2.11, open_clip_torch 3.3 and transformers from PyPI.
  python tests/parity/compare_with_open_clip.py MODEL --images FILE… --texts FILE [--cli build/release/bin/diagonal-cli]
Exits with 1 when features of unit length differ by 1e-4 or more, or a cosine distance reaches 1e-5.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import open_clip
import torch
from PIL import Image


def embed(cli, model, *inputs):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "embeddings.npy"
        subprocess.run([cli, "embed", "--model", model, *inputs, "--out", out, "--quiet"], check=True)
        return np.load(out)


def compare(name, ours, theirs):
    difference = np.abs(ours - theirs).max()
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    cosine = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    distance = (1 - cosine).max()
    print(f"{name}: {len(ours)} rows, largest difference {difference:.2e}, largest cosine distance {distance:.2e}")
    return difference < 1e-4 and distance < 1e-5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--images", nargs="+", required=True)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    options = parser.parse_args()

    model, _, preprocess = open_clip.create_model_and_transforms("local-dir:" + options.model)
    tokenizer = open_clip.get_tokenizer("local-dir:" + options.model)
    model.eval()
    texts = [line for line in Path(options.texts).read_text("utf-8").split("\n") if line]
    with torch.no_grad():
        pictures = torch.stack([preprocess(Image.open(path)) for path in options.images])
        images = model.encode_image(pictures, normalize=True).numpy()
        captions = model.encode_text(tokenizer(texts), normalize=True).numpy()
    good = compare("images", embed(options.cli, options.model, "--images", *options.images), images)
    good = compare("texts", embed(options.cli, options.model, "--texts", options.texts), captions) and good
    sys.exit(0 if good else 1)


main()
