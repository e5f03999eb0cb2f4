#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/relevance.safetensors: relevance maps of the tiny models in tests/parity/data/families.

    python tests/parity/make_relevance_golden.py

Needs torch 2.11, open_clip_torch 3.3 and transformers 5 from PyPI. Nothing is fetched. Of each model it holds NAME.image [1, 3, s, s],
NAME.texts [k, d] of unit length and NAME.grids [k, rows, columns], not scaled: written from the papers (Chefer, Gur & Wolf, 2021;
Selvaraju et al., 2017) with explicit attention and torch's autograd.
"""
import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import open_clip
import torch
import torch.nn.functional as F
import transformers
from safetensors.torch import save_file

DATA = Path(__file__).resolve().parent / "data"
TEXTS = 3
FEWEST_CELLS = 4  # of a side of a ResNet's grid


class ExplicitAttention(torch.nn.Module):
    """torch.nn.MultiheadAttention written out; keeps its probabilities."""

    def __init__(self, attention):
        super().__init__()
        self.inner, self.batch_first, self.probabilities = attention, attention.batch_first, None

    def forward(self, query, key, value, **options):
        assert options.get("attn_mask") is None
        if not self.batch_first:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        heads, width = self.inner.num_heads, self.inner.embed_dim

        def project(x, part):
            weight = self.inner.in_proj_weight[part * width:(part + 1) * width]
            bias = self.inner.in_proj_bias[part * width:(part + 1) * width]
            return F.linear(x, weight, bias).reshape(x.shape[0], x.shape[1], heads, width // heads).permute(0, 2, 1, 3)

        q, k, v = project(query, 0), project(key, 1), project(value, 2)
        self.probabilities = torch.softmax(q @ k.mT / (width // heads) ** 0.5, dim=-1)
        out = self.inner.out_proj((self.probabilities @ v).permute(0, 2, 1, 3).reshape(query.shape))
        return (out if self.batch_first else out.transpose(0, 1)), None


def made_explicit(module):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.MultiheadAttention):
            setattr(module, name, ExplicitAttention(child))
        else:
            made_explicit(child)
    return module


def logits(features, texts, logit_scale):
    return (logit_scale.exp() * F.normalize(features, dim=-1) @ texts.T)[0]


def rollout(score, attention):
    """R over the blocks: R = I, R += A R."""
    relevance = torch.eye(attention[0].shape[-1])
    for one in attention:
        gradient, = torch.autograd.grad(score, one, retain_graph=True)
        relevance = relevance + (gradient * one).clamp(min=0).mean(dim=1)[0] @ relevance
    return relevance


def square(patches):
    side = round(patches.numel() ** 0.5)
    return patches.reshape(side, side)


def vit_grids(model, image, texts):
    features = made_explicit(model.visual)(image)
    attention = [block.attn.probabilities for block in model.visual.transformer.resblocks]
    return [square(rollout(score, attention)[0, 1:]) for score in logits(features, texts, model.logit_scale)]


def resnet_grids(model, image, texts):
    stages = []
    for stage in (model.visual.layer1, model.visual.layer2, model.visual.layer3, model.visual.layer4):
        stage.register_forward_hook(lambda module, inputs, output: stages.append(output))
    grids = []
    for score in logits(model.visual(image), texts, model.logit_scale):
        kept = [output for output in stages if output.shape[2] >= FEWEST_CELLS][-1]
        gradient, = torch.autograd.grad(score, kept, retain_graph=True)
        grids.append(F.relu((gradient.mean(dim=(2, 3), keepdim=True) * kept).sum(dim=1))[0])
    return grids


def siglip_grids(model, image, texts):
    head = made_explicit(model.vision_model.head)
    output = model.vision_model(pixel_values=image, output_attentions=True)
    grids = []
    for score in logits(output.pooler_output, texts, model.logit_scale):
        pooling = head.attention.probabilities
        gradient, = torch.autograd.grad(score, pooling, retain_graph=True)
        row = (gradient * pooling).clamp(min=0).mean(dim=1)[0, 0]
        grids.append(square(row @ rollout(score, output.attentions)))
    return grids


def main():
    torch.set_num_threads(1)
    torch.manual_seed(3)
    families = DATA / "families"
    siglip = transformers.SiglipModel.from_pretrained(families / "hf-siglip", attn_implementation="eager").eval()
    cases = {
        "vit": (open_clip.create_model(f"local-dir:{families}/open_clip-vit").eval(), vit_grids, 16, 12),
        "vit-24": (open_clip.create_model(f"local-dir:{families}/open_clip-vit", force_image_size=24).eval(), vit_grids, 24, 12),
        "resnet": (open_clip.create_model(f"local-dir:{families}/open_clip-resnet").eval(), resnet_grids, 64, 12),
        "siglip": (siglip, siglip_grids, 16, 24),
    }
    tensors = {}
    for name, (model, grids_of, size, dim) in cases.items():
        image, texts = torch.randn(1, 3, size, size), F.normalize(torch.randn(TEXTS, dim), dim=-1)
        grids = torch.stack(grids_of(model, image, texts)).detach()
        assert (grids > 0).any() and torch.isfinite(grids).all(), name
        tensors |= {f"{name}.image": image, f"{name}.texts": texts, f"{name}.grids": grids}
        print(name, [round(grid.max().item(), 5) for grid in grids])
    save_file({key: value.contiguous() for key, value in tensors.items()}, DATA / "relevance.safetensors")


main()
