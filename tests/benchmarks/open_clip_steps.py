#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What open_clip does a second, at its fastest: for scripts/gpu-check. A line a task, "TASK BATCH SAMPLES SHARE": SHARE is that of
--peak FLOP/s which the work makes up (- without it), counted by torch.utils.flop_counter;
"no memory" stands for both where the device has not enough.

train steps on one batch of random pixels, packed on batches that a thread draws from --pixels, label turns pixels into probabilities
of 1,000 labels: the tasks of diagonal-bench. Pixels are bytes in the computer's memory and are normalised on the device; training is bf16
autocast, fused AdamW, gradient clip 1, labelling a bf16 model."""
import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import open_clip
import torch
from torch.utils.flop_counter import FlopCounterMode


class Packed:
    """Random pictures of the file, gathered ahead into pinned memory."""

    def __init__(self, file, size, batch, pinned):
        count = Path(file).stat().st_size // (size * size * 3)
        self.pictures = torch.from_file(file, True, count * size * size * 3, dtype=torch.uint8).view(count, size, size, 3)
        self.batch, self.pinned, self.thread = batch, pinned, ThreadPoolExecutor(1)
        self.coming = self.thread.submit(self.gather)

    def gather(self):
        rows = torch.randint(len(self.pictures), (self.batch,))
        out = torch.empty((self.batch, *self.pictures.shape[1:]), dtype=torch.uint8, pin_memory=self.pinned)
        return torch.index_select(self.pictures, 0, rows, out=out)

    def next(self):
        batch = self.coming.result()
        self.coming = self.thread.submit(self.gather)
        return batch


def make_step(options, task, batch, model, forward):
    """(what one repetition does, what it does without being compiled)"""
    device = next(model.parameters()).device
    size = model.visual.image_size[0] if isinstance(model.visual.image_size, tuple) else model.visual.image_size
    mean = torch.tensor(open_clip.OPENAI_DATASET_MEAN, device=device).view(3, 1, 1) * 255
    std = torch.tensor(open_clip.OPENAI_DATASET_STD, device=device).view(3, 1, 1) * 255
    pixels = torch.randint(0, 256, (batch, size, size, 3), dtype=torch.uint8) if task != "packed" else None
    packed = Packed(options.pixels, size, batch, device.type == "cuda") if task == "packed" else None

    def images():
        of = packed.next() if packed else pixels
        return (of.to(device, non_blocking=True).permute(0, 3, 1, 2).float() - mean) / std

    if task == "label":
        dim = model.text_projection.shape[1]
        labels = torch.nn.functional.normalize(torch.randn(1000, dim, device=device), dim=-1).bfloat16()

        def label(encode, mode=torch.inference_mode):
            with mode():
                features = torch.nn.functional.normalize(encode(images().bfloat16()), dim=-1)
                return (model.logit_scale.exp() * features @ labels.T).float().softmax(-1).detach().cpu()

        # With gradients attention is made of products that are counted, without it is one kernel of its own.
        return lambda: label(forward), lambda: label(model.encode_image, torch.enable_grad)

    texts = torch.randint(1, 49406, (batch, model.context_length))
    texts[:, 15] = 49407
    texts[:, 16:] = 0
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2,
                                  fused=device.type == "cuda")
    loss = open_clip.ClipLoss()

    def train(encode):
        optimizer.zero_grad(set_to_none=True)
        inputs = images(), texts.to(device, non_blocking=True)
        with torch.autocast(device.type, torch.bfloat16):
            image, text, scale = encode(*inputs)[:3]
            total = loss(image, text, scale)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, 4.6052)
        return total.item()

    return lambda: train(forward), lambda: train(model)


def measure(options, task, batch):
    torch.manual_seed(1)
    model = open_clip.create_model(options.model, device=torch.device(options.device))
    forward = model
    if task == "label":
        model.eval().bfloat16()
        forward = model.encode_image
    few = min(batch, 32)
    _, plain = make_step(options, "label" if task == "label" else "train", few, model, forward)
    with FlopCounterMode(display=False) as counter:
        plain()
    flops = counter.get_total_flops() / few * batch
    step, _ = make_step(options, task, batch, model, torch.compile(forward) if options.way == "compiled" else forward)
    fastest = float("inf")
    for i in range(options.repeat + 3):
        start = time.perf_counter()
        step()
        if i >= 3:
            fastest = min(fastest, time.perf_counter() - start)
    print(task, batch, round(batch / fastest), f"{100 * flops / fastest / options.peak:.1f}" if options.peak else "-", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="+", metavar="TASK:BATCH")
    parser.add_argument("--model", default="ViT-B-32")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--way", choices=("eager", "compiled"), default="eager")
    parser.add_argument("--pixels", help="uint8 pictures in the model's size, one after another")
    parser.add_argument("--peak", type=float, help="FLOP/s of the device")
    options = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.benchmark = True
    for one in options.tasks:
        task, batch = one.split(":")
        print(f"open_clip, {options.way}: {task}, batch {batch}", file=sys.stderr, flush=True)
        try:
            measure(options, task, int(batch))
        except torch.OutOfMemoryError:
            print(task, batch, "no memory", flush=True)
        torch._dynamo.reset()
        if options.device.startswith("cuda"):
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
