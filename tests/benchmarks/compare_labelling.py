#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Labelling of diagonal-cli against a script with open_clip and Pillow, in turns in one run on the same threads.

    python tests/benchmarks/compare_labelling.py images --images FOLDER [--count 1000] [--model ViT-B-32] [--rounds 3] [--precision int8]
        [--reference-precision bf16]
    python tests/benchmarks/compare_labelling.py classifier [--labels 25] [--every 1] [--model ViT-B-32] [--rounds 1]

images: `label` of that many photographs with ten labels. Whole processes are timed, and the time of one photograph (start and
loading) is taken off: images a second of the work itself. open_clip runs with 0, 1 and 2 loader processes first and competes with
the best. The probabilities of all are compared; with another --precision than fp32, Diagonal's first labels too.

classifier: the weights of open_clip.build_zero_shot_classifier for the first ImageNet names in OpenAI's 80 templates, and
`embed --texts --templates openai-80`, start and loading (one label, one template) taken off. open_clip builds every Nth label only, and is compared there. Fails where a weight differs by more than 1e-5.

Weights are random (seed 0) with a temperature of 0.01. Run with the reference's Python: open_clip_torch 3.3.0, torch 2.11.0."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LABELS = ["dog catching a frisbee", "dog running", "dog in the water", "surfer", "cyclist", "rock climber", "skier", "skateboarder",
          "American football", "city street"]
TEMPLATE = "a photo of a {}."


def make_model(name, folder):
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    model = open_clip.create_model(name)
    with torch.no_grad():
        model.logit_scale.fill_(float(torch.tensor(100.0).log()))
    config = {"model_cfg": open_clip.get_model_config(name), "preprocess_cfg": {
        "mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic",
        "resize_mode": "shortest", "size": 224, "mode": "RGB"}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / "open_clip_model.safetensors")


def label_with_open_clip(given):
    """Child process: what a script of a page would do."""
    import open_clip
    import torch
    from PIL import Image

    torch.set_num_threads(given["threads"])
    dtype = torch.bfloat16 if given["precision"] == "bf16" else torch.float32
    model, _, transform = open_clip.create_model_and_transforms("local-dir:" + given["model"])
    model.eval().to(dtype)

    class Files(torch.utils.data.Dataset):
        def __len__(self):
            return len(given["files"])

        def __getitem__(self, i):
            return transform(Image.open(given["files"][i]).convert("RGB"))

    loader = torch.utils.data.DataLoader(Files(), batch_size=32, num_workers=given["workers"])
    probabilities = []
    with torch.inference_mode():
        texts = model.encode_text(open_clip.get_tokenizer("local-dir:" + given["model"])([TEMPLATE.format(x) for x in LABELS]), normalize=True)
        for images in loader:
            logits = model.logit_scale.exp() * model.encode_image(images.to(dtype), normalize=True) @ texts.T
            probabilities += logits.float().softmax(-1).tolist()
    Path(given["out"]).write_text(json.dumps(probabilities))


def build_with_open_clip(given):
    """Child process."""
    import numpy
    import open_clip
    import torch

    torch.set_num_threads(given["threads"])
    model, _, _ = open_clip.create_model_and_transforms("local-dir:" + given["model"])
    model.eval()
    templates = [line.strip() for line in open(given["templates"], encoding="utf-8")]
    if given["one"]:
        templates = templates[:1]
    weights = open_clip.build_zero_shot_classifier(
        model, open_clip.get_tokenizer("local-dir:" + given["model"]), given["labels"],
        [(lambda text, t=t: t.replace("{}", text)) for t in templates], num_classes_per_batch=10, device="cpu")
    numpy.save(given["out"], weights.T.numpy())


def timed(command):
    environment = {**os.environ, "DIAGONAL_EMBEDDING_CACHE": "off"}
    start = time.perf_counter()
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def child(kind, scratch, given):
    file = scratch / "given.json"
    file.write_text(json.dumps(given))
    return timed([sys.executable, __file__, kind, file])


def report(title, ours, theirs, count, unit):
    ours, theirs = ([round(count / seconds, 2) for seconds in side] for side in (ours, theirs))
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"{title}: diagonal-cli {ours}, open_clip {theirs} {unit} a second; medians' ratio {ratio:.2f}", flush=True)


def images(options, scratch):
    files = sorted(str(file) for file in Path(options.images).iterdir() if file.suffix == ".jpg")[: options.count]
    out, list_file, labels = scratch / "ours.jsonl", scratch / "list", scratch / "labels.txt"
    labels.write_text("\n".join(LABELS) + "\n")

    def ours(some, precision):
        list_file.write_text("\n".join(some) + "\n")
        command = f"'{options.cli}' label - --model '{scratch}' --labels '{labels}' --template '{TEMPLATE}' --top 0 --quiet " \
                  f"--precision {precision} --threads {options.threads} --out '{out}' < '{list_file}'"
        return timed(["sh", "-c", command])

    def theirs(some, workers):
        return child("--open-clip-images", scratch, {"model": str(scratch), "files": some, "workers": workers,
                                                     "threads": options.threads, "precision": options.reference_precision,
                                                     "out": str(scratch / "theirs.json")})

    def results():
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        return [{score["label"]: score["probability"] for score in row["scores"]} for row in rows]

    some = files[: len(files) // 4]
    trials = {workers: theirs(some, workers) for workers in (0, 1, 2)}
    workers = min(trials, key=trials.get)
    print(f"open_clip, {len(some)} images, seconds by loader processes: {trials}", flush=True)
    start_ours = min(ours(files[:1], options.precision) for _ in range(2))
    start_theirs = min(theirs(files[:1], workers) for _ in range(2))
    print(f"one image: diagonal-cli {start_ours:.2f} s, open_clip {start_theirs:.2f} s", flush=True)
    times = {"ours": [], "theirs": []}
    for _ in range(options.rounds):
        times["theirs"].append(theirs(files, workers) - start_theirs)
        times["ours"].append(ours(files, options.precision) - start_ours)
    report(f"{options.model} {options.precision} (open_clip {options.reference_precision})", times["ours"], times["theirs"], len(files) - 1, "images")
    found, expected = results(), json.loads((scratch / "theirs.json").read_text())
    worst = max(abs(mine[label] - row[i]) for mine, row in zip(found, expected) for i, label in enumerate(LABELS))
    same = sum(max(mine, key=mine.get) == LABELS[row.index(max(row))] for mine, row in zip(found, expected)) / len(found)
    print(f"largest difference of a probability {worst:.1e}; same first label {100 * same:.1f} %")
    if options.precision == "fp32" and worst > 1e-4:
        sys.exit("probabilities differ by more than 1e-4")


def classifier(options, scratch):
    import numpy

    names = (ROOT / "resources/clip/imagenet_classes.txt").read_text(encoding="utf-8").splitlines()[: options.labels]
    some = names[:: options.every]
    templates = ROOT / "resources/clip/openai_imagenet_templates.txt"
    texts, out = scratch / "names.txt", scratch / "ours.npy"

    def ours(some, template):
        texts.write_text("\n".join(some) + "\n", encoding="utf-8")
        return timed([options.cli, "embed", "--texts", texts, *template, "--model", scratch, "--threads", options.threads, "--quiet",
                      "--out", out])

    def theirs(some, one):
        return child("--open-clip-classifier", scratch, {"model": str(scratch), "labels": some, "templates": str(templates), "one": one,
                                                         "threads": options.threads, "out": str(scratch / "theirs.npy")})

    start_ours = ours(names[:1], ["--template", templates.read_text(encoding="utf-8").splitlines()[0]])
    start_theirs = theirs(names[:1], True)
    print(f"one sentence: diagonal-cli {start_ours:.2f} s, open_clip {start_theirs:.2f} s", flush=True)
    times = {"ours": [], "theirs": []}
    for _ in range(options.rounds):
        # Seconds of a whole classifier, as if open_clip built all labels at the pace of its share.
        times["theirs"].append((theirs(some, False) - start_theirs) * len(names) / len(some))
        times["ours"].append(ours(names, ["--templates", "openai-80"]) - start_ours)
    report(f"{options.model}, {len(names)} labels in 80 templates (open_clip: {len(some)})", times["ours"], times["theirs"],
           80 * len(names), "sentences")
    worst = float(numpy.abs(numpy.load(out)[:: options.every] - numpy.load(scratch / "theirs.npy")).max())
    print(f"largest difference of a weight {worst:.1e}")
    if worst > 1e-5:
        sys.exit("weights differ by more than 1e-5")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["images", "classifier"])
    parser.add_argument("--images")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--labels", type=int, default=25)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--model", default="ViT-B-32")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--reference-precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--cli", default=ROOT / "build/release/bin/diagonal-cli")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        make_model(options.model, scratch)
        (images if options.what == "images" else classifier)(options, scratch)


if __name__ == "__main__":
    if sys.argv[1] == "--open-clip-images":
        label_with_open_clip(json.loads(Path(sys.argv[2]).read_text()))
    elif sys.argv[1] == "--open-clip-classifier":
        build_with_open_clip(json.loads(Path(sys.argv[2]).read_text()))
    else:
        main()
