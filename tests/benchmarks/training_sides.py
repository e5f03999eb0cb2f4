# SPDX-License-Identifier: Apache-2.0
"""Runs diagonal-cli and open_clip_training.py on the same data with the same options, each in a process of its own.

Options are a dictionary: architecture (a preset's name), data (a folder of Flickr8k), steps, warmup, batch_size, lr, wd, precision (fp32 or
bf16), threads, workers, seed, augment.
"""
import json
import shutil
import sys
import tempfile
from pathlib import Path

from compare_times import run

HERE = Path(__file__).resolve().parent
PRESETS = HERE.parent.parent / "resources" / "architectures"
VALIDATION_IMAGES = 16  # diagonal-cli validates at the end of a run; nothing is measured there


def small_split(folder, scratch):
    """A folder like Flickr8k's, with fewer images to validate on."""
    target = Path(scratch) / "flickr8k"
    target.mkdir()
    (target / "images").symlink_to((folder / "images").resolve())
    for name in ("Flickr8k.token.txt", "Flickr_8k.trainImages.txt"):
        shutil.copy(folder / name, target / name)
    for split in ("dev", "test"):
        names = (folder / f"Flickr_8k.{split}Images.txt").read_text("utf-8").split()[:VALIDATION_IMAGES]
        (target / f"Flickr_8k.{split}Images.txt").write_text("\n".join(names) + "\n", "utf-8")
    return target


def run_open_clip(options):
    """Rows of the steps (step, loss, data_time, batch_time) and the peak resident memory in bytes."""
    with tempfile.TemporaryDirectory(prefix="theirs-") as scratch:
        file = Path(scratch) / "options.json"
        file.write_text(json.dumps({**options, "architecture": str(PRESETS / f"{options['architecture']}.json")}))
        _, memory, output = run([sys.executable, HERE / "open_clip_training.py", file])
    return [json.loads(line) for line in output.splitlines()], memory


def check_same_model(options, model):
    """Stops where the model that was trained is not the preset with CLIP's vocabulary."""
    ours = json.loads((model / "open_clip_config.json").read_text())["model_cfg"]
    preset = json.loads((PRESETS / f"{options['architecture']}.json").read_text())
    preset["text_cfg"]["vocab_size"] = 49408
    for part, wanted in preset.items():
        found = ours[part] if not isinstance(wanted, dict) else {key: ours[part].get(key) for key in wanted}
        if found != wanted:
            sys.exit(f"the models differ: {part} is {found}, not {wanted}")


def run_diagonal(cli, options):
    """As run_open_clip."""
    given = {
        "train_data": str(options["data"]), "model": options["architecture"], "tokenizer": "clip", "loss": "contrastive",
        "beta1": 0.9, "beta2": 0.98, "eps": 1e-6, "grad_clip": 0.0, "spike_factor": 0.0,
        "augment": options["augment"], "crop_scale": 0.9, "flip": 0.0,  # what open_clip does to training pictures
        "validate_every": 10**6, "save_every": 10**6, "keep_checkpoints": 1, "device": "cpu",
    }
    given.update({key: options[key] for key in ("steps", "warmup", "batch_size", "lr", "wd", "precision", "threads", "workers", "seed")})
    with tempfile.TemporaryDirectory(prefix="ours-") as scratch:
        folder = Path(scratch) / "run"
        (Path(scratch) / "options.json").write_text(json.dumps(given))
        _, memory, _ = run([cli, "train", "--config", Path(scratch) / "options.json", "--out", folder, "--quiet"])
        check_same_model(options, folder / "model")
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    rows = [{"step": line["step"], **{key: line[f"train/{key}"] for key in ("loss", "data_time", "batch_time")}}
            for line in lines if "train/loss" in line]
    return rows, memory


def add_options(parser):
    parser.add_argument("--data", type=Path, required=True, help="a folder of Flickr8k: images/, Flickr8k.token.txt, split files")
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="write the JSON here too")
    parser.add_argument("--reference-only", action="store_true", help="only see that the reference's side works")


def write_result(options, result):
    text = json.dumps(result, indent=2)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", "utf-8")
