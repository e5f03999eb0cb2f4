#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/text_families/: tiny models with random weights of the families whose text side is their own, in the
form in which each reference stores its models, and what the reference computes with them.

    OMP_NUM_THREADS=1 python tests/parity/make_text_family_golden.py

Needs torch 2.11, open_clip_torch 3.3, timm 1.0 and transformers 5 from PyPI. Nothing is fetched.
expected.safetensors holds images [n, 3, s, s], ids [n, length], lengths [n] and features before normalisation
(image_features, text_features). chinese-clip-lone/weights.pt has the names of Chinese-CLIP's own code, whose image tower is
OpenAI's.
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

ROOT = Path(__file__).resolve().parent / "data/text_families"
CONTEXT, VOCABULARY = 12, 60
VISION = {"image_size": 16, "layers": 2, "width": 24, "head_width": 8, "patch_size": 4}
TEXT = {"context_length": CONTEXT, "vocab_size": VOCABULARY, "width": 16, "heads": 2, "layers": 2}


def lively(model):
    with torch.no_grad():
        for value in model.state_dict().values():
            if value.is_floating_point() and value.numel() > 1:
                value.add_(torch.randn_like(value) * 0.2)
        model.logit_scale.fill_(3.1)
    return model.eval()


def texts(pad, end=None, midst=None):
    """Five texts, one of which fills the context; `midst` stands within two of them."""
    lengths = torch.tensor([4, CONTEXT, 2, 8, CONTEXT - 1])
    ids = torch.full((5, CONTEXT), pad)
    for row, length in zip(ids, lengths):
        row[:length] = torch.randint(3, VOCABULARY, (int(length),))
        if end is not None:
            row[length - 1] = end
    if midst is not None:
        ids[3, 3] = ids[1, 5] = midst
    return ids, lengths


def folder_of(name):
    folder = ROOT / name
    folder.mkdir(parents=True)
    return folder


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


def write_expected(folder, images, ids, lengths, image, text):
    assert (image[0] - image[1]).abs().max() > 0.02 * image.abs().max()
    assert (text[0] - text[1]).abs().max() > 0.02 * text.abs().max()
    save_file({"images": images, "ids": ids, "lengths": lengths, "image_features": image.detach().contiguous(),
               "text_features": text.detach().contiguous()}, folder / "expected.safetensors")


def write_open_clip(name, config, ids, lengths):
    custom = config.pop("custom_text", False)
    multimodal = config.pop("multimodal_cfg", None)
    if multimodal:
        model = open_clip.CoCa(config["embed_dim"], multimodal, config["text_cfg"], config["vision_cfg"])
    else:
        model = (open_clip.CustomTextCLIP if custom else open_clip.CLIP)(**json.loads(json.dumps(config)))
    lively(model)
    folder = folder_of(name)
    stored = config | ({"custom_text": True} if custom else {}) | ({"multimodal_cfg": multimodal} if multimodal else {})
    write_json(folder / "open_clip_config.json", {"model_cfg": stored, "preprocess_cfg": {}})
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    images = torch.randn(2, 3, 16, 16)
    encode = {"normalize": False}
    write_expected(folder, images, ids, lengths, model.encode_image(images, **encode), model.encode_text(ids, **encode))


def write_meta_clip_2():
    torch.manual_seed(1)
    write_open_clip("metaclip-2", {"embed_dim": 12, "vision_cfg": VISION, "text_cfg": TEXT | {"pool_type": "eos", "eos_id": 2}},
                    *texts(1, end=2, midst=2))
    torch.manual_seed(2)
    config = transformers.MetaClip2Config(
        projection_dim=12,
        text_config={"vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 64, "projection_dim": 12,
                     "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": CONTEXT,
                     "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1},
        vision_config={"hidden_size": 24, "intermediate_size": 72, "projection_dim": 12, "num_hidden_layers": 2,
                       "num_attention_heads": 3, "image_size": 16, "patch_size": 4})
    write_transformers("hf-metaclip-2", transformers.MetaClip2Model(config), *texts(1, end=2, midst=2))


def write_transformers(name, model, ids, lengths, mask=None):
    lively(model)
    folder = folder_of(name)
    model.save_pretrained(folder)
    images = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        text = model.get_text_features(input_ids=ids, attention_mask=mask)
        image = model.get_image_features(pixel_values=images)
    text, image = (getattr(value, "pooler_output", value) for value in (text, image))
    write_expected(folder, images, ids, lengths, image, text)


def chinese_clip(heads):
    return transformers.ChineseCLIPConfig(
        projection_dim=12,
        text_config={"vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 40, "num_hidden_layers": 2,
                     "num_attention_heads": heads, "max_position_embeddings": 20, "type_vocab_size": 2},
        vision_config={"hidden_size": 24, "intermediate_size": 96, "projection_dim": 12, "num_hidden_layers": 2,
                       "num_attention_heads": 3, "image_size": 16, "patch_size": 4})


def write_chinese_clip():
    torch.manual_seed(3)
    ids, lengths = texts(0)
    mask = (ids != 0).long()
    write_transformers("chinese-clip", transformers.ChineseCLIPModel(chinese_clip(heads=2)), ids, lengths, mask)
    write_json(ROOT / "chinese-clip/preprocessor_config.json", {
        "crop_size": {"height": 16, "width": 16}, "do_center_crop": False, "do_convert_rgb": True, "do_normalize": True,
        "do_resize": True, "feature_extractor_type": "ChineseCLIPFeatureExtractor", "image_mean": list(open_clip.OPENAI_DATASET_MEAN),
        "image_std": list(open_clip.OPENAI_DATASET_STD), "resample": 3, "size": {"height": 16, "width": 16}})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"一二三四五六七八九十红蓝绿圆方狗猫的在上下大小人车水火山天", "a", "##b", "dog"]
    words += [f"[unused{i}]" for i in range(VOCABULARY - len(words))]
    (ROOT / "chinese-clip/vocab.txt").write_text("\n".join(words) + "\n", "utf-8")

    # One head each: shapes alone tell nothing of heads.
    torch.manual_seed(4)
    model, images = lively(transformers.ChineseCLIPModel(chinese_clip(heads=1))), torch.randn(2, 3, 16, 16)
    text = model.get_text_features(input_ids=ids, attention_mask=mask).pooler_output
    vit = lively(open_clip.CLIP(12, VISION | {"width": 64, "head_width": 64, "layers": 1}, TEXT, quick_gelu=True))
    state = {key: value for key, value in vit.state_dict().items() if key.startswith("visual.")}
    state |= {"bert." + key.removeprefix("text_model."): value for key, value in model.state_dict().items()
              if key.startswith("text_model.")}
    state |= {"bert.pooler.dense.weight": torch.randn(16, 16), "bert.pooler.dense.bias": torch.randn(16),
              "text_projection": model.text_projection.weight.t(), "logit_scale": model.logit_scale}
    folder = folder_of("chinese-clip-lone")
    state = {"module." + key: value.detach().clone() for key, value in state.items()}
    torch.save({"epoch": 15, "step": 100, "name": "tiny", "state_dict": state}, folder / "weights.pt")
    write_expected(folder, images, ids, lengths, vit.encode_image(images), text)


def write_coca():
    decoder = {"context_length": CONTEXT, "vocab_size": VOCABULARY, "width": 16, "heads": 2, "layers": 1, "attn_pooler_heads": 2}
    pool = {"attentional_pool": True, "attn_pooler_heads": 3, "attn_pooler_queries": 5, "output_tokens": True}
    text = TEXT | {"embed_cls": True, "output_tokens": True}
    # In "coca" the pooler is as wide as the tower's tokens; in "coca-narrow" it is not.
    for number, (name, embed) in enumerate((("coca", 24), ("coca-narrow", 12))):
        torch.manual_seed(10 + number)
        ids, lengths = texts(0, end=VOCABULARY - 1, midst=0)
        write_open_clip(name, {"embed_dim": embed, "vision_cfg": VISION | pool, "text_cfg": text | {"width": 16},
                               "multimodal_cfg": decoder | {"width": embed, "heads": 2}, "custom_text": True}, ids, lengths)


def main():
    torch.set_num_threads(1)
    shutil.rmtree(ROOT, ignore_errors=True)
    write_meta_clip_2()
    write_chinese_clip()
    write_coca()
    for path in ROOT.rglob("README.md"):
        path.unlink()
    print(sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) // 1024, "KiB")


main()
