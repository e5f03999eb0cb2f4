#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/model-{vit,resnet}: tiny models with random weights and what open_clip computes with them.

Needs torch 2.11 and open_clip_torch 3.3 from PyPI. Run from the project's root: python tests/parity/make_model_golden.py
"""
import json
from pathlib import Path

import open_clip
import torch
from safetensors.torch import save_file

ROOT = Path(__file__).parent / "data"
TEXT = {"context_length": 12, "vocab_size": 40, "width": 32, "heads": 2, "layers": 2}
MODELS = {
    "model-vit": {"embed_dim": 16, "quick_gelu": True, "text_cfg": TEXT,
                  "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8}},
    "model-resnet": {"embed_dim": 16, "text_cfg": TEXT,
                     "vision_cfg": {"image_size": 64, "layers": [2, 1, 1, 1], "width": 4, "head_width": 16}},
}


def main():
    for name, config in MODELS.items():
        torch.manual_seed(7)
        config = json.loads(json.dumps(config))
        model = open_clip.CLIP(config["embed_dim"], config["vision_cfg"], config["text_cfg"],
                               quick_gelu=config.get("quick_gelu", False), output_dict=True)
        with torch.no_grad():  # zeros and ones would hide a parameter that is not used
            for key, value in model.state_dict().items():
                if value.is_floating_point() and key != "logit_scale":
                    noise = torch.randn_like(value) * 0.2
                    value.add_(noise.abs() if "running_var" in key else noise)
        model.eval()
        images = torch.randn(3, 3, config["vision_cfg"]["image_size"], config["vision_cfg"]["image_size"])
        ids = torch.zeros(3, TEXT["context_length"], dtype=torch.long)
        for row, length in enumerate((3, 12, 7)):  # start, tokens, end (the largest id)
            ids[row, 0] = 38
            ids[row, 1:length - 1] = torch.randint(2, 38, (length - 2,))
            ids[row, length - 1] = 39
        with torch.no_grad():
            expected = {"images": images, "ids": ids,
                        "image_features": model.encode_image(images), "text_features": model.encode_text(ids),
                        "image_unit": model.encode_image(images, normalize=True),
                        "text_unit": model.encode_text(ids, normalize=True)}
        folder = ROOT / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config}, indent=2) + "\n")
        save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
        save_file(expected, folder / "expected.safetensors")


main()
