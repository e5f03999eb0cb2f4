#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/vits/: tiny vision transformers of open_clip's and timm's families with random weights, and what
those compute.

    OMP_NUM_THREADS=1 python tests/parity/make_vit_golden.py

Needs torch 2.11, open_clip_torch 3.3 and timm 1.0 from PyPI. Nothing is fetched. NAME.safetensors holds the model's tensors in
fp16 where they have two dimensions or more, to be widened, and golden.images [2, 3, s, s], golden.ids [3, length],
golden.ends [3], golden.image_features, golden.text_features, golden.flops (of the image tower and one image).
"""
import json
import os
import shutil
from functools import partial
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import open_clip
import timm
import torch
from safetensors.torch import save_file
from timm.layers import LayerNorm
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer
from timm.models.vision_transformer_hybrid import ConvStem, HybridEmbed
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).resolve().parent / "data/vits"
CONTEXT, VOCABULARY = 8, 24
SIZE = {"img_size": 16, "patch_size": 4, "embed_dim": 32, "depth": 2, "num_heads": 2, "mlp_ratio": 2}
CLIP = {"pre_norm": True, "norm_layer": partial(LayerNorm, eps=1e-5)}
EVA02 = {"qkv_fused": False, "swiglu_mlp": True, "scale_mlp": True, "scale_attn_inner": True, "use_rot_pos_emb": True,
         "ref_feat_shape": (3, 3)}
PE = {"attn_type": "rope", "use_pre_transformer_norm": True, "use_rot_pos_emb": True, "ref_feat_shape": (3, 3),
      "rope_grid_indexing": "xy", "attn_pool_num_heads": 4, "attn_pool_mlp_ratio": 3.0, "norm_layer": partial(LayerNorm, eps=1e-5)}


def mobile(**options):
    stem = ConvStem(channels=(8, 8, 32), stride=(4, 2, 2), kernel_size=(4, 2, 2), padding=0, act_layer=torch.nn.GELU)
    return VisionTransformer(embed_layer=partial(HybridEmbed, backbone=stem, proj=False), no_embed_class=True,
                             **SIZE | {"img_size": 64, "patch_size": 1} | options)


TIMM = {
    "golden_clip": partial(VisionTransformer, **SIZE, **CLIP, act_layer="quick_gelu"),
    "golden_mci": mobile,
    "golden_plain": partial(VisionTransformer, **SIZE),
    "golden_gap": partial(VisionTransformer, **SIZE, class_token=False, global_pool="avg", fc_norm=False, act_layer="gelu_tanh"),
    "golden_eva": partial(Eva, **SIZE),
    "golden_eva02": partial(Eva, **SIZE, **EVA02),
    "golden_eva02_post": partial(Eva, **SIZE, use_post_norm=True),
    "golden_pe": partial(Eva, **SIZE, **PE, rope_grid_offset=1.0),
    "golden_pe_no_class": partial(Eva, **SIZE, **PE, class_token=False),
}
for name, make in TIMM.items():
    def build(pretrained=False, make=make, pretrained_cfg=None, pretrained_cfg_overlay=None, cache_dir=None, **options):
        model = make(**options)
        model.default_cfg = {}
        return model
    build.__name__, build.__module__ = name, __name__
    timm.models.register_model(build)

TEXT = {"context_length": CONTEXT, "vocab_size": VOCABULARY, "width": 8, "heads": 2, "layers": 1}
NATIVE = {"image_size": 16, "layers": 2, "width": 32, "head_width": 16, "patch_size": 4, "mlp_ratio": 2.0}


def timm_tower(model, pool, proj, size=16):
    return {"image_size": size, "timm_model_name": model, "timm_pool": pool, "timm_proj": proj}


MODELS = {
    "clipa": (NATIVE | {"no_ln_pre": True, "pool_type": "avg", "final_ln_after_pool": True},
              TEXT | {"pool_type": "last", "no_causal_mask": True}),
    "layer-scale": (NATIVE | {"ls_init_value": 0.1}, TEXT | {"width": 12, "proj_type": "none"}),
    "clip-token": (timm_tower("golden_clip", "token", None), TEXT | {"no_causal_mask": True, "layers": 2}),
    "mci-token": (timm_tower("golden_mci", "token", None, 64), TEXT),
    "plain-avg-linear": (timm_tower("golden_plain", "avg", "linear"), TEXT),
    "plain-avg": (timm_tower("golden_plain", "avg", None), TEXT),
    "gap-mlp": (timm_tower("golden_gap", "avg", "mlp"), TEXT),
    "eva-token": (timm_tower("golden_eva", "token", None), TEXT),
    "eva02-token": (timm_tower("golden_eva02", "token", None), TEXT),
    "eva02-post-token": (timm_tower("golden_eva02_post", "token", None), TEXT),
    "pe-map": (timm_tower("golden_pe", "map", None), TEXT),
    "pe-no-class-map": (timm_tower("golden_pe_no_class", "map", None), TEXT),
}


def lively(model):
    """Zeros and ones would hide a tensor that is mapped wrongly."""
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if value.is_floating_point() and value.numel() > 1:
                noise = torch.randn_like(value) * 0.2
                value.add_(noise.abs() if "running_var" in key else noise)
    return model.eval()


def write(name, vision, text):
    torch.manual_seed(len(name))
    is_timm = "timm_model_name" in vision
    make = open_clip.CustomTextCLIP if is_timm else open_clip.CLIP
    model = lively(make(12, vision_cfg=json.loads(json.dumps(vision)), text_cfg=json.loads(json.dumps(text))))
    stored = {key: value.half().float().contiguous() if value.dim() > 1 else value.clone() for key, value in model.state_dict().items()}
    model.load_state_dict(stored)
    model.requires_grad_(False)
    images = torch.randn(2, 3, vision["image_size"], vision["image_size"]).half().float()
    ids = torch.zeros(3, CONTEXT, dtype=torch.long)
    ends = torch.tensor([2, CONTEXT - 1, 5])
    for row, end in zip(ids, ends):
        row[:end] = torch.randint(3, VOCABULARY - 1, (int(end),))
        row[end] = VOCABULARY - 1
    with torch.no_grad():
        golden = {"images": images.half(), "ids": ids, "ends": ends, "image_features": model.encode_image(images),
                  "text_features": model.encode_text(ids)}
        torch.backends.mha.set_fastpath_enabled(False)
        with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:  # fused attention is not counted
            model.encode_image(images[:1])
        golden["flops"] = torch.tensor(counter.get_total_flops())
    for kind in ("image_features", "text_features"):
        assert (golden[kind][0] - golden[kind][1]).abs().max() > 0.05 * golden[kind].abs().max(), (name, kind)
    tensors = {key: value.half() if value.dim() > 1 else value for key, value in stored.items()}
    tensors |= {"golden." + key: value.contiguous() for key, value in golden.items()}
    save_file(tensors, ROOT / f"{name}.safetensors")


def main():
    torch.set_num_threads(1)
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    for name, (vision, text) in MODELS.items():
        write(name, vision, text)
    print(sum(path.stat().st_size for path in ROOT.iterdir()) // 1024, "KiB")


main()
