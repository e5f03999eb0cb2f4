#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a million rows are searched, and whether rightly: search_scale.py FOLDER [--rows N] [--dim D] [--index FOLDER] [--program diagonal-search-scale]

Makes FOLDER/rows-N-D.fp16 (clustered unit vectors) and queries unless they are there, has the program search them, and compares its
ten best with NumPy's: float32 products of the same float16 rows. Prints seconds of both (the median over the queries, rows in memory) and the
share of NumPy's ten best that were found; rows whose products differ by less than rounding count as equal.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import numpy

BLOCK = 100_000
CLUSTERS = 2_000


def unit(values):
    return values / numpy.linalg.norm(values, axis=1, keepdims=True)


def make(folder, count, dim, queries):
    """Rows around centres that have a direction in common, as a model's embeddings do; queries are near to some rows."""
    random = numpy.random.default_rng(1)
    common = random.standard_normal(dim).astype(numpy.float32)
    centres = unit(random.standard_normal((CLUSTERS, dim)).astype(numpy.float32) + common)
    rows, asked = os.path.join(folder, f"rows-{count}-{dim}.fp16"), os.path.join(folder, f"queries-{dim}.f32")
    if not os.path.exists(rows) or os.path.getsize(rows) != 2 * count * dim:
        with open(rows, "wb") as file:
            for first in range(0, count, BLOCK):
                size = min(BLOCK, count - first)
                noise = random.standard_normal((size, dim)).astype(numpy.float32) / dim**0.5
                unit(centres[random.integers(0, CLUSTERS, size)] + noise).astype(numpy.float16).tofile(file)
    random = numpy.random.default_rng(2)
    noise = random.standard_normal((queries, dim)).astype(numpy.float32) / dim**0.5
    unit(centres[random.integers(0, CLUSTERS, queries)] + noise).tofile(asked)
    return rows, asked


def products(rows, queries):
    """[queries, rows], in blocks, as all rows in float32 may not fit."""
    result = numpy.empty((len(queries), len(rows)), numpy.float32)
    for first in range(0, len(rows), BLOCK):
        result[:, first:first + BLOCK] = queries @ rows[first:first + BLOCK].astype(numpy.float32).T
    return result


def best_of(scores, top):
    best = numpy.argpartition(-scores, top)[:top]
    return best[numpy.argsort(-scores[best], kind="stable")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--index", help="with the approximate index in this folder, which is made where it is not")
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--program", default="build/release/bin/diagonal-search-scale")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    rows, asked = make(options.folder, options.rows, options.dim, options.queries)
    done = subprocess.run([options.program, rows, asked, str(options.dim), str(options.top)] + ([options.index] if options.index else []), check=True, stdout=subprocess.PIPE, text=True)
    ours = [json.loads(line) for line in done.stdout.splitlines()]
    values = numpy.fromfile(rows, numpy.float16).reshape(options.rows, options.dim) if 2 * options.rows * options.dim < 4e9 else numpy.memmap(
        rows, numpy.float16, "r", shape=(options.rows, options.dim))
    queries = numpy.fromfile(asked, numpy.float32).reshape(-1, options.dim)
    found, times = [], []
    # With an index the time of looking at all is not what is asked: the rows are read once for all queries.
    for first in range(0, len(ours), len(ours) if options.index else 1):
        some = queries[first:len(ours)] if options.index else queries[first:first + 1]
        start = time.perf_counter()
        all_scores = products(values, some)
        bests = [best_of(scores, options.top) for scores in all_scores]
        times.append((time.perf_counter() - start) / len(some))
        for best, scores, our in zip(bests, all_scores, ours[first:]):
            found.append(sum(scores[row] >= scores[best[-1]] - 1e-6 for row in set(our["rows"])) / options.top)
    print(f"{options.rows:,} x {options.dim}, {len(ours)} queries")
    print(f"Diagonal  {1000 * statistics.median(one['seconds'] for one in ours):8.1f} ms   recall {statistics.mean(one['recall'] for one in ours):.3f} by itself")
    print(f"NumPy     {1000 * statistics.median(times):8.1f} ms{' a query, all at once' if options.index else ''}")
    print(f"of NumPy's {options.top} best found: {100 * statistics.mean(found):.2f} %")
    return 0 if statistics.mean(found) >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
