# SPDX-License-Identifier: Apache-2.0
"""Writes data/training_golden.safetensors: what PyTorch and open_clip make of a tiny CLIP model's loss, gradients and
ten steps of AdamW with warm-up, cosine, gradient clipping and the logit scale's clamp.

    pip install torch==2.11.0 open_clip_torch==3.3.0 safetensors numpy
    python tests/parity/make_training_golden.py
"""

import math
from pathlib import Path

import numpy as np
import torch
from open_clip.loss import ClipLoss
from open_clip.model import CLIP
from safetensors.torch import save_file

STEPS, WARMUP, LR, CLIP_NORM = 10, 3, 2e-3, 1.0
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)


def learning_rate(step):  # open_clip_train.scheduler.cosine_lr
    if step < WARMUP:
        return LR * (step + 1) / WARMUP
    return 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP))) * LR


def main():
    torch.manual_seed(7)
    torch.set_num_threads(1)
    model = CLIP(
        embed_dim=16,
        vision_cfg={"layers": 2, "width": 16, "head_width": 8, "patch_size": 8, "image_size": 16},
        text_cfg={"context_length": 12, "vocab_size": 40, "width": 16, "heads": 2, "layers": 2},
    )
    model.train()
    with torch.no_grad():
        for p in model.parameters():
            if p.ndim < 2 and p is not model.logit_scale:
                p.add_(0.1 * torch.randn_like(p))

    rng = np.random.default_rng(7)
    n = 6
    pixels = torch.from_numpy(rng.integers(0, 256, (n, 16, 16, 3), dtype=np.uint8))
    ends = torch.tensor([3, 5, 8, 4, 6, 7])
    ids = torch.zeros(n, 12, dtype=torch.int64)
    for row, end in enumerate(ends.tolist()):
        ids[row, 0] = 38
        ids[row, 1:end] = torch.from_numpy(rng.integers(2, 38, end - 1))
        ids[row, end] = 39
    images = (pixels.permute(0, 3, 1, 2).float() / 255 - MEAN) / STD

    out = {f"before/{k}": v.clone() for k, v in model.state_dict().items() if v.is_floating_point()}
    out.update(pixels=pixels, ids=ids, ends=ends)

    exclude = lambda name, p: p.ndim < 2 or "bn" in name or "ln" in name or "bias" in name or "logit_scale" in name
    named = list(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for name, p in named if exclude(name, p)], "weight_decay": 0.0},
            {"params": [p for name, p in named if not exclude(name, p)], "weight_decay": 0.2},
        ],
        lr=LR, betas=(0.9, 0.98), eps=1e-6,
    )
    criterion = ClipLoss()
    losses, norms, scales = [], [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step)
        optimizer.zero_grad()
        image = model.encode_image(images, normalize=True)
        text = model.encode_text(ids, normalize=True)
        scale = model.logit_scale.exp()
        loss = criterion(image, text, scale)
        loss.backward()
        if step == 0:
            logits = scale * image @ text.T
            labels = torch.arange(n)
            out["image_features"], out["text_features"] = image.detach().clone(), text.detach().clone()
            out["loss_image"] = torch.nn.functional.cross_entropy(logits, labels).detach()
            out["loss_text"] = torch.nn.functional.cross_entropy(logits.T, labels).detach()
            out.update({f"gradient/{name}": p.grad.clone() for name, p in named})
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM))
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, math.log(100))
        losses.append(loss.detach())
        scales.append(model.logit_scale.detach().clone())
    out.update(losses=torch.stack(losses), norms=torch.stack(norms).detach(), log_scales=torch.stack(scales))
    out.update({f"after/{name}": p.detach().clone() for name, p in named})
    print("losses", [round(x.item(), 5) for x in losses])
    print("norms", [round(x.item(), 4) for x in norms], "ln scale", [round(x.item(), 6) for x in scales])

    target = Path(__file__).parent / "data" / "training_golden.safetensors"
    save_file({k: v.contiguous() for k, v in out.items()}, target)
    print(target.name, target.stat().st_size, "bytes")


main()
