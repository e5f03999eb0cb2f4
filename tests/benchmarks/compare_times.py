#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times of diagonal-cli and open_clip on ViT-L/14 with random weights: whole processes, in turns, files in the page cache.

    DIAGONAL_REFERENCE_PYTHON=... python tests/benchmarks/compare_times.py [load] [practice] [--photo FILE] [--repeat N]

load      process start until the first text is embedded and written: from safetensors (1.7 GB, fp32), from OpenAI's archive (fp16) and
          from a state dict (fp32). Peak resident memory is that of the process as the kernel counts it (mapped pages too).
practice  process start, a JPEG of 12 megapixels, nine phrases, nine probabilities; these are compared as well.

Run with the reference's Python. Fails when a target is missed: a fifth of open_clip's time from safetensors and in the practice,
half of it from archives, memory below 1.15 times the safetensors file, probabilities equal to 1e-4.
"""
import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "parity"))
LABELS = ["a dog", "a cat", "two people on a bicycle", "a red car", "a mountain lake", "food on a table", "a crowd in a city",
          "a child at the beach", "a diagram"]


def elsewhere(function, *arguments):
    """In a process of its own: a child's peak memory counts what its parent held when it started, so this one stays small."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit("the models or the picture could not be made")


def run(command):
    """Seconds, peak resident bytes and stdout of a process."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{command[0]} failed")
        output.seek(0)
        return seconds, usage.ru_maxrss * 1024, output.read().decode()


def in_turns(ours, theirs, repeat):
    """Each once for the page cache, then both in turns. Returns a list of runs for each."""
    outputs = run(ours), run(theirs)
    del outputs
    runs = [], []
    for _ in range(repeat):
        for commands, results in zip((ours, theirs), runs):
            results.append(run(commands))
    return runs


def report(name, ours, theirs, limit, size=None):
    def figures(runs):
        seconds = [result[0] for result in runs]
        return min(seconds), statistics.median(seconds), max(result[1] for result in runs)

    a, b = figures(ours), figures(theirs)
    ratio = a[1] / b[1]
    line = f"{name}: ours {a[0]:.3f} s (median {a[1]:.3f}), open_clip {b[0]:.3f} s (median {b[1]:.3f}), ratio {ratio:.3f} (at most {limit:g})"
    line += f"; peak memory {a[2] / 1e6:.0f} MB and {b[2] / 1e6:.0f} MB"
    good = ratio <= limit
    if size:
        line += f", {a[2] / size:.2f} and {b[2] / size:.2f} times the file"
    print(line + ("" if good else "   MISSED"), flush=True)
    return good, a[2]


def make_models(scratch, wanted):
    import full_size_models as models
    import open_clip
    import torch

    torch.manual_seed(1)
    folder = scratch / "vit-l-14"
    folder.mkdir()
    models.make_open_clip("ViT-L-14", folder)
    if "load" in wanted:
        config = open_clip.get_model_config("ViT-L-14-quickgelu")
        model = models.lively(models.Multimodal(config), None)
        state = {key: value for key, value in model.state_dict().items() if key not in ("input_resolution", "context_length", "vocab_size")}
        torch.save(state, scratch / "state-quickgelu.pt")
        models.write_openai(model, archive=scratch / "archive.pt")


def load_times(options, scratch, folder):
    text = "a photo of a dog"
    (scratch / "text.txt").write_text(text + "\n", "utf-8")
    good = True
    weights = folder / "open_clip_model.safetensors"
    for name, path, file, limit in (("load, safetensors fp32", folder, weights, 0.2),
                                    ("load, OpenAI archive fp16", scratch / "archive.pt", scratch / "archive.pt", 0.5),
                                    ("load, state dict fp32", scratch / "state-quickgelu.pt", scratch / "state-quickgelu.pt", 0.5)):
        ours = [options.cli, "embed", "--model", path, "--texts", scratch / "text.txt", "--out", scratch / "ours.npy", "--quiet"]
        theirs = [sys.executable, HERE / "open_clip_side.py", "embed", path, text, scratch / "theirs.npy"]
        if options.reference_only:
            ours = theirs
        runs = in_turns(ours, theirs, options.repeat)
        reached, memory = report(name, *runs, limit, file.stat().st_size)
        good &= reached
        if file == weights and memory >= 1.15 * file.stat().st_size:
            print("  memory: at most 1.15 times the file   MISSED")
            good = False
        if not options.reference_only:
            import numpy
            difference = numpy.abs(numpy.load(scratch / "ours.npy") - numpy.load(scratch / "theirs.npy")).max()
            print(f"  largest difference of the embedding: {difference:.1e}")
            good &= bool(difference < 1e-4)
    return good


def make_photo(source, path):
    import numpy
    from PIL import Image

    if source:
        photo = Image.open(source).convert("RGB").resize((4000, 3000), Image.Resampling.LANCZOS)
    else:
        y, x = numpy.mgrid[0:3000, 0:4000]
        waves = [127 + 90 * numpy.sin(x / (97 + 60 * i) + i) + 30 * numpy.cos(y / (53 - 9 * i)) for i in range(3)]
        photo = Image.fromarray(numpy.clip(numpy.stack(waves, -1), 0, 255).astype(numpy.uint8))
    grain = numpy.random.default_rng(1).normal(0, 6, (3000, 4000, 1))  # a camera's: smooth pictures decode faster than real ones
    photo = Image.fromarray(numpy.clip(numpy.asarray(photo) + grain, 0, 255).astype(numpy.uint8))
    photo.save(path, quality=90)


def practice(options, scratch, folder):
    elsewhere(make_photo, options.photo, scratch / "photo.jpg")
    print(f"a JPEG of 4000 x 3000 pixels, {(scratch / 'photo.jpg').stat().st_size / 1e6:.1f} MB")
    labels = [part for label in LABELS for part in ("--label", label)]
    theirs = [sys.executable, HERE / "open_clip_side.py", "label", folder, scratch / "photo.jpg", *LABELS]
    ours = [options.cli, "label", "--model", folder, *labels, "--format", "json", "--top", len(LABELS), "--quiet", scratch / "photo.jpg"]
    if options.reference_only:
        ours = theirs
    runs = in_turns(ours, theirs, options.repeat)
    good, _ = report("practice", *runs, 0.2)
    if options.reference_only:
        return good
    scores = json.loads(runs[0][0][2])["results"][0]["scores"]
    ours_by_label = {score["label"]: score["probability"] for score in scores}
    expected = dict(zip(LABELS, json.loads(runs[1][0][2])))
    difference = max(abs(ours_by_label[label] - expected[label]) for label in LABELS)
    print(f"  largest difference of a probability: {difference:.1e} (the largest is {max(expected.values()):.3f})")
    return good and difference < 1e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="load|practice")
    parser.add_argument("--photo", help="a photograph, scaled to 4000 x 3000; else a drawing")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--scratch", help="where the models are written: 5 GB")
    parser.add_argument("--reference-only", action="store_true", help="only see that the reference's side works")
    options = parser.parse_args()
    options.parts = options.parts or ["load", "practice"]
    if set(options.parts) - {"load", "practice"}:
        parser.error("the parts are load and practice")
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory(prefix="times-", dir=options.scratch) as scratch:
        scratch = Path(scratch)
        elsewhere(make_models, scratch, options.parts)
        folder = scratch / "vit-l-14"
        good = True
        if "load" in options.parts:
            good &= load_times(options, scratch, folder)
        if "practice" in options.parts:
            good &= practice(options, scratch, folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
