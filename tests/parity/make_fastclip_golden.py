# SPDX-License-Identifier: Apache-2.0
"""Writes data/fastclip_golden.safetensors: what FastCLIP's own code makes of small batches over several epochs: the
gradients of features and logit scale, and the moving estimates.

    git clone https://github.com/Optimization-AI/fast_clip.git
    pip install torch==2.11.0 safetensors numpy
    python tests/parity/make_fastclip_golden.py fast_clip/src/fast_clip/loss.py
"""

import importlib.util
import math
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

SAMPLES, PAIRS, WIDTH, EPOCHS, DECAY_EPOCHS = 9, 6, 8, 5, 3
GAMMA, RHO, EPSILON = 0.2, 6.5, 1e-14


def main(path):
    spec = importlib.util.spec_from_file_location("fast_clip_loss", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.manual_seed(11)
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    loss = module.FastCLIPLoss(SAMPLES, GAMMA, "cosine", DECAY_EPOCHS, RHO, EPSILON, True, True, torch.device("cpu"))
    unit = lambda: torch.nn.functional.normalize(torch.randn(PAIRS, WIDTH), dim=1).float().double()
    out = {}
    for epoch in range(EPOCHS):
        loss.adjust_hyperparams(epoch)
        image, text, samples = unit().requires_grad_(), unit().requires_grad_(), torch.randperm(SAMPLES)[:PAIRS]
        log_scale = torch.tensor(math.log(5.0 + 4 * epoch)).float().double().requires_grad_()
        scale = log_scale.exp()
        everyone = (image.detach(), text.detach())
        loss1_im, loss1_tt, sim_im, sim_tt, u = loss.local((image, text), (samples, samples), everyone, scale, 0)
        loss.set_params(samples, samples, *u)
        loss((image, text), everyone, u, (loss1_im, loss1_tt), u, (sim_tt.T, sim_im.T), scale, 0).backward()
        values = {
            "image": image.detach(), "text": text.detach(), "samples": samples, "log_scale": log_scale.detach(),
            "image_gradient": image.grad, "text_gradient": text.grad, "log_scale_gradient": log_scale.grad,
            "gamma": torch.tensor(loss.gamma, dtype=torch.float64), "u": torch.cat([loss.u_im, loss.u_tt], 1).T,
        }
        out.update({f"{epoch}/{name}": value.clone().contiguous() for name, value in values.items()})
    save_file(out, Path(__file__).parent / "data" / "fastclip_golden.safetensors")


if __name__ == "__main__":
    main(sys.argv[1])
