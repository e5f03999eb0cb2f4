#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The linear probe's sweep over C beside scikit-learn's, on the same features in the same run.

    python tests/benchmarks/compare_probe.py [--rows 50000] [--dim 512] [--classes 100] [--threads 2] [--program build/release/bin/diagonal-evaluation-speed]

Features are clusters with noise and a few strong directions, as those of CLIP models are, of unit length. scikit-learn's LogisticRegression (L-BFGS,
float32, at most 1,000 iterations, each C from zero as people sweep it) is fitted with the very C that ours has tried, with --fits N with N of them (the ratio is then too low). With its default
tolerance, and in float32 with any, it ends before it has converged where C is large, so the accuracies compared are those of one more fit, in float64 by newton-cg with a tolerance of 1e-8, that is not timed. Exit code 1 where
ours is not three times as fast, or its accuracy on the test rows more than 0.2 points away.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path


def features(numpy, rows, dim, classes, seed):
    random = numpy.random.default_rng(seed)
    strength = numpy.exp(-numpy.arange(dim) / (dim / 6)).astype(numpy.float32) + 0.05
    centres = random.normal(size=(classes, dim)).astype(numpy.float32)
    labels = random.integers(0, classes, size=rows)
    x = (0.22 * centres[labels] + random.normal(size=(rows, dim)).astype(numpy.float32)) * strength + 0.8 * strength[::-1]
    return x / numpy.linalg.norm(x, axis=1, keepdims=True), labels


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fits", type=int, help="of scikit-learn, evenly spread (default: all)")
    parser.add_argument("--program", default="build/release/bin/diagonal-evaluation-speed")
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    import numpy as np
    from safetensors.numpy import save_file
    from sklearn.linear_model import LogisticRegression

    x, labels = features(np, options.rows, options.dim, options.classes, 0)
    ends = [0, int(options.rows * 0.6), int(options.rows * 0.8), options.rows]
    parts = {name: (x[a:b], labels[a:b]) for name, a, b in zip(("train", "validation", "test"), ends, ends[1:])}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "features.safetensors"
        save_file({key: value for name, (rows, own) in parts.items()
                   for key, value in ((name, np.ascontiguousarray(rows)), (name + "_labels", own.astype(np.int64)))}, file)
        ours = json.loads(subprocess.run([options.program, "probe", file], check=True, capture_output=True, text=True).stdout)

    warnings.simplefilter("ignore")
    start, tried, fit = time.perf_counter(), [], LogisticRegression(max_iter=1000)
    every = max(1, len(ours["tried"]) // (options.fits or len(ours["tried"])))
    shown = ours["tried"][every // 2::every]
    for one in shown:
        fit.set_params(C=one["c"])
        begin = time.perf_counter()
        fit.fit(*parts["train"])
        tried.append((fit.score(*parts["validation"]), int(fit.n_iter_[0]), time.perf_counter() - begin))
    both = [np.concatenate(pair) for pair in zip(parts["train"], parts["validation"])]
    seconds = time.perf_counter() - start
    last = LogisticRegression(C=ours["c"], solver="newton-cg", tol=1e-8, max_iter=1000).fit(both[0].astype(np.float64), both[1])
    accuracy = last.score(*parts["test"])

    print(f"{'C':>12} {'ours':>8} {'passes':>7} {'sklearn':>8} {'iterations':>10} {'s':>7}")
    for one, (theirs, iterations, took) in zip(shown, tried):
        print(f"{one['c']:12.4g} {100 * one['accuracy']:8.2f} {one['passes']:7} {100 * theirs:8.2f} {iterations:10} {took:7.1f}")
    print(f"sweep: ours {ours['seconds']:.1f} s, scikit-learn {seconds:.1f} s, ratio {seconds / ours['seconds']:.1f}; "
          f"test accuracy at C {ours['c']:.4g}: ours {100 * ours['accuracy']:.2f}, scikit-learn {100 * accuracy:.2f} after {int(last.n_iter_[0])} iterations")
    sys.exit(0 if seconds > 3 * ours["seconds"] and abs(accuracy - ours["accuracy"]) <= 0.002 else 1)


if __name__ == "__main__":
    main()
