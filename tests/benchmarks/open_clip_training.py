# SPDX-License-Identifier: Apache-2.0
"""Trains with open_clip as its own trainer does, on one process; compare_training.py and compare_curves.py run it.

    open_clip_training.py OPTIONS.json        prints a JSON line a step: step, loss, data_time, batch_time (seconds, the latter of all)

Eager model, ClipLoss and AdamW of open_clip, captions padded to the context length by its tokenizer, PIL's decoder and open_clip's
transform in a torch DataLoader. Captions of an image take turns from epoch to epoch, from a random one on.
"""
import json
import math
import random
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import open_clip
import torch
from open_clip.loss import ClipLoss
from open_clip.model import CLIP
from open_clip.transform import image_transform
from PIL import Image

VOCABULARY = 49408


def read_flickr8k(folder):
    """The training images with their captions, in the order of the split file."""
    captions = {}
    for line in (folder / "Flickr8k.token.txt").read_text("utf-8").splitlines():
        name, _, caption = line.partition("\t")
        captions.setdefault(name.split("#")[0], []).append(caption)
    names = (folder / "Flickr_8k.trainImages.txt").read_text("utf-8").split()
    return [(folder / "images" / name, captions[name]) for name in names]


class Pairs(torch.utils.data.Dataset):
    """Item (image, caption) of the data; pictures without augmentation are kept, as each is needed again."""

    def __init__(self, data, transform, tokenizer, keep):
        self.data, self.transform, self.tokenizer = data, transform, tokenizer
        self.kept = {} if keep else None

    def picture(self, index):
        if self.kept is None:
            return self.transform(Image.open(self.data[index][0]))
        if index not in self.kept:
            self.kept[index] = self.transform(Image.open(self.data[index][0]))
        return self.kept[index]

    def __getitem__(self, item):
        index, caption = item
        return self.picture(index), self.tokenizer([self.data[index][1][caption]])[0]

    def __len__(self):
        return len(self.data)


def batches(data, size, steps, seed):
    """One list of (image, caption) a step; the rest of an epoch that fills no batch is left out."""
    draw = random.Random(seed)
    first = [draw.randrange(len(captions)) for _, captions in data]
    plan = []
    for epoch in range(math.ceil(steps / (len(data) // size))):
        order = list(range(len(data)))
        draw.shuffle(order)
        pairs = [(i, (first[i] + epoch) % len(data[i][1])) for i in order]
        plan += [pairs[at:at + size] for at in range(0, len(pairs) - size + 1, size)]
    return plan[:steps]


def make_optimizer(model, options):
    named = list(model.named_parameters())
    plain = [p for name, p in named if p.ndim < 2 or any(part in name for part in ("bn", "ln", "bias", "logit_scale"))]
    rest = [p for _, p in named if all(p is not other for other in plain)]
    return torch.optim.AdamW([{"params": plain, "weight_decay": 0.0}, {"params": rest, "weight_decay": options["wd"]}],
                             lr=options["lr"], betas=(0.9, 0.98), eps=1e-6)


def learning_rate(options, step):  # open_clip's cosine_lr
    warmup = options["warmup"]
    if step < warmup:
        return options["lr"] * (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (options["steps"] - warmup))) * options["lr"]


def main():
    options = json.loads(Path(sys.argv[1]).read_text())
    torch.set_num_threads(options["threads"])
    torch.manual_seed(options["seed"])
    config = json.loads(Path(options["architecture"]).read_text())
    config["text_cfg"]["vocab_size"] = VOCABULARY
    model = CLIP(**config, output_dict=True).train()
    length = config["text_cfg"]["context_length"]
    tokenizer = open_clip.SimpleTokenizer(context_length=length)
    size = config["vision_cfg"]["image_size"]
    data = read_flickr8k(Path(options["data"]))
    pairs = Pairs(data, image_transform(size, is_train=options["augment"]), tokenizer, keep=not options["augment"])
    plan = batches(data, options["batch_size"], options["steps"], options["seed"])
    loader = torch.utils.data.DataLoader(pairs, batch_sampler=plan, num_workers=options["workers"])
    optimizer, criterion = make_optimizer(model, options), ClipLoss()
    bf16 = options["precision"] == "bf16"

    end = time.perf_counter()
    for step, (images, texts) in enumerate(loader):
        data_time = time.perf_counter() - end
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(options, step)
        optimizer.zero_grad()
        with torch.amp.autocast("cpu", torch.bfloat16) if bf16 else nullcontext():
            loss = criterion(**model(images, texts))
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, math.log(100))
        value = loss.item()
        now = time.perf_counter()
        print(json.dumps({"step": step + 1, "loss": value, "data_time": data_time, "batch_time": now - end}), flush=True)
        end = now


if __name__ == "__main__":
    main()
