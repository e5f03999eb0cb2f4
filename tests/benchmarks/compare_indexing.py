#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A library of photographs made by `diagonal-cli index` against a script with open_clip and Pillow, in turns in one run on the same
threads; then a run over the unchanged files.

    python tests/benchmarks/compare_indexing.py --images FOLDER [--count 1000] [--model ViT-B-32] [--rounds 3] [--threads 2]

Whole processes are timed, start and loading included; open_clip with the best of 0, 1 and 2 loader processes. The library's rows are
compared with open_clip's embeddings: fails where a cosine is below 0.999. Weights are random (seed 0). Run with the reference's Python:
open_clip_torch 3.3.0, torch 2.11.0."""
import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import compare_labelling

ROOT = Path(__file__).resolve().parents[2]


def embed_with_open_clip(given):
    """Child process: what a script of a page would do."""
    import numpy
    import open_clip
    import torch
    from PIL import Image

    torch.set_num_threads(given["threads"])
    model, _, transform = open_clip.create_model_and_transforms("local-dir:" + given["model"])
    model.eval()
    files = sorted(os.path.join(given["images"], name) for name in os.listdir(given["images"]))

    class Files(torch.utils.data.Dataset):
        def __len__(self):
            return len(files)

        def __getitem__(self, i):
            return transform(Image.open(files[i]).convert("RGB"))

    rows = []
    with torch.inference_mode():
        for images in torch.utils.data.DataLoader(Files(), batch_size=32, num_workers=given["workers"]):
            rows.append(model.encode_image(images, normalize=True).numpy())
    numpy.save(given["out"], numpy.concatenate(rows))


def rows_of(library, dim):
    """Embeddings by the names of files."""
    import numpy

    database = sqlite3.connect(f"file:{library}/library.db?mode=ro", uri=True)
    number = database.execute("SELECT value FROM settings WHERE name = 'row_file'").fetchone()[0]
    rows = numpy.memmap(library / f"rows-{number}.fp16", "float16").reshape(-1, dim)
    return {name.decode(): rows[row].astype("float32") for name, row in database.execute("SELECT name, row FROM files WHERE rows = 1")}


def main():
    if sys.argv[1] == "--child":
        embed_with_open_clip(json.loads(Path(sys.argv[2]).read_text()))
        return
    import numpy

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--model", default="ViT-B-32")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cli", default=str(ROOT / "build/release/bin/diagonal-cli"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        model, pictures, few = scratch / "model", scratch / "pictures", scratch / "few"
        for place in (model, pictures, few):
            place.mkdir()
        compare_labelling.make_model(options.model, model)
        files = sorted(file for file in Path(options.images).iterdir() if file.suffix == ".jpg")[: options.count]
        for i, file in enumerate(files):
            shutil.copy2(file, pictures)
            if i < len(files) // 4:
                shutil.copy2(file, few)
        time.sleep(3)  # what was written just now is looked at again

        def timed(command):
            start = time.perf_counter()
            subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return time.perf_counter() - start

        def theirs(images, workers):
            given = scratch / "given.json"
            given.write_text(json.dumps({"model": str(model), "images": str(images), "workers": workers, "threads": options.threads,
                                         "out": str(scratch / "theirs.npy")}))
            return timed([sys.executable, __file__, "--child", given])

        library = scratch / "library"

        def ours():
            shutil.rmtree(library, ignore_errors=True)
            return timed([options.cli, "index", library, "add", pictures, "--model", model, "--precision", "fp32", "--threads",
                          options.threads])

        trials = {workers: theirs(few, workers) for workers in (0, 1, 2)}
        workers = min(trials, key=trials.get)
        print(f"open_clip, {len(files) // 4} images, seconds by loader processes: {trials}", flush=True)
        seconds = [(ours(), theirs(pictures, workers)) for _ in range(options.rounds)]
        mine, other = (statistics.median(side) for side in zip(*seconds))
        print(f"{len(files)} images, {options.model}, fp32: index {mine:.1f} s, open_clip {other:.1f} s, ratio {other / mine:.2f}")
        again = [timed([options.cli, "index", library, "refresh"]) for _ in range(5)]
        print(f"unchanged: {statistics.median(again):.2f} s")
        expected = numpy.load(scratch / "theirs.npy")
        rows = rows_of(library, expected.shape[1])
        cosines = [float(rows[file.name] @ row / numpy.linalg.norm(rows[file.name])) for file, row in zip(files, expected)]
        print(f"least cosine of a row with open_clip's: {min(cosines):.6f}")
        if len(rows) != len(files) or min(cosines) < 0.999:
            sys.exit("the library differs")


if __name__ == "__main__":
    main()
