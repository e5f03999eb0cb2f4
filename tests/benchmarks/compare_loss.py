#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Contrastive loss, forward and backward, of diagonal-cli and open_clip in turns; and the memory that ours takes for a large batch.

    python tests/benchmarks/compare_loss.py [--batch-size 8192] [--large 32768] [--repeat N] [--rounds N]

Random unit features [batch, 512] in float32. open_clip's side is ClipLoss of open_clip_torch 3.3.0 on torch 2.11.0, in the same number of
threads. Prints JSON; the ratio is that of the median times, open_clip's by ours.
"""
import argparse
import json
import os
import statistics
import sys
import time

from compare_times import run

WIDTH = 512


def open_clip_side(batch_size, repeat, threads):
    import torch
    from open_clip.loss import ClipLoss

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    image, text = (torch.nn.functional.normalize(torch.randn(batch_size, WIDTH)).requires_grad_() for _ in range(2))
    scale = torch.tensor(1 / 0.07).requires_grad_()
    loss = ClipLoss()
    seconds = []
    for repetition in range(repeat + 1):
        start = time.perf_counter()
        loss(image, text, scale).backward()
        if repetition > 0:  # the first one warms up
            seconds.append(time.perf_counter() - start)
        for tensor in (image, text, scale):
            tensor.grad = None
    print(json.dumps({"seconds": seconds}))


def bench(options, batch_size, repeat):
    """What diagonal-cli prints, and the peak resident memory of the process."""
    _, memory, output = run([options.cli, "bench", "--task", "loss", "--batch-size", batch_size, "--repeat", repeat, "--threads",
                             options.threads, "--device", "cpu", "--precision", "fp32", "--quiet"])
    return json.loads(output), memory


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch-size", type=int, default=8192)
    parser.add_argument("--large", type=int, default=32768, help="batch whose memory is measured; 0: none")
    parser.add_argument("--repeat", type=int, default=3, help="in each round, after one to warm up")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--open-clip-side", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open_clip_side:
        return open_clip_side(options.batch_size, options.repeat, options.threads)
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    own_side = [sys.executable, __file__, "--open-clip-side", "--batch-size", options.batch_size, "--repeat", options.repeat, "--threads",
                options.threads]
    seconds, memory = {"open_clip": [], "diagonal": []}, {"open_clip": 0, "diagonal": 0}
    for _ in range(options.rounds):
        _, peak, output = run(own_side)
        seconds["open_clip"] += json.loads(output)["seconds"]
        memory["open_clip"] = max(memory["open_clip"], peak)
        printed, peak = bench(options, options.batch_size, options.repeat)
        seconds["diagonal"] += printed["seconds"]
        memory["diagonal"] = max(memory["diagonal"], peak)
    result = {"batch_size": options.batch_size, "width": WIDTH, "threads": options.threads,
              **{name: {"median": statistics.median(values), "seconds": values, "peak_memory_bytes": memory[name]}
                 for name, values in seconds.items()}}
    result["ratio"] = result["open_clip"]["median"] / result["diagonal"]["median"]
    if options.large:
        printed, peak = bench(options, options.large, 1)
        result["large"] = {"batch_size": options.large, "seconds": printed["seconds"], "peak_memory_bytes": printed["peak_memory_bytes"],
                           "peak_resident_bytes": peak}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
