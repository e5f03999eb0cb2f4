#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts of open_clip's published weights (open_clip.pretrained.list_pretrained) those that Diagonal can load.

    python tests/parity/count_open_clip.py

Needs open_clip_torch 3.3 from PyPI. Nothing is fetched. A tag counts whose architecture is one of Diagonal's presets
(resources/architectures) with the same numbers as open_clip's; names and shapes of a preset's tensors are compared by
tests/engine/test_presets.cpp.
"""
import collections
import json
import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import open_clip

ARCHITECTURES = Path(__file__).resolve().parents[2] / "resources/architectures"


def plain(value):
    """Without what has no value or no influence on tensors and numbers."""
    if not isinstance(value, dict):
        return value
    return {key: plain(each) for key, each in value.items() if each is not None or key == "timm_proj"}


def reason(name, config):
    """Why a model is none of the presets, empty where it is one."""
    path = ARCHITECTURES / f"{name}.json"
    if path.exists():
        return "" if plain(json.loads(path.read_text("utf-8"))) == plain(config) else "a preset of other numbers"
    vision, text = config["vision_cfg"], config["text_cfg"]
    if "multimodal_cfg" in config:
        return "CoCa"
    tower = vision.get("timm_model_name", "")
    for part in ("convnext", "vitamin", "fastvit"):
        if part in tower:
            return part
    return f"text tower {text['hf_model_name']}" if "hf_model_name" in text else "no preset"


def main():
    tags = collections.Counter(name for name, tag in open_clip.list_pretrained())
    missing = collections.defaultdict(list)
    loads = 0
    for name, count in sorted(tags.items()):
        why = reason(name, open_clip.get_model_config(name))
        if why:
            missing[why].append((name, count))
        else:
            loads += count
    print(f"{loads} of {sum(tags.values())} published weights load, of {len(tags)} architectures")
    for why, names in sorted(missing.items()):
        print(f"{sum(count for _, count in names):4} {why}: {', '.join(name for name, _ in names)}")


main()
