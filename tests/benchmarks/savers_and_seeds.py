#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether a run with everything on that spares memory ends where runs in fp32 end: the last validation of three seeds of
each, on generated scenes.

  tests/benchmarks/savers_and_seeds.py [--cli build/release/bin/diagonal-cli] [--steps 600] [--seeds 1 2 3]
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

MODEL = {"embed_dim": 64,
         "vision_cfg": {"image_size": 64, "layers": 3, "width": 96, "head_width": 32, "patch_size": 8},
         "text_cfg": {"context_length": 32, "vocab_size": 512, "width": 96, "heads": 3, "layers": 2}}
SAVERS = ["--grad-checkpointing", "--micro-batch", "32", "--adam-states", "bf16", "--text-storage", "bf16"]
KEYS = ["val/loss", "val/text_to_image_R@1", "val/image_to_text_R@1"]


def last_validation(run):
    found = {}
    for line in (run / "metrics.jsonl").read_text().splitlines():
        values = json.loads(line)
        if "val/loss" in values:
            found = values
    return [found[key] for key in KEYS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--precision", default="fp32", help="of the runs that spare memory")
    arguments = parser.parse_args()
    print("| run | seed | loss | text to image R@1 | image to text R@1 |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "vit.json").write_text(json.dumps(MODEL))
        means = {}
        for name, options in (("fp32", ["--precision", "fp32"]),
                              ("all that spares memory", [*SAVERS, "--precision", arguments.precision])):
            results = []
            for seed in arguments.seeds:
                run = root / f"{len(means)}-{seed}"
                subprocess.run([arguments.cli, "train", "--train-data", "scenes:count=4000,seed=1,size=64", "--val-data",
                                "scenes:count=400,split=validation,size=64", "--model", str(root / "vit.json"),
                                "--batch-size", "64", "--steps", str(arguments.steps), "--warmup", "50", "--lr", "1e-3",
                                "--validate-every", str(arguments.steps), "--device", "cpu", "--threads",
                                str(arguments.threads), "--seed", str(seed), "--out", str(run), "--quiet", *options],
                               check=True, stdout=subprocess.DEVNULL)
                results.append(last_validation(run))
                print(f"| {name} | {seed} | " + " | ".join(f"{value:.3f}" for value in results[-1]) + " |", flush=True)
            means[name] = results
    plain, spared = means.values()
    for number, key in enumerate(KEYS):
        one, two = [row[number] for row in plain], [row[number] for row in spared]
        noise = statistics.stdev(one) if len(one) > 1 else float("nan")
        print(f"{key}: {statistics.mean(one):.3f} and {statistics.mean(two):.3f}; standard deviation over seeds {noise:.3f}")


if __name__ == "__main__":
    main()
