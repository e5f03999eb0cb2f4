#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares diagonal-cli with open_clip and transformers on model folders whose configurations, tokenizers and weights are mutated at
random: the same embeddings, or both refuse, or Diagonal alone refuses and says why. Wrong is a folder from which both compute and get
other numbers, and one that Diagonal alone reads unless its reason is listed.

    python tests/parity/compare_folders.py [--count 500] [--seed 1] [--cli build/release/bin/diagonal-cli] [--keep FOLDER]

The folders are the small golden models of data/families, their mutations follow from the seed alone.
"""
import argparse
import collections
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import full_size_models as models
import numpy as np
import torch
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file

FAMILIES = Path(__file__).parent / "data" / "families"
BASES = ["open_clip-vit", "open_clip-vit-quickgelu", "open_clip-resnet", "hf-clip", "hf-clip-sharded", "hf-siglip"]
TEXTS = ["a photo of a dog", "Two  RED circles!", "<cat-toy> it's 3", ""]
SHAPES = [(40, 28), (16, 16), (23, 61)]
TOLERANCE = 2e-4
VALUES = [None, True, False, 0, 1, 2, 3, 7, -1, 1e-5, 0.5, 1e9, "", "gelu", "quick_gelu", "x", [], [1, 2, 3], {}, {"a": 1}]
UNKNOWN = ["dropout_rate", "use_swiglu", "patch_norm", "rope_theta"]
PICTURES = {"do_center_crop": [False, None, True], "do_pad": [True], "resample": [None, 0], "use_square_size": [True], "crop_size": [8],
            "size": [{"shortest_edge": 16, "longest_edge": 20}, {"height": 16, "width": 16}, 16], "default_to_square": [True]}
SETTINGS = {"additional_special_tokens": [["<cat-toy>"], []], "extra_special_tokens": [{"toy": "<cat-toy>"}], "bos_token": ["!"],
            "eos_token": ["!", "<|endoftext|>", "</s>"], "truncation_side": ["left"], "padding_side": ["left", "right"],
            "do_lower_case": [False, True]}


def places(value, path=()):
    """Paths of all members of a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))


def at(root, path):
    for key in path:
        root = root[key]
    return root


def mutate_json(path, rng, what):
    try:
        root = json.loads(path.read_text())
    except ValueError:
        return f"{path.name} is cut already"
    choices = [one for one in places(root) if "vocab" not in one]
    if not choices:
        return "nothing"
    place = rng.choice(choices)
    parent, key = at(root, place[:-1]), place[-1]
    action = rng.choice(["delete", "value", "value", "number", "number", "unknown"])
    if action == "delete":
        del parent[key]
    elif action == "unknown":
        key = rng.choice(UNKNOWN)
        parent[key] = rng.choice([None, False, True, 0.5])
    elif action == "number" and isinstance(parent[key], (int, float)) and not isinstance(parent[key], bool):
        parent[key] = rng.choice([parent[key] * 2, parent[key] + 1, -parent[key], parent[key] / 2])
    else:
        parent[key] = copy.deepcopy(rng.choice(VALUES))
    path.write_text(json.dumps(root))
    return f"{what} {'.'.join(map(str, place[:-1]))} {action} {key} = {json.dumps(parent.get(key, '(gone)'))[:60]}"


def set_one(path, rng, words):
    root = json.loads(path.read_text()) if path.exists() else {}
    key = rng.choice(sorted(words))
    root[key] = copy.deepcopy(rng.choice(words[key]))
    path.write_text(json.dumps(root))
    return f"{path.name} {key} = {json.dumps(root[key])}"


def mutate_tokenizer(folder, rng):
    if rng.random() < 0.3:
        return set_one(folder / "tokenizer_config.json", rng, SETTINGS)
    files = [folder / name for name in ("vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json") if (folder / name).exists()]
    if not files:
        return "nothing"
    file = rng.choice(files)
    action = rng.choice(["delete", "cut", "json", "added"])
    if action == "delete":
        file.unlink()
    elif action == "cut":
        data = file.read_bytes()
        file.write_bytes(data[: rng.randrange(len(data) or 1)])
    elif action == "json" and file.suffix == ".json":
        return mutate_json(file, rng, file.name)
    else:
        (folder / "added_tokens.json").write_text(json.dumps({"<cat-toy>": rng.choice([3, 519, 520, -1])}))
    return f"{file.name} {action}"


def mutate_weights(folder, rng):
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        return "nothing"
    file = rng.choice(files)
    tensors = load_file(file)
    action = rng.choice(["prefix", "drop", "extra", "half", "shape", "rename file"])
    name = rng.choice(sorted(tensors))
    if action == "prefix":
        tensors = {rng.choice(["module.", "model."]) + key: value for key, value in tensors.items()}
    elif action == "drop":
        del tensors[name]
    elif action == "extra":
        tensors["visual.extra"] = torch.zeros(3)
    elif action == "half":
        tensors = {key: value.half() for key, value in tensors.items()}
    elif action == "shape":
        tensors[name] = torch.cat([tensors[name].flatten(), torch.zeros(1)])
    else:
        file.rename(file.with_name(rng.choice(["model.safetensors", "weights.safetensors", "pytorch_model.safetensors"])))
        return action
    save_file(tensors, file, {"format": "pt"})
    return f"{action} {name}"


def mutate(folder, rng):
    def one():
        config = next(folder / name for name in ("open_clip_config.json", "config.json") if (folder / name).exists())
        kind = rng.random()
        if kind < 0.55:
            return mutate_json(config, rng, config.name)
        if kind < 0.7 and (folder / "preprocessor_config.json").exists():
            file = folder / "preprocessor_config.json"
            return set_one(file, rng, PICTURES) if rng.random() < 0.3 else mutate_json(file, rng, "preprocessor")
        return mutate_tokenizer(folder, rng) if kind < 0.87 else mutate_weights(folder, rng)
    return [one() for _ in range(rng.choice([1, 1, 1, 2]))]


def reference(folder, pictures):
    """Image and text features, each an array or the words of a refusal."""
    def attempt(work):
        try:
            return work()
        except Exception as error:  # whatever the reference says
            return f"{type(error).__name__}: {str(error)[:150]}"
    if (folder / "open_clip_config.json").exists():
        loaded = attempt(lambda: models.load_open_clip(folder))
    else:
        loaded = attempt(lambda: WithoutTokenizer(folder))
    if isinstance(loaded, str):
        return loaded, loaded
    images = attempt(lambda: loaded.encode_images(pictures))
    return images, attempt(lambda: loaded.encode_texts(TEXTS))


class WithoutTokenizer(models.HuggingFace):
    """Reads the tokenizer with the first text."""

    def __init__(self, folder):
        self.folder = folder
        self.model, info = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
        # transformers draws what is missing at random, which nobody may take for a model.
        if info["missing_keys"] or info["mismatched_keys"]:
            raise ValueError("missing: " + str(sorted(map(str, info["missing_keys"]))[:2]))
        self.model.eval()
        self.siglip = self.model.config.model_type == "siglip"
        name = "SiglipImageProcessorPil" if self.siglip else "CLIPImageProcessorPil"
        self.processor = getattr(transformers, name).from_pretrained(folder)

    def encode_texts(self, texts):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(self.folder)
        length = self.model.config.text_config.max_position_embeddings
        options = {"padding": "max_length", "max_length": length} if self.siglip else {"padding": True, "max_length": length}
        batch = self.tokenizer(texts, truncation=True, return_tensors="pt", **options)
        with torch.no_grad():
            mask = {} if self.siglip else {"attention_mask": batch.attention_mask}
            return models.unit(self.model.get_text_features(input_ids=batch.input_ids, **mask))


def diagonal(cli, folder, images, texts, scratch):
    def embed(*arguments):
        out = scratch / "out.npy"
        out.unlink(missing_ok=True)
        run = subprocess.run([cli, "embed", *arguments, "--model", folder, "--no-cache", "--out", out], capture_output=True, text=True,
                             timeout=120, errors="replace")
        if run.returncode < 0 or run.returncode > 125:
            return f"CRASH {run.returncode}: {run.stderr[-300:]}"
        if run.returncode != 0 or not out.exists():
            return "refused: " + run.stderr.strip().split("\n")[-1][:300].replace(str(folder), "FOLDER")
        return np.load(out)
    return embed(images), embed("--texts", texts)


def compare(theirs, ours):
    if isinstance(ours, str) and ours.startswith("CRASH"):
        return "crash"
    if isinstance(theirs, str):
        return "both refuse" if isinstance(ours, str) else "ours alone reads"
    if isinstance(ours, str):
        return "theirs not finite" if not np.isfinite(theirs).all() else "ours refuses"
    if theirs.shape != ours.shape:
        return "differs"
    return "equal" if np.abs(theirs - ours).max() < TOLERANCE else "differs"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--cli", type=Path, default=Path("build/release/bin/diagonal-cli"))
    parser.add_argument("--keep", type=Path, help="where folders with wrong results are copied")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    counts, refusals = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        images, texts = scratch / "images", scratch / "texts.txt"
        images.mkdir()
        pictures = []
        generator = np.random.default_rng(0)
        for number, (width, height) in enumerate(SHAPES):
            pictures.append(images / f"{number}.png")
            Image.fromarray(generator.integers(0, 255, (height, width, 3), dtype=np.uint8)).save(pictures[-1])
        texts.write_text("\n".join(text for text in TEXTS if text) + "\n")
        TEXTS[:] = [text for text in TEXTS if text]
        for number in range(options.first, options.first + options.count):
            rng = random.Random(options.seed * 1_000_003 + number)
            folder = scratch / "model"
            shutil.rmtree(folder, ignore_errors=True)
            base = rng.choice(BASES)
            shutil.copytree(FAMILIES / base, folder, ignore=shutil.ignore_patterns("expected*"))
            steps = mutate(folder, rng)
            theirs = reference(folder, pictures)
            ours = diagonal(options.cli, folder, images, texts, scratch)
            for what, their, our in zip(("images", "texts"), theirs, ours):
                if what == "texts" and base.startswith("open_clip"):
                    continue  # open_clip has OpenAI's vocabulary for them, whatever lies beside the weights
                verdict = compare(their, our)
                counts[verdict] += 1
                if verdict in ("ours refuses", "ours alone reads", "differs", "crash"):
                    refusals[verdict] += 1
                    detail = our if isinstance(our, str) else their if isinstance(their, str) else f"max {np.abs(their - our).max():.2e}" if their.shape == our.shape else "shapes"
                    print(f"{number} {base} {what} {verdict}: {'; '.join(steps)}\n      {detail}", flush=True)
                    if options.keep and verdict != "ours refuses":
                        shutil.copytree(folder, options.keep / str(number), dirs_exist_ok=True)
    print(dict(counts))
    sys.exit(1 if counts["differs"] or counts["crash"] else 0)


if __name__ == "__main__":
    main()
