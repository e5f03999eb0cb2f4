#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/timm_vits.json: what timm's vision transformers of engine/parts/timm_vit.cpp are made of, shapes
apart.

    python tests/parity/make_timm_vits.py

Needs torch 2.11 and timm 1.0 from PyPI. Nothing is fetched.
"""
import json
import re
from pathlib import Path

import timm
import torch

ROOT = Path(__file__).resolve().parents[2]
SIGLIP = re.compile(r'\{"(base|large|so400m|giantopt)", (\d+), (\d+), ')


def names():
    source = (ROOT / "engine/parts/timm_vit.cpp").read_text("utf-8")
    yield from re.findall(r'\{"((?:vit|eva)[a-z0-9_]*)", \d+', source)
    for size, patch, image in SIGLIP.findall(source):
        yield f"vit_{size}_patch{patch}_siglip_{image}"
        yield f"vit_{size}_patch{patch}_siglip_gap_{image}"


def numbers(name):
    with torch.device("meta"):
        model = timm.create_model(name)
    block, embed = model.blocks[0], model.patch_embed
    first = block.mlp.fc1_x if hasattr(block.mlp, "fc1_x") else block.mlp.fc1
    image = embed.img_size[0]
    result = {
        "image_size": image, "layers": len(model.blocks), "width": model.embed_dim, "heads": block.attn.num_heads,
        "hidden": first.out_features, "patch": image // embed.grid_size[0], "epsilon": block.norm1.eps, "pool": model.global_pool,
        "activation": type(block.mlp.act).__name__,
        "norm_pooled": not isinstance(model.fc_norm, torch.nn.Identity),
        "class_position": model.cls_token is not None and not model.no_embed_class, "post_norm": "PostNorm" in type(block).__name__,
        "pool_heads": model.attn_pool.num_heads if model.attn_pool else 0,
        "pool_hidden": model.attn_pool.mlp.fc1.out_features if model.attn_pool else 0,
    }
    if model.attn_pool:
        assert model.attn_pool.norm.eps == block.norm1.eps and type(model.attn_pool.mlp.act) is type(block.mlp.act)
    rope = getattr(model, "rope", None)
    if rope is not None:
        assert rope.temperature == 10000 and not rope.in_pixels and not rope.rotate_half
        result["rotary"] = [rope.ref_feat_shape[0], rope.grid_offset, rope.grid_indexing == "xy"]
    return result


def main():
    lines = [f"  {json.dumps(name)}: {json.dumps(numbers(name))}" for name in names()]
    (ROOT / "tests/parity/data/timm_vits.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(len(lines))


main()
