#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes resources/architectures/NAME.json for open_clip's presets that Diagonal knows, and tests/parity/data/preset_shapes.txt:
name and shape of every tensor of each preset's state dict, its parameters and its floating point operations.

Needs torch 2.11, open_clip_torch 3.3, timm 1.0 and transformers 5 from PyPI. python tests/parity/make_preset_shapes.py

A section of the list begins with "== NAME". Consecutive blocks with equal shapes stand in one line:
"transformer.resblocks.{0..11}.attn.in_proj_weight 1536x512"; the shape of a scalar is "scalar".
"parameters" counts parameters (no BatchNorm statistics). "image-flops" and "text-flops" are those of one image at the
preset's size and one text of the preset's context length: two for each multiply-add of convolutions, linear layers and
the two matrix products of attention (the causal mask saves nothing); biases, norms, activations, softmax, pooling by
averages and look-ups are not counted (torch.utils.flop_counter counts so).
"""
import itertools
import json
import os
import re
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import open_clip
import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).resolve().parents[2]
CLIP = [
    "RN50", "RN50-quickgelu", "RN101", "RN101-quickgelu", "RN50x4", "RN50x4-quickgelu", "RN50x16", "RN50x16-quickgelu",
    "RN50x64", "RN50x64-quickgelu", "ViT-B-32", "ViT-B-32-quickgelu", "ViT-B-32-256", "ViT-B-16", "ViT-B-16-quickgelu",
    "ViT-B-16-plus", "ViT-B-16-plus-240", "ViT-B-32-plus-256", "ViT-L-14", "ViT-L-14-quickgelu", "ViT-L-14-280",
    "ViT-L-14-336", "ViT-L-14-336-quickgelu", "ViT-L-16", "ViT-L-16-320", "ViT-H-14", "ViT-H-14-quickgelu", "ViT-H-14-378",
    "ViT-H-14-378-quickgelu", "ViT-H-16", "ViT-g-14", "ViT-bigG-14", "ViT-bigG-14-quickgelu", "ViT-S-16", "ViT-S-32",
    "ViT-M-16", "ViT-M-32", "ViT-L-14-CLIPA", "ViT-L-14-CLIPA-336", "ViT-H-14-CLIPA", "ViT-H-14-CLIPA-336", "ViT-bigG-14-CLIPA",
    "ViT-bigG-14-CLIPA-336", "convnext_base", "convnext_base_w", "convnext_base_w_320", "convnext_large_d", "convnext_large_d_320",
    "convnext_xxlarge",
]
SIGLIP = [
    "ViT-B-16-SigLIP", "ViT-B-16-SigLIP-256", "ViT-B-16-SigLIP-384", "ViT-B-16-SigLIP-512", "ViT-B-16-SigLIP-i18n-256",
    "ViT-L-16-SigLIP-256", "ViT-L-16-SigLIP-384", "ViT-SO400M-14-SigLIP", "ViT-SO400M-14-SigLIP-378",
    "ViT-SO400M-14-SigLIP-384", "ViT-B-32-SigLIP2-256", "ViT-B-16-SigLIP2",
    "ViT-B-16-SigLIP2-256", "ViT-B-16-SigLIP2-384", "ViT-B-16-SigLIP2-512", "ViT-L-16-SigLIP2-256", "ViT-L-16-SigLIP2-384",
    "ViT-L-16-SigLIP2-512", "ViT-SO400M-14-SigLIP2", "ViT-SO400M-14-SigLIP2-378", "ViT-SO400M-16-SigLIP2-256",
    "ViT-SO400M-16-SigLIP2-384", "ViT-SO400M-16-SigLIP2-512", "ViT-gopt-16-SigLIP2-256", "ViT-gopt-16-SigLIP2-384",
]
# Text towers of transformers, MetaCLIP 2, and CoCa without its decoder, which Diagonal does not read.
TEXT = [
    "roberta-ViT-B-32", "xlm-roberta-base-ViT-B-32", "xlm-roberta-large-ViT-H-14", "ViT-L-14-worldwide",
    "ViT-L-14-worldwide-quickgelu", "ViT-H-14-worldwide", "ViT-H-14-worldwide-quickgelu", "ViT-H-14-worldwide-378",
    "ViT-bigG-14-worldwide", "ViT-bigG-14-worldwide-378", "coca_ViT-B-32", "coca_ViT-L-14", "coca_roberta-ViT-B-32",
]


def published_text_config(name, **options):
    """In place of AutoConfig.from_pretrained, which would fetch: the numbers that ship with Diagonal."""
    del options
    file = ROOT / "resources/text-models" / (name.replace("/", "--") + ".json")
    values = json.loads(file.read_text("utf-8"))
    return transformers.AutoConfig.for_model(values.pop("model_type"), attn_implementation="eager", **values)


transformers.AutoConfig.from_pretrained = published_text_config
# It looks into the mask, and tensors without memory have nothing to see.
transformers.masking_utils._ignore_bidirectional_mask_sdpa = lambda *arguments, **options: False
# With text towers of open_clip's own and image towers of timm.
TIMM = [
    "ViT-SO400M-16-SigLIP-i18n-256", "MobileCLIP-B", "MobileCLIP2-B", "MobileCLIP2-L-14", "PE-Core-T-16-384", "PE-Core-S-16-384",
    "PE-Core-B-16", "PE-Core-L-14-336", "PE-Core-bigG-14-448", "EVA01-g-14", "EVA01-g-14-plus", "EVA02-B-16", "EVA02-L-14",
    "EVA02-L-14-336", "EVA02-E-14", "EVA02-E-14-plus", "MobileCLIP-S1", "MobileCLIP-S2", "MobileCLIP2-S0", "MobileCLIP2-S2",
    "MobileCLIP2-S3", "MobileCLIP2-S4",
]


def write_architecture(name, config):
    """One line a group; what has no value is left out, where that means nothing."""
    lines = []
    for key, value in config.items():
        if isinstance(value, dict):
            value = {k: v for k, v in value.items() if v is not None or k == "timm_proj"}
        lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    (ROOT / "resources/architectures" / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def grouped(state):
    """Lines of the list: names that differ in their first number alone are one line as long as the numbers follow each other."""
    groups = {}
    for name, tensor in state.items():
        shape = "x".join(map(str, tensor.shape)) or "scalar"
        match = re.match(r"(.*?\.)(\d+)(\..*)", name)
        key = (match[1], match[3], shape) if match else (name, "", shape)
        groups.setdefault(key, []).append(int(match[2]) if match else None)
    lines = []
    for (before, after, shape), numbers in groups.items():
        if numbers == [None]:
            lines.append(f"{before} {shape}")
            continue
        for _, run in itertools.groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
            run = [number for _, number in run]
            number = str(run[0]) if len(run) == 1 else "{%d..%d}" % (run[0], run[-1])
            lines.append(f"{before}{number}{after} {shape}")
    return sorted(lines)


def section(name, model, image, text):
    model.requires_grad_(False)
    with FlopCounterMode(display=False) as counter:
        image()
        image_flops = counter.get_total_flops()
        text()
        text_flops = counter.get_total_flops() - image_flops
    parameters = sum(p.numel() for p in model.parameters())
    return [f"== {name}", f"parameters {parameters}", f"image-flops {image_flops}", f"text-flops {text_flops}",
            *grouped(model.state_dict())]


def open_clip_section(name):
    config = open_clip.get_model_config(name)
    write_architecture(name, config)
    custom = config.pop("custom_text", False) or "hf_model_name" in config["text_cfg"] or name in SIGLIP + TIMM
    config["text_cfg"].pop("output_tokens", None)
    config["vision_cfg"].pop("output_tokens", None)
    config.pop("multimodal_cfg", None)
    if "hf_model_name" in config["text_cfg"]:
        config["text_cfg"]["hf_model_pretrained"] = False
    config["text_cfg"].setdefault("context_length", 77)
    model = (open_clip.CustomTextCLIP if custom else open_clip.CLIP)(**config).eval()
    size, length = config["vision_cfg"]["image_size"], config["text_cfg"]["context_length"]
    ids = torch.full((1, length), 5)
    return section(name, model, lambda: model.encode_image(torch.zeros(1, 3, size, size)), lambda: model.encode_text(ids))


def hugging_face_section(name, model):
    ids = torch.zeros(1, model.config.text_config.max_position_embeddings, dtype=torch.long)
    size = model.config.vision_config.image_size
    return section(name, model.eval(), lambda: model.get_image_features(pixel_values=torch.zeros(1, 3, size, size)),
                   lambda: model.get_text_features(input_ids=ids))


def main():
    torch.backends.mha.set_fastpath_enabled(False)  # its one big operation would not be counted
    lines = [line if line.startswith("#") else f"# {line}".rstrip() for line in __doc__.splitlines()[5:]]
    with torch.no_grad(), torch.device("meta"):
        for name in CLIP + SIGLIP + TEXT + TIMM:
            lines += open_clip_section(name)
            print(name)
        eager = {"attn_implementation": "eager"}
        lines += hugging_face_section("hf:CLIPModel ViT-B/32", transformers.CLIPModel(transformers.CLIPConfig(**eager)))
        large = transformers.CLIPConfig(
            projection_dim=768, **eager,
            text_config={"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "projection_dim": 768},
            vision_config={"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "patch_size": 14,
                           "num_attention_heads": 16, "projection_dim": 768})
        lines += hugging_face_section("hf:CLIPModel ViT-L/14", transformers.CLIPModel(large))
        lines += hugging_face_section("hf:SiglipModel base-patch16-224", transformers.SiglipModel(transformers.SiglipConfig(**eager)))
    (ROOT / "tests/parity/data/preset_shapes.txt").write_text("\n".join(lines) + "\n", "utf-8")


main()
