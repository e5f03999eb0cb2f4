#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Samples a second of open_clip's training step on random pixels, its fastest: for scripts/gpu-check.

Pixels lie on the device as bytes and are normalised there, as in diagonal-bench; bf16 autocast, fused AdamW, gradient clip 1.
"""
import argparse
import time

import open_clip
import torch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="ViT-B-32")
    parser.add_argument("--batch-size", type=int, default=1024)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--way", choices=("eager", "compiled"), default="eager")
    options = parser.parse_args()
    device = torch.device(options.device)
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.benchmark = True
    model = open_clip.create_model(options.model, device=device)
    size = model.visual.image_size[0] if isinstance(model.visual.image_size, tuple) else model.visual.image_size
    pixels = torch.randint(0, 256, (options.batch_size, size, size, 3), dtype=torch.uint8)
    texts = torch.randint(1, 49406, (options.batch_size, model.context_length))
    texts[:, 15] = 49407
    texts[:, 16:] = 0
    mean = torch.tensor(open_clip.OPENAI_DATASET_MEAN, device=device).view(3, 1, 1) * 255
    std = torch.tensor(open_clip.OPENAI_DATASET_STD, device=device).view(3, 1, 1) * 255
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2,
                                  fused=device.type == "cuda")
    loss = open_clip.ClipLoss()
    forward = torch.compile(model) if options.way == "compiled" else model

    def step():
        images = (pixels.to(device, non_blocking=True).permute(0, 3, 1, 2).float() - mean) / std
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16):
            image, text, scale = forward(images, texts.to(device, non_blocking=True))[:3]
            total = loss(image, text, scale)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, 4.6052)
        return total.item()

    fastest = float("inf")
    for i in range(options.repeat + 3):
        start = time.perf_counter()
        step()
        if i >= 3:
            fastest = min(fastest, time.perf_counter() - start)
    print(round(options.batch_size / fastest))


if __name__ == "__main__":
    main()
