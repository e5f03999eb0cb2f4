#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/families/: tiny models with random weights in the form in which each reference stores its models,
and what the reference computes with them.

    OMP_NUM_THREADS=1 python tests/parity/make_family_golden.py

Needs torch 2.11, open_clip_torch 3.3, timm 1.0, transformers 5, sentencepiece and ftfy from PyPI. Nothing is fetched.
An expected.safetensors holds images [n, 3, s, s] (in fp16, to be widened), ids [n, length], ends [n] (the position at which the text is pooled), the features
before and after normalisation (image_features, image_unit, text_features, text_unit), logit_scale (its logarithm) and, for SigLIP,
logit_bias. Weights stored in 16 bits are widened to fp32 before anything is computed.
"""
import io
import json
import os
import shutil
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import open_clip
import sentencepiece
import timm
import torch
import transformers
from openai_archive import Multimodal, bpe_files, write_openai
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer

ROOT = Path(__file__).resolve().parent / "data/families"
CONTEXT, VOCABULARY, PIECES = 16, 520, 96
START, END = VOCABULARY - 2, VOCABULARY - 1


def lively(model):
    """Zeros and ones would hide a tensor that is mapped wrongly: every tensor gets noise, every norm and bias its own."""
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if not value.is_floating_point() or value.numel() == 1:
                continue
            noise = torch.randn_like(value) * 0.2
            value.add_(noise.abs() if "running_var" in key else noise)
        model.logit_scale.fill_(3.1)
        if any(isinstance(module, torch.nn.BatchNorm2d) for module in model.modules()):  # statistics of data, or nothing varies
            model.train()
            for _ in range(30):
                model.encode_image(torch.randn(8, 3, 64, 64))
    return model.eval()


def clip_ids(end_padding):
    """Start, tokens, end; the middle text fills the context."""
    ids = torch.full((3, CONTEXT), END if end_padding else 0, dtype=torch.long)
    ends = torch.tensor([2, CONTEXT - 1, 6])
    for row, end in zip(ids, ends):
        row[0], row[end] = START, END
        row[1:end] = torch.randint(3, START, (end - 1,))
    return ids, ends


def siglip_ids():
    """Tokens, </s> = 1, padded with </s> to the context and pooled at the last position."""
    ids = torch.ones(3, CONTEXT, dtype=torch.long)
    for row, length in zip(ids, (2, CONTEXT - 1, 6)):
        row[:length] = torch.randint(3, PIECES, (length,))
    return ids, torch.full((3,), CONTEXT - 1)


def pixels(size):
    return torch.randn(2, 3, size, size).half().float()


def write_expected(path, model, images, ids, ends):
    """`model` has open_clip's encode_image, encode_text, logit_scale and perhaps logit_bias."""
    with torch.no_grad():
        image, text = model.encode_image(images), model.encode_text(ids)
        expected = {"images": images.half(), "ids": ids, "ends": ends, "image_features": image, "text_features": text,
                    "image_unit": torch.nn.functional.normalize(image, dim=-1),
                    "text_unit": torch.nn.functional.normalize(text, dim=-1), "logit_scale": model.logit_scale.detach().reshape(())}
        if getattr(model, "logit_bias", None) is not None:
            expected["logit_bias"] = model.logit_bias.detach().reshape(())
    # The features must depend on the input, or the comparison says nothing.
    assert (image[0] - image[1]).abs().max() > 0.05 * image.abs().max()
    assert (text[0] - text[1]).abs().max() > 0.05 * text.abs().max()
    save_file({key: value.contiguous() for key, value in expected.items()}, path)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


def write_bpe(folder):
    return bpe_files(folder, VOCABULARY - 514)


def write_spiece(folder):
    """A SentencePiece model with SigLIP's special ids: <pad> 0, </s> 1, <unk> 2."""
    templates, names = open_clip.OPENAI_IMAGENET_TEMPLATES, open_clip.IMAGENET_CLASSNAMES
    sentences = [templates[i % len(templates)](name).lower() for i, name in enumerate(names)]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences), model_writer=model, vocab_size=PIECES, model_type="unigram", num_threads=1,
        normalization_rule_name="identity", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, minloglevel=2)
    (folder / "spiece.model").write_bytes(model.getvalue())


def make_folder(name):
    folder = ROOT / name
    folder.mkdir(parents=True)
    return folder


# open_clip

TEXT = {"context_length": CONTEXT, "vocab_size": VOCABULARY, "width": 16, "heads": 2, "layers": 2}
OPEN_CLIP = {
    "open_clip-vit": {"embed_dim": 12, "text_cfg": TEXT,
                      "vision_cfg": {"image_size": 16, "layers": 2, "width": 24, "head_width": 8, "patch_size": 4}},
    "open_clip-vit-quickgelu": {"embed_dim": 12, "quick_gelu": True, "text_cfg": TEXT | {"layers": 1},
                                "vision_cfg": {"image_size": 16, "layers": 2, "width": 16, "head_width": 4, "patch_size": 4}},
    "open_clip-vit-mlp-bin": {"embed_dim": 12, "text_cfg": TEXT | {"mlp_ratio": 4.3637, "heads": 4},  # as g/14 and bigG/14
                          "vision_cfg": {"image_size": 15, "layers": 2, "width": 26, "head_width": 13, "mlp_ratio": 4.9231,
                                         "patch_size": 5}},
    "open_clip-resnet": {"embed_dim": 12, "text_cfg": TEXT,
                         "vision_cfg": {"image_size": 64, "layers": [2, 1, 1, 1], "width": 2, "head_width": 16}},
}


def open_clip_model(config):
    return open_clip.CLIP(**json.loads(json.dumps(config)))


def open_clip_folder(name, config):
    folder = make_folder(name)
    # A real folder's preprocess_cfg, as open_clip's push_to_hf_hub writes it.
    size = config["vision_cfg"]["image_size"]
    write_json(folder / "open_clip_config.json",
               {"model_cfg": config, "preprocess_cfg": {"size": [size, size], "mean": list(open_clip.OPENAI_DATASET_MEAN),
                                                        "std": list(open_clip.OPENAI_DATASET_STD), "interpolation": "bicubic",
                                                        "resize_mode": "shortest"}})
    write_bpe(folder)
    return folder


def training_checkpoint(model, path):
    """As open_clip_train's main.py saves it: names with "module." of DistributedDataParallel, the optimizer's state beside."""
    group = [model.logit_scale, model.ln_final.weight]
    optimizer = torch.optim.AdamW(group, lr=0.0)
    for parameter in group:
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    state = {"module." + key: value for key, value in model.state_dict().items()}
    torch.save({"epoch": 3, "name": "2024_01_02-model_tiny", "state_dict": state, "optimizer": optimizer.state_dict()}, path)
    torch.optim.AdamW(group).load_state_dict(torch.load(path)["optimizer"])


def describe(path, config):
    """What no tensor tells, beside the tensors."""
    path.write_text(json.dumps(config, indent=2) + "\n")


def write_open_clip():
    models = {}
    for name, config in OPEN_CLIP.items():
        torch.manual_seed(len(name))
        model = lively(open_clip_model(config))
        folder = open_clip_folder(name, config)
        if name.endswith("-mlp-bin"):
            torch.save(model.state_dict(), folder / "open_clip_pytorch_model.bin")
        else:
            save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / "open_clip_model.safetensors")
        images, (ids, ends) = pixels(config["vision_cfg"]["image_size"]), clip_ids(end_padding=False)
        write_expected(folder / "expected.safetensors", model, images, ids, ends)
        reloaded = open_clip.create_model(f"local-dir:{folder}").eval()
        assert torch.equal(reloaded.encode_image(images), model.encode_image(images))
        models[name] = (model, images, ids, ends)

    folder = make_folder("open_clip-vit-training")
    write_bpe(folder)
    training_checkpoint(models["open_clip-vit"][0], folder / "epoch_3.pt")
    describe(folder / "epoch_3.json", OPEN_CLIP["open_clip-vit"])

    for suffix, dtype in (("fp16", torch.float16), ("bf16", torch.bfloat16)):
        model, images, ids, ends = models["open_clip-vit"]
        config = OPEN_CLIP["open_clip-vit"]
        folder = open_clip_folder("open_clip-vit-" + suffix, config)
        stored = {key: value.to(dtype).contiguous() for key, value in model.state_dict().items()}
        save_file(stored, folder / "open_clip_model.safetensors")
        rounded = open_clip_model(config)
        rounded.load_state_dict({key: value.float() for key, value in stored.items()})
        write_expected(folder / "expected.safetensors", rounded.eval(), images, ids, ends)

    for size in (24, 12):  # another image size: open_clip's resize_pos_embed, up and down
        folder = ROOT / "open_clip-vit"
        resized = open_clip.create_model(f"local-dir:{folder}", force_image_size=size).eval()
        _, _, ids, ends = models["open_clip-vit"]
        write_expected(folder / f"expected-{size}.safetensors", resized, pixels(size), ids, ends)


# OpenAI: heads are width / 64, so the towers are 64 wide

OPENAI_TEXT = {"context_length": CONTEXT, "vocab_size": PIECES, "width": 64, "heads": 1, "layers": 1}
OPENAI = {
    "vit": {"embed_dim": 12, "quick_gelu": True, "text_cfg": OPENAI_TEXT,
            "vision_cfg": {"image_size": 12, "layers": 1, "width": 64, "patch_size": 4}},
    "resnet": {"embed_dim": 12, "quick_gelu": True, "text_cfg": OPENAI_TEXT,
               "vision_cfg": {"image_size": 64, "layers": [1, 2, 1, 1], "width": 2}},
}


def openai_ids():
    ids, ends = clip_ids(end_padding=False)
    ids[ids > 2] = ids[ids > 2] % (PIECES - 5) + 3
    ids[:, 0] = PIECES - 2
    for row, end in zip(ids, ends):
        row[end] = PIECES - 1
    return ids, ends


def write_openai_models():
    for name, config in OPENAI.items():
        torch.manual_seed(20 + len(name))
        model = lively(Multimodal(config))
        images, (ids, ends) = pixels(config["vision_cfg"]["image_size"]), openai_ids()
        state_folder, archive_folder = make_folder(f"openai-{name}-state"), make_folder(f"openai-{name}-archive")
        write_openai(model, archive_folder / "model.pt", state_folder / "model.pt")
        for folder in (state_folder, archive_folder):
            write_spiece(folder)
        references = [open_clip.load_openai_model(str(folder / "model.pt"), precision="fp32", device="cpu")
                      for folder in (state_folder, archive_folder)]
        assert torch.equal(*(reference.encode_image(images) for reference in references))
        assert torch.equal(*(reference.encode_text(ids) for reference in references))
        write_expected(state_folder / "expected.safetensors", references[0], images, ids, ends)

    # The tensors alone in open_clip's names.
    torch.manual_seed(31)
    config = OPENAI["vit"] | {"quick_gelu": False}
    model = lively(open_clip_model(config))
    folder = make_folder("open_clip-vit-lone")
    write_spiece(folder)
    stored = {key: value.half().contiguous() for key, value in model.state_dict().items()}
    save_file(stored, folder / "weights.safetensors")
    describe(folder / "weights.json", config)
    model.load_state_dict({key: value.float() for key, value in stored.items()})
    write_expected(folder / "expected.safetensors", model, pixels(12), *openai_ids())


# Hugging Face

class HuggingFace:
    """CLIPModel and SiglipModel with open_clip's method names."""

    def __init__(self, model):
        self.model, self.logit_scale, self.logit_bias = model, model.logit_scale, getattr(model, "logit_bias", None)

    def encode_image(self, images):
        features = self.model.get_image_features(pixel_values=images)
        return getattr(features, "pooler_output", features)

    def encode_text(self, ids):
        features = self.model.get_text_features(input_ids=ids)
        return getattr(features, "pooler_output", features)


def hugging_face_clip(activation, end):
    specials = {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1} if end == 2 else {
        "bos_token_id": START, "eos_token_id": END, "pad_token_id": END}
    return transformers.CLIPConfig(
        projection_dim=12,
        text_config={"vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 64, "projection_dim": 12,
                     "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": CONTEXT,
                     "hidden_act": activation, **specials},
        vision_config={"hidden_size": 24, "intermediate_size": 72, "projection_dim": 12, "num_hidden_layers": 2,
                       "num_attention_heads": 3, "image_size": 16, "patch_size": 4, "hidden_act": activation})


# As openai/clip-vit-base-patch32 has it: numbers where later versions write objects.
OLD_PREPROCESSOR = {
    "crop_size": 16, "do_center_crop": True, "do_normalize": True, "do_resize": True,
    "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "size": 16,
}


def write_hugging_face_clip():
    for name, activation, end in (("hf-clip", "quick_gelu", 2), ("hf-clip-gelu-bin", "gelu", END), ("hf-clip-sharded", "quick_gelu", END)):
        torch.manual_seed(40 + len(name))
        model = lively(transformers.CLIPModel(hugging_face_clip(activation, end)))
        folder = make_folder(name)
        vocabulary, merges = write_bpe(folder)
        if name == "hf-clip-sharded":
            model.save_pretrained(folder, max_shard_size="60KB")
            assert len(list(folder.glob("*.safetensors"))) > 1
        else:
            model.save_pretrained(folder)
        if name == "hf-clip-gelu-bin":
            torch.save(model.state_dict(), folder / "pytorch_model.bin")
            (folder / "model.safetensors").unlink()
        if name == "hf-clip":
            write_json(folder / "preprocessor_config.json", OLD_PREPROCESSOR)
        else:
            size = {"height": 16, "width": 16}
            transformers.CLIPImageProcessorPil(size={"shortest_edge": 16}, crop_size=size).save_pretrained(folder)
        if name == "hf-clip-sharded":  # tokenizer.json alone
            tokenizer = transformers.CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=CONTEXT)
            tokenizer.save_pretrained(folder)
            for file in ("vocab.json", "merges.txt"):
                (folder / file).unlink()
            assert (folder / "tokenizer.json").exists()
        reference = transformers.CLIPModel.from_pretrained(folder).eval()
        write_expected(folder / "expected.safetensors", HuggingFace(reference), pixels(16), *clip_ids(end_padding=end != 2))


def write_hugging_face_siglip():
    torch.manual_seed(50)
    config = transformers.SiglipConfig(
        text_config={"vocab_size": PIECES, "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2,
                     "num_attention_heads": 4, "max_position_embeddings": CONTEXT, "projection_size": 24,
                     "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1},
        vision_config={"hidden_size": 24, "intermediate_size": 60, "num_hidden_layers": 2, "num_attention_heads": 3,
                       "image_size": 16, "patch_size": 4})
    model = lively(transformers.SiglipModel(config))
    with torch.no_grad():
        model.logit_bias.fill_(-9.5)
    folder = make_folder("hf-siglip")
    model.save_pretrained(folder)
    write_spiece(folder)
    transformers.SiglipImageProcessorPil(size={"height": 16, "width": 16}).save_pretrained(folder)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "SiglipTokenizer", "do_lower_case": True, "eos_token": "</s>",
                                                  "pad_token": "</s>", "unk_token": "<unk>", "model_max_length": CONTEXT})
    reference = transformers.SiglipModel.from_pretrained(folder).eval()
    write_expected(folder / "expected.safetensors", HuggingFace(reference), pixels(16), *siglip_ids())


# open_clip's SigLIP

@timm.models.register_model
def vit_golden_patch4_siglip_16(pretrained=False, **options):
    del pretrained
    options = {key: value for key, value in options.items() if key in ("num_classes", "global_pool")}
    return VisionTransformer(img_size=16, patch_size=4, embed_dim=64, depth=1, num_heads=1, mlp_ratio=1.5, class_token=False, **options)


def write_open_clip_siglip():
    torch.manual_seed(60)
    text = {"context_length": CONTEXT, "vocab_size": PIECES, "width": 64, "heads": 1, "layers": 1, "mlp_ratio": 1.5,
            "no_causal_mask": True, "proj_bias": True, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}}
    model = lively(open_clip.CustomTextCLIP(
        64, init_logit_bias=-9.5, text_cfg=text,
        vision_cfg={"image_size": 16, "timm_model_name": "vit_golden_patch4_siglip_16", "timm_pool": "map", "timm_proj": "none"}))
    # timm has no such tower: Diagonal's own words for it.
    config = {"embed_dim": 64, "text_cfg": text, "init_logit_bias": -10, "custom_text": True,
              "vision_cfg": {"image_size": 16, "model_type": "siglip", "layers": 1, "width": 64, "heads": 1, "mlp_ratio": 1.5, "patch_size": 4}}
    stored = {key: value.half().contiguous() if value.dim() > 1 else value for key, value in model.state_dict().items()}
    model.load_state_dict({key: value.float() for key, value in stored.items()})
    folder = make_folder("open_clip-siglip-lone")
    write_spiece(folder)
    save_file(stored, folder / "weights.safetensors")
    describe(folder / "weights.json", config)
    images, (ids, ends) = pixels(16), siglip_ids()
    write_expected(folder / "expected.safetensors", model, images, ids, ends)
    bin_folder = make_folder("open_clip-siglip-bin")
    write_spiece(bin_folder)
    torch.save(stored, bin_folder / "open_clip_pytorch_model.bin")
    describe(bin_folder / "open_clip_pytorch_model.json", config)
    model.visual.set_input_size((24, 24))
    write_expected(folder / "expected-24.safetensors", model, pixels(24), ids, ends)


def main():
    torch.set_num_threads(1)
    shutil.rmtree(ROOT, ignore_errors=True)
    write_open_clip()
    write_openai_models()
    write_hugging_face_clip()
    write_hugging_face_siglip()
    write_open_clip_siglip()
    for path in ROOT.rglob("README.md"):
        path.unlink()
    print(sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) // 1024, "KiB")


main()
