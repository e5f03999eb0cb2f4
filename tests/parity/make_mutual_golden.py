# SPDX-License-Identifier: Apache-2.0
"""Writes data/mutual_golden.safetensors: what PyTorch makes, in fp64, of the objective of moein-shariatnia/OpenAI-CLIP
(targets from the mean of picture-picture and caption-caption similarities), with its own embeddings, LayerNorm's
outputs of any length, and with unit-length ones: loss and gradients, with and without that of the targets.

    pip install torch==2.11.0 safetensors numpy
    python tests/parity/make_mutual_golden.py
"""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

PAIRS, WIDTH = 13, 24
# name: length of the embeddings (0: as LayerNorm gives them), temperature, temperature of the targets (0: 1 / temperature)
CASES = {
    "tutorial": (0, 1.0, 0.0),
    "warm": (0, 2.5, 0.0),
    "cool": (0, 0.7, 0.0),
    "unit": (1, 0.07, 0.0),
    "unit, sharp": (1, 0.07, 0.05),
}


def objective(image, text, temperature, target_temperature, keeps_gradient):
    """The mean of both directions, of captions and of pictures, as the tutorial's CLIP.py has it."""
    logits = text @ image.T / temperature
    similarities = (image @ image.T + text @ text.T) / 2
    targets = (similarities / target_temperature if target_temperature > 0 else similarities * temperature).softmax(-1)
    if not keeps_gradient:
        targets = targets.detach()
    of_texts = F.cross_entropy(logits, targets)
    of_images = F.cross_entropy(logits.T, targets.T)
    return (of_texts + of_images) / 2, of_images, of_texts


def main():
    torch.manual_seed(5)
    torch.set_num_threads(1)
    out = {}
    for name, (length, temperature, target_temperature) in CASES.items():
        # Captions near their pictures, and pictures near each other, so that targets are neither flat nor the pairs.
        base = torch.randn(PAIRS, WIDTH) / 3 + torch.randn(4, WIDTH)[torch.arange(PAIRS) % 4]
        drawn = [base + torch.randn(PAIRS, WIDTH) / 3 for _ in range(2)]
        drawn = [F.normalize(x) if length else F.layer_norm(x, [WIDTH]) / 2 for x in drawn]
        out[f"{name}/temperatures"] = torch.tensor([temperature, target_temperature], dtype=torch.float64)
        out[f"{name}/image"], out[f"{name}/text"] = drawn
        for kind, keeps_gradient in {"fixed": False, "kept": True}.items():
            image, text = (x.double().requires_grad_() for x in drawn)
            log_scale = torch.tensor(-math.log(temperature), dtype=torch.float64, requires_grad=True)
            losses = objective(image, text, 1 / log_scale.exp(), target_temperature, keeps_gradient)
            losses[0].backward()
            out[f"{name}/{kind}/losses"] = torch.stack(losses).detach()
            out[f"{name}/{kind}/image"], out[f"{name}/{kind}/text"] = image.grad, text.grad
            out[f"{name}/{kind}/log_scale"] = log_scale.grad
    save_file({name: value.contiguous() for name, value in out.items()},
              Path(__file__).parent / "data" / "mutual_golden.safetensors")


if __name__ == "__main__":
    main()
