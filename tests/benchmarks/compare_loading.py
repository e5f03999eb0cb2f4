#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images per second of one core: Diagonal's loader and torchvision's usual training transform on the same JPEG files.

    python tests/benchmarks/compare_loading.py --images FOLDER [--count 1000] [--rounds 3] [--core 0]

Both decode, take a random crop of at least 0.9 of the area, resize it to 224 x 224 (bicubic), and flip half of them; one
thread, pinned to one core; nothing is kept decoded; files in the page cache. Diagonal's batches are bytes that the training
step normalizes; torchvision's side is timed with ToTensor and Normalize, as it is used, and without. Then the same on some of
the photographs scaled up to 2,000 pixels, Diagonal also with --fast-decode. In turns, the best round of each counts.

Run with the reference's Python (torchvision, Pillow). Fails when Diagonal is not twice as fast on the photographs as they are."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def theirs(files, rounds):
    """Child process: seconds of the best pass over the files, with and without the conversion to normalized floats."""
    import torch
    import torchvision.transforms as T
    from PIL import Image

    torch.set_num_threads(1)
    crop = [T.RandomResizedCrop(224, scale=(0.9, 1), interpolation=T.InterpolationMode.BICUBIC), T.RandomHorizontalFlip()]
    floats = [T.ToTensor(), T.Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))]
    best = {}
    for name, steps in (("floats", crop + floats), ("bytes", crop)):
        transform = T.Compose(steps)
        for _ in range(rounds + 1):  # the first warms up
            start = time.perf_counter()
            for file in files:
                transform(Image.open(file).convert("RGB"))
            seconds = time.perf_counter() - start
            best[name] = min(best.get(name, seconds), seconds)
    print(json.dumps(best))


def run(core, command):
    output = subprocess.run(["taskset", "-c", str(core), *map(str, command)], check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def compare(options, files, scratch, flags):
    """Images per second: torchvision's two ways, and ours with each set of flags."""
    table = scratch / "data.csv"
    table.write_text("image,caption\n" + "".join(f'"{file}",photograph {i}\n' for i, file in enumerate(files)))
    listed = scratch / "files.json"
    listed.write_text(json.dumps([str(file) for file in files]))
    ours = [options.cli, "bench", "--task", "data", "--model", "ViT-B-32", "--train-data", f"csv:{table}", "--batch-size", 50,
            "--workers", 1, "--threads", 1, "--device", "cpu", "--repeat", 2, "--quiet"]
    best = {}
    for _ in range(options.rounds):
        for name in flags:
            seconds = min(run(options.core, ours + ([name] if name else []))["seconds"])
            best[name] = min(best.get(name, seconds), seconds)
        for name, seconds in run(options.core, [sys.executable, __file__, "--theirs", listed, "--rounds", 2]).items():
            best[name] = min(best.get(name, seconds), seconds)
    return {name: len(files) / seconds for name, seconds in best.items()}


def report(title, rates, flags):
    print(f"{title}\n  torchvision          {rates['floats']:7.0f} images/s (without ToTensor and Normalize {rates['bytes']:.0f})")
    for name in flags:
        ratios = rates[name] / rates["floats"], rates[name] / rates["bytes"]
        print(f"  Diagonal {name:14} {rates[name]:7.0f} images/s, {ratios[0]:.2f} times ({ratios[1]:.2f})", flush=True)


def enlarge(files, folder):
    from PIL import Image

    folder.mkdir()
    for file in files:
        image = Image.open(file).convert("RGB")
        scale = 2000 / max(image.size)
        image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC).save(folder / file.name, quality=90)
    return sorted(folder.iterdir())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, help="a folder of JPEG files")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--large", type=int, default=30, help="how many of them are scaled up; 0: none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--theirs", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.theirs:
        return theirs(json.loads(Path(options.theirs).read_text()), options.rounds)
    if not options.images:
        parser.error("--images says which photographs to load")
    found = sorted(path.resolve() for path in options.images.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    files = found[:: max(1, len(found) // options.count)][: options.count]
    if not files:
        parser.error(f"{options.images}: no JPEG files")
    with tempfile.TemporaryDirectory(prefix="loading-") as scratch:
        scratch = Path(scratch)
        rates = compare(options, files, scratch, [""])
        report(f"{len(files)} photographs", rates, [""])
        if options.large:
            large = enlarge(files[: options.large], scratch / "large")
            flags = ["", "--fast-decode"]
            report(f"{len(large)} of them at 2,000 pixels", compare(options, large, scratch, flags), flags)
    return 0 if rates[""] >= 2 * rates["floats"] else 1


if __name__ == "__main__":
    sys.exit(main())
