#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/bert/: tiny text towers of BERT's family with random weights, as open_clip and transformers store
them, and what those compute with them.

    OMP_NUM_THREADS=1 python tests/parity/make_bert_golden.py

Needs torch 2.11, open_clip_torch 3.3, timm 1.0 and transformers 5 from PyPI. Nothing is fetched.
NAME.json is open_clip's model_cfg, NAME/config.json the text tower's own, NAME.safetensors the weights,
NAME-expected.safetensors: ids int64 [texts, length], padded with the tower's pad_token_id, lengths int64 [texts], features
[texts, embed_dim]; gradients of the sum of features times weights ("weights") as "grad.TENSOR", for one of them. One text
holds pad_token_id in its midst. heads.safetensors: what projects features to embeddings, alone, with inputs and outputs.
open_clip has no DistilBERT, and its max_pooler fails: both are computed here with transformers' towers.
"""
import json
import os
import shutil
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import open_clip
import torch
import transformers
from safetensors.torch import save_file
from timm.layers import Mlp

ROOT = Path(__file__).resolve().parent / "data/bert"
WIDTH, EMBED, VOCABULARY, POSITIONS, LENGTH = 16, 12, 40, 24, 10
COMMON = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
          "vocab_size": VOCABULARY}
TOWERS = {
    "bert": COMMON | {"max_position_embeddings": POSITIONS, "type_vocab_size": 2, "pad_token_id": 0, "hidden_act": "gelu"},
    "roberta": COMMON | {"max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1, "pad_token_id": 1,
                         "layer_norm_eps": 1e-5},
    "xlm-roberta": COMMON | {"max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1, "pad_token_id": 1,
                             "layer_norm_eps": 1e-5, "hidden_act": "gelu_new"},
    "distilbert": {"dim": WIDTH, "n_layers": 2, "n_heads": 2, "hidden_dim": 24, "vocab_size": VOCABULARY,
                   "max_position_embeddings": POSITIONS, "pad_token_id": 0},
}
# Name: type, open_clip's pooler, head.
CASES = {
    "bert-pooler-linear": ("bert", "cls_pooler", "linear"),
    "bert-first-mlp": ("bert", "cls_last_hidden_state_pooler", "mlp"),
    "bert-max-none": ("bert", "max_pooler", None),
    "roberta-mean-mlp": ("roberta", "mean_pooler", "mlp"),
    "roberta-pooler-none": ("roberta", "cls_pooler", None),
    "xlm-roberta-mean-linear": ("xlm-roberta", "mean_pooler", "linear"),
    "distilbert-mean-none": ("distilbert", "mean_pooler", None),
    "distilbert-first-residual": ("distilbert", "cls_pooler", "residual"),
}
WITH_GRADIENTS = ("roberta-mean-mlp", "distilbert-first-residual")


class Residual(torch.nn.Module):
    """The tutorial's projection head: a layer norm over p + dropout(linear(GELU(p))), p = linear(x)."""

    def __init__(self, width, embed):
        super().__init__()
        self.projection, self.fc = torch.nn.Linear(width, embed), torch.nn.Linear(embed, embed)
        self.layer_norm = torch.nn.LayerNorm(embed)

    def forward(self, x):
        p = self.projection(x)
        return self.layer_norm(p + self.fc(torch.nn.functional.gelu(p)))


class TextTower(torch.nn.Module):
    """transformers' tower, pooled and projected; names as in open_clip's HFTextEncoder."""

    def __init__(self, config, pooler, head, embed):
        super().__init__()
        self.transformer = transformers.AutoModel.from_config(config)
        if getattr(self.transformer, "pooler", None) is not None:
            self.transformer.pooler = None
        self.pad, self.kind = config.pad_token_id, pooler
        self.proj = Residual(WIDTH, embed) if head == "residual" else torch.nn.Identity()

    def forward(self, ids):
        mask = ids != self.pad
        x = self.transformer(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        if self.kind == "max_pooler":
            x = x.masked_fill(~mask.unsqueeze(2), -torch.inf).amax(1)
        elif self.kind == "mean_pooler":
            x = (x * mask.unsqueeze(2)).sum(1) / mask.sum(1, keepdim=True)
        else:
            x = x[:, 0]
        return self.proj(x)


def lively(model):
    with torch.no_grad():
        for value in model.state_dict().values():
            if value.is_floating_point() and value.numel() > 1:
                value.add_(torch.randn_like(value) * 0.2)
    return model.eval()


def texts(pad):
    """Four texts, one of a single token, one with padding in its midst."""
    lengths = torch.tensor([4, LENGTH, 1, 7])
    ids = torch.full((4, LENGTH), pad)
    for row, length in zip(ids, lengths):
        row[:length] = torch.randint(2, VOCABULARY, (int(length),))
    ids[3, 2] = ids[3, 4] = pad
    return ids, lengths


def write_case(name, kind, pooler, head):
    folder = ROOT / name
    folder.mkdir(parents=True)
    hub = {"model_type": kind} | TOWERS[kind]
    (folder / "config.json").write_text(json.dumps(hub, indent=2) + "\n", "utf-8")
    embed = WIDTH if head is None else EMBED
    vision = {"image_size": 8, "layers": 1, "width": 8, "head_width": 8, "patch_size": 4}
    text = {"hf_model_name": str(folder), "hf_model_pretrained": False, "hf_proj_type": head, "hf_pooler_type": pooler,
            "context_length": 20}
    ours = kind == "distilbert" or pooler == "max_pooler"
    if ours:
        model = open_clip.CustomTextCLIP(embed, vision, {"width": 8, "heads": 1, "layers": 1, "vocab_size": 8})
        model.text = TextTower(transformers.AutoConfig.from_pretrained(folder), pooler, head, embed)
    else:
        model = open_clip.CustomTextCLIP(embed, vision, text)
    lively(model)
    ids, lengths = texts(hub["pad_token_id"])
    features = model.text(ids)
    expected = {"ids": ids, "lengths": lengths, "features": features.detach()}
    if name in WITH_GRADIENTS:
        expected["weights"] = torch.randn_like(features)
        (features * expected["weights"]).sum().backward()
        expected |= {f"grad.text.{key}": p.grad for key, p in model.text.named_parameters() if p.grad is not None}
    save_file({key: value.contiguous() for key, value in expected.items()}, ROOT / f"{name}-expected.safetensors")
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, ROOT / f"{name}.safetensors")
    config = {"embed_dim": embed, "vision_cfg": vision, "text_cfg": text | {"hf_model_name": name}}
    (ROOT / f"{name}.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def write_heads():
    x = torch.randn(3, WIDTH)
    heads = {
        "image-linear": ("visual.head.", torch.nn.Sequential()),
        "image-linear-bias": ("visual.head.", torch.nn.Sequential()),
        "image-mlp": ("visual.head.", torch.nn.Sequential()),
        "image-residual": ("visual.head.", Residual(WIDTH, EMBED)),
        "text-residual": ("text.proj.", Residual(WIDTH, EMBED)),
        "text-linear": ("text.proj.", torch.nn.Linear(WIDTH, EMBED, bias=False)),
    }
    heads["image-linear"][1].add_module("proj", torch.nn.Linear(WIDTH, EMBED, bias=False))
    heads["image-linear-bias"][1].add_module("proj", torch.nn.Linear(WIDTH, EMBED))
    # As open_clip's TimmModel makes it.
    heads["image-mlp"][1].add_module("mlp", Mlp(WIDTH, 2 * EMBED, EMBED, drop=(0.0, 0), bias=(True, False)))
    values = {"x": x}
    for name, (prefix, head) in heads.items():
        lively(head)
        values |= {f"{name}/{prefix}{key}": value for key, value in head.state_dict().items()}
        values[f"{name}/y"] = head(x).detach()
    save_file({key: value.contiguous() for key, value in values.items()}, ROOT / "heads.safetensors")


def main():
    torch.set_num_threads(1)
    shutil.rmtree(ROOT, ignore_errors=True)
    for number, (name, case) in enumerate(CASES.items()):
        torch.manual_seed(100 + number)
        write_case(name, *case)
    torch.manual_seed(200)
    write_heads()
    print(sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) // 1024, "KiB")


main()
