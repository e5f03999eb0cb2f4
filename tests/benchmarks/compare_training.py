#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training speed of diagonal-cli and open_clip: real captions, files decoded as training goes, in turns on the same threads.

    python tests/benchmarks/compare_training.py --data FLICKR8K [--models ViT-B-32 small] [--precisions fp32 bf16] [--steps N] [--rounds N]

A sample is an image with its caption: decoded, cropped at random as open_clip does (90 to 100 % of the area), tokenized by CLIP's BPE,
encoded, its gradient applied. Time of a step is the time from one step's end to the next one's, waiting for data included; the first
steps of a process are left out. open_clip runs with 0, 1 and 2 loader processes first, and competes with the best of these;
diagonal-cli runs with its default of 2 loader threads. Both compute in --threads threads. Needs open_clip_torch 3.3.0 and torch 2.11.0.
"""
import argparse
import os
import statistics
import sys
import tempfile

import training_sides as sides


def side(runs, left_out, batch_size):
    rows = [row for rows, _ in runs for row in rows[left_out:]]
    seconds = [row["batch_time"] for row in rows]
    return {
        "samples_per_second": batch_size / statistics.median(seconds),
        "seconds_per_step": statistics.median(seconds),
        "seconds": [round(value, 4) for value in seconds],
        "waiting_for_data": statistics.median(row["data_time"] for row in rows),
        "peak_memory_bytes": max(memory for _, memory in runs),
    }


def best_workers(given, left_out, counts):
    """The loader processes with which open_clip's median step is shortest."""
    medians = {}
    for count in counts:
        rows, _ = sides.run_open_clip({**given, "workers": count})
        medians[count] = statistics.median(row["batch_time"] for row in rows[left_out:])
        print(f"  open_clip, {count} loader processes: {medians[count]:.3f} s a step", file=sys.stderr, flush=True)
    return min(medians, key=medians.get)


def compare(options, data, model, precision):
    print(f"{model}, {precision}, batches of {options.batch_size}", file=sys.stderr, flush=True)
    left_out = options.left_out
    given = {"architecture": model, "data": str(data), "steps": options.steps + left_out, "warmup": 2, "batch_size": options.batch_size,
             "lr": 1e-4, "wd": 0.2, "precision": precision, "threads": options.threads, "workers": 2, "seed": 1, "augment": True}
    workers = best_workers(given, left_out, options.loader_processes)
    theirs, ours = [], []
    for _ in range(options.rounds):
        theirs.append(sides.run_open_clip({**given, "workers": workers}))
        if not options.reference_only:
            ours.append(sides.run_diagonal(options.cli, given))
    result = {"model": model, "precision": precision, "batch_size": options.batch_size, "threads": options.threads,
              "open_clip": {"loader_processes": workers, **side(theirs, left_out, options.batch_size)}}
    if ours:
        result["diagonal"] = side(ours, left_out, options.batch_size)
        result["ratio"] = result["diagonal"]["samples_per_second"] / result["open_clip"]["samples_per_second"]
        print(f"  diagonal {result['diagonal']['samples_per_second']:.2f}, open_clip {result['open_clip']['samples_per_second']:.2f} "
              f"samples a second, ratio {result['ratio']:.2f}", file=sys.stderr, flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sides.add_options(parser)
    parser.add_argument("--models", nargs="+", default=["ViT-B-32", "small"])
    parser.add_argument("--precisions", nargs="+", default=["fp32", "bf16"], choices=["fp32", "bf16"])
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--steps", type=int, default=6, help="that count, in each round")
    parser.add_argument("--left-out", type=int, default=2, help="first steps of a process that do not count")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loader-processes", type=int, nargs="+", default=[0, 1, 2], help="of open_clip; the best one is taken")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    with tempfile.TemporaryDirectory(prefix="training-") as scratch:
        data = sides.small_split(options.data, scratch)
        results = [compare(options, data, model, precision) for model in options.models for precision in options.precisions]
    sides.write_result(options, results)


if __name__ == "__main__":
    main()
