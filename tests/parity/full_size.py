#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares diagonal-cli with the references on models of full size with random weights, on photographs and captions, through the
whole chain: decoding, preprocessing, tokens, towers, in fp32.

    scripts/parity --images FOLDER --captions FILE [--round-trips] [NAME...]

Fails when a cosine distance reaches 1e-5 or a value of a normalised feature differs by 1e-4. With --round-trips each model is also
converted to every form that can hold it and back: tensors must come back bit for bit, and the references, offline, must
compute from the converted files what they computed from the original. Each model is removed before the next is made.
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import full_size_models as models
import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

COSINE, DIFFERENCE = 1e-5, 1e-4


def read_captions(path):
    """Kaggle's captions.txt (a CSV with a header), Flickr8k.token.txt (after a tab), or a caption a line."""
    lines = [line for line in Path(path).read_text("utf-8").split("\n") if line.strip()]
    if lines[0].strip() == "image,caption":
        return [line.split(",", 1)[1].strip(' "') for line in lines[1:]]
    return [line.split("\t")[-1].strip() for line in lines]


def spread(items, count):
    items = list(items)
    return [items[i * len(items) // count] for i in range(count)]


def reshaped(paths, folder):
    """Photographs of a data set may all have the models' size; so every other one is cut and scaled to one that must be resized."""
    folder.mkdir()
    sizes = [(640, 427), (375, 500), (1024, 683), (301, 1000)]
    result = []
    for number, path in enumerate(paths):
        if number % 2:
            width, height = sizes[number // 2 % len(sizes)]
            image = Image.open(path).convert("RGB")
            cut = min(image.width / width, image.height / height)
            image = image.crop((0, 0, round(width * cut), round(height * cut))).resize((width, height), Image.Resampling.LANCZOS)
            path = folder / f"{width}x{height}-{path.stem}.jpg"
            image.save(path, quality=92)
        result.append(path)
    return result


class Comparison:
    def __init__(self, options, scratch):
        self.options, self.failed = options, False
        folder = Path(options.images)
        photographs = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
        self.images = reshaped(spread(photographs, options.count), scratch / "photographs")
        self.all_captions = read_captions(options.captions)
        self.texts = spread(self.all_captions, options.count)

    def run(self, *arguments):
        subprocess.run([self.options.cli, *map(str, arguments), "--quiet"], check=True, stdout=sys.stderr)

    def ours(self, model, *inputs):
        with tempfile.TemporaryDirectory(dir=self.options.scratch) as folder:
            out = Path(folder) / "embeddings.npy"
            self.run("embed", "--model", model, *inputs, "--out", out, "--device", "cpu", "--precision", "fp32")
            return np.load(out)

    def row(self, name, what, ours, theirs, cosine_limit=COSINE, limit=DIFFERENCE, judged=True):
        difference = np.abs(ours - theirs).max()
        a, b = ours.astype(np.float64), theirs.astype(np.float64)
        distance = (1 - (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).max()
        apart = (b @ b.T)[~np.eye(len(b), dtype=bool)].mean()  # near 1, the comparison would say little
        good = distance < cosine_limit and difference < limit
        self.failed |= judged and not good
        verdict = ("ok" if good else "FAILED") if judged else "-"
        print(f"{name:42} {what:22} {distance:10.1e} {difference:10.1e} {apart:10.3f}   {verdict}", flush=True)

    def compare(self, name):
        with tempfile.TemporaryDirectory(prefix="parity-", dir=self.options.scratch) as scratch:
            original = Path(scratch) / "original"
            original.mkdir()
            forms, load = models.make(name, original, self.images, self.all_captions, self.options.state_dicts)
            reference = load(next(iter(forms.values())))
            images, texts = reference.encode_images(self.images), reference.encode_texts(self.texts)
            if load is models.HuggingFace:
                fast = load(original, "torchvision").encode_images(self.images)
                self.row(name, "reference, fast images", fast, images, judged=False)
            del reference
            if self.options.reference_only:
                self.row(name, "images", images, images)
                self.row(name, "texts", texts, texts)
                return
            captions = Path(scratch) / "captions.txt"
            captions.write_text("\n".join(self.texts) + "\n", "utf-8")
            for form, path in forms.items():
                label = name if len(forms) == 1 else f"{name} ({form})"
                self.row(label, "images", self.ours(path, "--images", *self.images), images)
                self.row(label, "texts", self.ours(path, "--texts", captions), texts)
            if self.options.round_trips:
                self.round_trips(name, next(iter(forms.values())), Path(scratch), images, texts)

    def convert(self, source, form, folder):
        self.run("convert", source, "--to", form, "--out", folder)
        return folder

    def equal(self, name, what, first, second):
        """Every tensor of two open_clip folders, bit for bit."""
        a, b = (load_file(folder / "open_clip_model.safetensors") for folder in (first, second))
        same = a.keys() == b.keys() and all(a[key].dtype == b[key].dtype and torch.equal(a[key], b[key]) for key in a)
        self.failed |= not same
        print(f"{name:42} {what:46} {'bit-equal' if same else 'FAILED'}", flush=True)

    def round_trips(self, name, source, scratch, images, texts):
        ours = self.convert(source, "open_clip", scratch / "ours")
        loaded = models.load_open_clip(ours)
        # open_clip leaves SigLIP's image tower to timm, whose GELU is exact where Hugging Face's is the tanh approximation:
        # 3e-5 apart.
        # Images against diagonal-cli on the same folder: open_clip's centre crop and Hugging Face's round differently.
        self.row(name, "open_clip reads images", loaded.encode_images(self.images), self.ours(ours, "--images", *self.images))
        self.row(name, "open_clip reads texts", loaded.encode_texts(self.texts), texts)
        del loaded
        back = self.convert(ours, "open_clip", scratch / "back")
        self.equal(name, "ours -> open_clip -> ours", ours, back)
        shutil.rmtree(back)
        if "RN" not in name:  # Hugging Face has no ModifiedResNet
            other = self.convert(ours, "hf", scratch / "hf")
            loaded = models.HuggingFace(other)
            self.row(name, "transformers: images", loaded.encode_images(self.images), self.ours(other, "--images", *self.images))
            self.row(name, "transformers: texts", loaded.encode_texts(self.texts), texts)
            del loaded
            back = self.convert(other, "open_clip", scratch / "back")
            self.equal(name, "ours -> hf -> ours", ours, back)
            shutil.rmtree(back)
            shutil.rmtree(other)
        if name.startswith("openai/"):
            other = self.convert(ours, "openai", scratch / "openai")
            file = next(path for path in other.rglob("*.pt"))
            loaded = models.load_openai(file)
            self.row(name, "OpenAI's form: images", loaded.encode_images(self.images), images)
            self.row(name, "OpenAI's form: texts", loaded.encode_texts(self.texts), texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="models, all without: " + ", ".join(models.NAMES))
    parser.add_argument("--images", required=True, help="a folder of photographs")
    parser.add_argument("--captions", required=True, help="a caption a line, Flickr8k.token.txt or Kaggle's captions.txt")
    parser.add_argument("--count", type=int, default=8, help="photographs and captions to compare")
    parser.add_argument("--round-trips", action="store_true", help="also convert each model and back")
    parser.add_argument("--state-dicts", action="store_true", help="OpenAI's models as state dicts too")
    parser.add_argument("--reference-only", action="store_true", help="only see that the references work")
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--scratch", help="where the models are written: 6 GB, 12 GB with --round-trips")
    options = parser.parse_args()
    names = [name for name in models.NAMES if not options.names or any(part == name or part == name.split("/")[1] for part in options.names)]
    if not names:
        parser.error("no model of that name")
    print(f"{'model':42} {'what':22} {'cosine':>10} {'largest':>10} {'mean':>10}")
    print(f"{'':42} {'':22} {'distance':>10} {'difference':>10} {'cosine':>10}")
    with tempfile.TemporaryDirectory(prefix="parity-", dir=options.scratch) as scratch:
        comparison = Comparison(options, Path(scratch))
        for name in names:
            try:
                comparison.compare(name)
            except subprocess.CalledProcessError as error:  # diagonal-cli has said why
                comparison.failed = True
                print(f"{name:42} diagonal-cli {error.cmd[1]} FAILED", flush=True)
    sys.exit(1 if comparison.failed else 0)


main()
