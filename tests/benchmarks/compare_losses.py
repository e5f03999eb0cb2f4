#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Losses beside each other: the same model trained on Flickr8k with equal steps, batches and seeds, and its last validation.

    python tests/benchmarks/compare_losses.py --data FLICKR8K [--losses contrastive fastclip] [--seeds 1 2 3] [--steps 1400]
        [--batch-size 256] [--model small] [--out FOLDER] [-- OPTIONS OF train]

The data is packed once. Validation is on the development images: the contrastive loss in batches of the training's size at the learned
temperature (for "sigmoid" and "soft" their own), and recall among all of them. A line a run, then mean and standard deviation over the seeds.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEYS = ["val/loss"] + [f"val/{way}_R@{k}" for way in ("image_to_text", "text_to_image") for k in (1, 5, 10)]
HEADS = ["val/loss", "i2t R@1", "R@5", "R@10", "t2i R@1", "R@5", "R@10"]


def run(command):
    result = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr[-2000:]}")


def last_validation(folder):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    found = [line for line in lines if "val/loss" in line]
    if not found:
        sys.exit(f"{folder}: no validation")
    temperature = [line["train/temperature"] for line in lines if "train/temperature" in line][-1]
    return [found[-1][key] for key in KEYS] + [temperature]


def shown(name, values, spread=None):
    cells = []
    for number, value in enumerate(values):
        digits, factor = (4, 1) if number == 0 or number == len(values) - 1 else (1, 100)
        cell = f"{factor * value:.{digits}f}"
        cells.append((cell + f" ±{factor * spread[number]:.{digits}f}" if spread else cell).rjust(15))
    print(name.ljust(22) + "".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--losses", nargs="+", default=["contrastive", "fastclip"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=1400)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--model", default="small")
    parser.add_argument("--out", type=Path, help="keeps the runs")
    parser.add_argument("--cli", type=Path, default=ROOT / "build/release/bin/diagonal-cli")
    parser.add_argument("options", nargs="*", help="further options of train, after --")
    given = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = given.out or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        pack = folder / "pack"
        if not pack.exists():
            run([given.cli, "dataset", "pack", given.data, pack, "--size", 144])
        print(f"{given.model}, {given.steps} steps of {given.batch_size} pairs; recall in percent")
        print("".ljust(22) + "".join(head.rjust(15) for head in HEADS + ["temperature"]))
        results = {}
        for seed in given.seeds:
            for loss in given.losses:
                out = folder / f"{loss}-{seed}"
                if not (out / "model").exists():
                    run([given.cli, "train", "--train-data", f"pack:{pack}", "--model", given.model, "--out", out, "--steps", given.steps,
                         "--batch-size", given.batch_size, "--loss", loss, "--seed", seed, "--validate-every", given.steps,
                         "--save-every", given.steps, "--quiet", *given.options])
                results.setdefault(loss, []).append(last_validation(out))
                shown(f"{loss}, seed {seed}", results[loss][-1])
        if len(given.seeds) > 1:
            for loss, rows in results.items():
                columns = list(zip(*rows))
                shown(f"{loss}, mean", [statistics.fmean(c) for c in columns], [statistics.stdev(c) for c in columns])


if __name__ == "__main__":
    main()
