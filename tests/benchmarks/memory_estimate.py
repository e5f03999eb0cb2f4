#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `train --dry-run` says a run needs, beside what the process took at its peak (getrusage), over a matrix of
options. Each run is a process of its own: a few steps on generated scenes.

  tests/benchmarks/memory_estimate.py [--cli build/release/bin/diagonal-cli] [--steps 3] [--only TEXT]
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

VIT = {"embed_dim": 256,
       "vision_cfg": {"image_size": 128, "layers": 8, "width": 384, "head_width": 64, "patch_size": 16},
       "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 256, "heads": 4, "layers": 6}}
RESNET = {"embed_dim": 256,
          "vision_cfg": {"image_size": 128, "layers": [2, 2, 4, 2], "width": 32, "head_width": 64},
          "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 256, "heads": 4, "layers": 4}}
MODELS = {"vit": VIT, "resnet": RESNET}
CASES = [
    ("vit, batch 128", "vit", ["--batch-size", "128"]),
    ("vit, batch 512", "vit", ["--batch-size", "512"]),
    ("vit, batch 512, checkpointing", "vit", ["--batch-size", "512", "--grad-checkpointing"]),
    ("vit, batch 512 by 64", "vit", ["--batch-size", "512", "--micro-batch", "64"]),
    ("vit, batch 256, half the patches", "vit", ["--batch-size", "256", "--patch-dropout", "0.5"]),
    ("vit, batch 256, bf16", "vit", ["--batch-size", "256", "--precision", "bf16"]),
    ("vit, batch 256, image tower locked", "vit", ["--batch-size", "256", "--lock-image"]),
    ("vit, batch 256, average", "vit", ["--batch-size", "256", "--ema-decay", "0.999"]),
    ("vit, batch 128 by 32, bf16 moments and text", "vit", ["--batch-size", "128", "--micro-batch", "32",
                                                           "--adam-states", "bf16", "--text-storage", "bf16"]),
    ("vit, batch 512 by 64, all", "vit", ["--batch-size", "512", "--micro-batch", "64", "--grad-checkpointing",
                                          "--adam-states", "bf16", "--text-storage", "bf16", "--precision", "bf16"]),
    ("resnet, batch 128", "resnet", ["--batch-size", "128"]),
    ("resnet, batch 128, checkpointing", "resnet", ["--batch-size", "128", "--grad-checkpointing"]),
    ("ViT-B-32, batch 32", "ViT-B-32", ["--batch-size", "32"]),
    ("ViT-B-32, batch 32, bf16 moments and text", "ViT-B-32", ["--batch-size", "32", "--adam-states", "bf16",
                                                              "--text-storage", "bf16"]),
    ("ViT-B-32, batch 64, checkpointing", "ViT-B-32", ["--batch-size", "64", "--grad-checkpointing"]),
]


def run(command):
    """Standard output, and the peak of resident memory in bytes."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            sys.exit(" ".join(command) + "\n" + errors.read().decode())
        return out.read().decode(), usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    worst = 0
    print("| run | estimated | measured | off by |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, config in MODELS.items():
            (root / f"{name}.json").write_text(json.dumps(config))
        for number, (name, model, options) in enumerate(CASES):
            if arguments.only not in name:
                continue
            path = str(root / f"{model}.json") if model in MODELS else model
            size = 224 if model not in MODELS else 128
            common = [arguments.cli, "train", "--train-data", f"scenes:count=1024,seed=1,size={size}", "--val-data",
                      f"scenes:count=64,split=validation,size={size}", "--model", path, "--tokenizer", "clip",
                      "--steps", str(arguments.steps), "--warmup", "1", "--validate-every", "1000", "--device", "cpu",
                      "--threads", str(arguments.threads), "--out", str(root / f"run-{number}"), *options]
            estimate = json.loads(run(common + ["--dry-run", "--format", "json"])[0])["device_bytes"]
            measured = run(common)[1]
            off = estimate / measured - 1
            worst = max(worst, abs(off))
            print(f"| {name} | {estimate / 1e6:.0f} MB | {measured / 1e6:.0f} MB | {100 * off:+.0f} % |", flush=True)
            subprocess.run(["rm", "-rf", str(root / f"run-{number}")], check=True)
    print(f"\nworst: {100 * worst:.0f} %")


if __name__ == "__main__":
    main()
