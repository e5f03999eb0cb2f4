#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Loss curves of diagonal-cli and open_clip from scratch on Flickr8k: same architecture, options and tokenizer, several seeds on each side.

    python tests/benchmarks/compare_curves.py --data FLICKR8K [--model tiny] [--steps N] [--batch-size N] [--seeds 1 2 3] [--plot FILE.png]

Pictures are resized and cropped at the centre, captions taken in turns from a random one on. Seeds mean different weights, orders and
captions on the two sides, so curves agree in distribution only. The training loss is averaged over windows of steps. In each window the
difference of the two means over the seeds must be at most three standard errors: the window's own, from the seeds of both sides, or the
root mean square of those of all windows where that is larger (three seeds alone tell a standard error badly). Exit code 1 where a
window is outside. Needs open_clip_torch 3.3.0 and torch 2.11.0; the plot needs matplotlib.
"""
import argparse
import math
import os
import statistics
import sys
import tempfile

import training_sides as sides


def windows_of(rows, size):
    losses = [row["loss"] for row in rows]
    return [statistics.fmean(losses[at:at + size]) for at in range(0, len(losses) - size + 1, size)]


def judge(theirs, ours, size):
    """One entry a window. theirs, ours: a list of window means for each seed."""
    entries = []
    for number, (a, b) in enumerate(zip(zip(*theirs), zip(*ours))):
        error = math.sqrt(statistics.variance(a) / len(a) + statistics.variance(b) / len(b))
        entries.append({"first_step": number * size + 1, "last_step": (number + 1) * size, "open_clip": statistics.fmean(a),
                        "diagonal": statistics.fmean(b), "difference": statistics.fmean(b) - statistics.fmean(a), "standard_error": error,
                        "within_seeds_of_open_clip": min(a) <= statistics.fmean(b) <= max(a)})
    pooled = math.sqrt(statistics.fmean(entry["standard_error"] ** 2 for entry in entries))
    for entry in entries:
        entry["allowed"] = 3 * max(entry["standard_error"], pooled)
        entry["holds"] = abs(entry["difference"]) <= entry["allowed"]
    return entries


def plot(file, curves, size):
    try:
        import matplotlib
    except ImportError:
        print("matplotlib is not there: no plot", file=sys.stderr)
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for (name, seeds), colour in zip(curves.items(), ("#0072B2", "#C94F00")):
        steps = [(number + 0.5) * size for number in range(len(seeds[0]))]
        for seed in seeds:
            axes.plot(steps, seed, color=colour, alpha=0.3, linewidth=1)
        axes.plot(steps, [statistics.fmean(window) for window in zip(*seeds)], color=colour, label=name)
    axes.set(xlabel="step", ylabel=f"training loss, mean of {size} steps")
    axes.legend()
    figure.savefig(file, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sides.add_options(parser)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=5e-4)
    parser.add_argument("--warmup", type=int, default=30)
    parser.add_argument("--wd", type=float, default=0.2)
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--window", type=int, default=25, help="steps")
    parser.add_argument("--plot", help="write a picture of the curves")
    options = parser.parse_args()
    if len(options.seeds) < 2 or options.steps < options.window:
        parser.error("two seeds and one window are the least")
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    curves = {"open_clip": [], "diagonal": []}
    with tempfile.TemporaryDirectory(prefix="curves-") as scratch:
        data = sides.small_split(options.data, scratch)
        for seed in options.seeds:
            given = {"architecture": options.model, "data": str(data), "augment": False, "seed": seed, "workers": 0,
                     **{key: getattr(options, key) for key in ("steps", "warmup", "batch_size", "lr", "wd", "precision", "threads")}}
            runs = {"open_clip": lambda: sides.run_open_clip(given), "diagonal": lambda: sides.run_diagonal(options.cli, {**given, "workers": 2})}
            for name, start in runs.items():
                if name == "diagonal" and options.reference_only:
                    continue
                rows, _ = start()
                curves[name].append(windows_of(rows, options.window))
                print(f"{name}, seed {seed}: last window {curves[name][-1][-1]:.4f}", file=sys.stderr, flush=True)
    if options.reference_only:
        return
    entries = judge(curves["open_clip"], curves["diagonal"], options.window)
    holds = all(entry["holds"] for entry in entries)
    if options.plot:
        plot(options.plot, curves, options.window)
    sides.write_result(options, {
        "model": options.model, "steps": options.steps, "batch_size": options.batch_size, "seeds": options.seeds,
        "chance": math.log(options.batch_size), "windows": entries, "curves": curves, "holds": holds})
    print("the curves agree" if holds else "the curves differ", file=sys.stderr)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
