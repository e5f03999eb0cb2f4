#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has CLIP_benchmark's `build` make its table of what `diagonal-cli eval` writes, and looks what is in it.

    python tests/parity/check_clip_benchmark.py [--model demo] [--data scenes:count=200,seed=9,split=test] [--cli build/release/bin/diagonal-cli]

Needs clip-benchmark from PyPI with what it imports (torch, torchvision, open_clip_torch, scikit-learn, webdataset, requests, pycocoevalcap; run with 1.6.2). Exit code 1 where a result is missing or its figures are not those of our files.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="demo")
    parser.add_argument("--data", default="scenes:count=200,seed=9,split=test")
    parser.add_argument("--task", default="zero-shot,retrieval,linear-probe,few-shot")
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "eval"
        subprocess.run([options.cli, "eval", "--model", options.model, "--data", options.data, "--task", options.task, "--quiet", "--out", f"{folder}/"],
                       check=True)
        files = sorted(folder.glob("*.json"))
        table = Path(name) / "benchmark.csv"
        subprocess.run([sys.executable, "-m", "clip_benchmark.cli", "build", *files, "--output", table], check=True)
        rows = pd.read_csv(table)
        wrong = len(rows) != len(files)
        for (_, row), file in zip(rows.iterrows(), files):
            document = json.loads(file.read_text())
            for key, value in document["metrics"].items():
                wrong |= value is not None and abs(row[key] - value) > 1e-12
            wrong |= row["task"] != document["task"] or row["model_fullname"] != document["model"] + " " + document["pretrained"]
        print(rows[["dataset", "model_fullname", "task"] + [key for key in ("acc1", "lp_acc1", "fewshot_k", "image_retrieval_recall@5") if key in rows]])
    print("differs" if wrong else f"{len(files)} results read")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
