# SPDX-License-Identifier: Apache-2.0
"""Models at full size with random weights, written by each reference in its own form, and the reference's whole chain to run them.

A Reference has encode_images(paths) and encode_texts(texts), both giving float32 arrays of unit length.
"""
import json
from pathlib import Path

import open_clip
import sentencepiece
import torch
import transformers
from openai_archive import Multimodal, bpe_files, write_openai
from PIL import Image
from safetensors.torch import save_file

OPENAI = ["RN50", "RN101", "RN50x4", "RN50x16", "RN50x64", "ViT-B-32", "ViT-B-16", "ViT-L-14", "ViT-L-14-336"]
OPEN_CLIP = ["ViT-H-14", "MobileCLIP-B", "MobileCLIP2-L-14", "PE-Core-T-16-384", "PE-Core-B-16", "EVA02-B-16"]
HUGGING_FACE = ["clip-vit-base-patch32", "clip-vit-large-patch14", "siglip-base-patch16-224"]
NAMES = [f"openai/{name}" for name in OPENAI] + [f"open_clip/{name}" for name in OPEN_CLIP] + [f"hf/{name}" for name in HUGGING_FACE]


def lively(model, pictures):
    """The reference's own initialisation, with norms and biases off their ones and zeros, and statistics of real pictures
    where there is BatchNorm, so that features differ between inputs and every tensor matters."""
    with torch.no_grad():
        for key, value in model.named_parameters():
            if value.dim() == 1 and value.numel() > 1:
                value.add_(torch.randn_like(value) * (0.2 if key.endswith("weight") else 0.05))
        model.logit_scale.fill_(4.6)
        if pictures is not None:
            norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
            for norm in norms:
                norm.momentum = 1.0
            model.train()
            model.encode_image(pictures)
            for norm in norms:
                norm.momentum = 0.1
    return model.eval()


def unit(features):
    features = getattr(features, "pooler_output", features)
    return torch.nn.functional.normalize(features, dim=-1).numpy()


class OpenClip:
    def __init__(self, model, preprocess, tokenizer):
        self.model, self.preprocess, self.tokenizer = model.eval(), preprocess, tokenizer

    def encode_images(self, paths):
        with torch.no_grad():
            return unit(torch.cat([self.model.encode_image(self.preprocess(Image.open(path))[None]) for path in paths]))

    def encode_texts(self, texts):
        with torch.no_grad():
            return unit(self.model.encode_text(self.tokenizer(texts)))


def load_openai(path):
    """clip.load(path, device="cpu") as open_clip has it: weights widened to fp32."""
    model = open_clip.load_openai_model(str(path), precision="fp32", device="cpu")
    preprocess = open_clip.image_transform(model.visual.image_size, is_train=False, mean=open_clip.OPENAI_DATASET_MEAN,
                                           std=open_clip.OPENAI_DATASET_STD)
    return OpenClip(model, preprocess, open_clip.SimpleTokenizer(context_length=77))


def load_open_clip(folder):
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    return OpenClip(model, preprocess, open_clip.get_tokenizer(f"local-dir:{folder}"))


class HuggingFace:
    def __init__(self, folder, backend="pil"):
        self.model = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        self.siglip = self.model.config.model_type == "siglip"
        kind = "Siglip" if self.siglip else "CLIP"
        processor = getattr(transformers, kind + ("ImageProcessorPil" if backend == "pil" else "ImageProcessor"))
        self.processor = processor.from_pretrained(folder)
        self.tokenizer = getattr(transformers, kind + "Tokenizer").from_pretrained(folder)

    def encode_images(self, paths):
        with torch.no_grad():
            pixels = [self.processor(Image.open(path).convert("RGB"), return_tensors="pt").pixel_values for path in paths]
            return unit(torch.cat([unit_free(self.model.get_image_features(pixel_values=one)) for one in pixels]))

    def encode_texts(self, texts):
        options = {"padding": "max_length", "max_length": 64} if self.siglip else {"padding": True, "max_length": 77}
        batch = self.tokenizer(texts, truncation=True, return_tensors="pt", **options)
        with torch.no_grad():
            if self.siglip:
                return unit(self.model.get_text_features(input_ids=batch.input_ids))
            return unit(self.model.get_text_features(input_ids=batch.input_ids, attention_mask=batch.attention_mask))


def unit_free(features):
    return getattr(features, "pooler_output", features)


def pictures_for_statistics(paths, size):
    preprocess = open_clip.image_transform(size, is_train=False, mean=open_clip.OPENAI_DATASET_MEAN, std=open_clip.OPENAI_DATASET_STD)
    return torch.stack([preprocess(Image.open(path)) for path in paths])


def make_openai(name, folder, images, state_dict=False):
    config = open_clip.get_model_config(name)
    config["quick_gelu"] = True
    pictures = pictures_for_statistics(images[:4], config["vision_cfg"]["image_size"]) if name.startswith("RN") else None
    model = lively(Multimodal(config), pictures)
    write_openai(model, folder / "archive.pt", folder / "state_dict.pt" if state_dict else None)
    return {"archive": folder / "archive.pt"} | ({"state dict": folder / "state_dict.pt"} if state_dict else {})


def make_open_clip(name, folder, config=None):
    config = config or open_clip.get_model_config(name)
    make = open_clip.CustomTextCLIP if config.get("custom_text") else open_clip.CLIP
    model = lively(make(**{key: value for key, value in json.loads(json.dumps(config)).items() if key != "custom_text"}), None)
    size = config["vision_cfg"]["image_size"]
    preprocess = {"size": [size, size], "mean": list(open_clip.OPENAI_DATASET_MEAN), "std": list(open_clip.OPENAI_DATASET_STD),
                  "interpolation": "bicubic", "resize_mode": "shortest"}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": preprocess}, indent=2))
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    return {"folder": folder}


def write_spiece(folder, captions):
    """SigLIP's special ids (<pad> 0, </s> 1, <unk> 2) and normalisation; fewer pieces than the 32,000 of the model are trained."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(caption.lower() for caption in captions), model_prefix=str(folder / "spiece"), vocab_size=32000,
        hard_vocab_limit=False, model_type="unigram", normalization_rule_name="nmt_nfkc", pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
        num_threads=1, minloglevel=2)
    (folder / "spiece.vocab").unlink()


def make_hugging_face(name, folder, captions):
    if name.startswith("siglip"):
        config = transformers.SiglipConfig(text_config={"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1})
        model = lively(transformers.SiglipModel(config), None)
        with torch.no_grad():
            model.logit_bias.fill_(-12.9)
        write_spiece(folder, captions)
        transformers.SiglipTokenizer(str(folder / "spiece.model")).save_pretrained(folder)
        transformers.SiglipImageProcessorPil().save_pretrained(folder)
    else:
        specials = {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1}  # as published
        config = transformers.CLIPConfig(text_config=specials) if "base" in name else transformers.CLIPConfig(
            projection_dim=768,
            text_config={"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "projection_dim": 768} | specials,
            vision_config={"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "patch_size": 14,
                           "num_attention_heads": 16, "projection_dim": 768})
        model = lively(transformers.CLIPModel(config), None)
        vocabulary, merges = bpe_files(folder)
        transformers.CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77).save_pretrained(folder)
        transformers.CLIPImageProcessorPil().save_pretrained(folder)
    model.save_pretrained(folder)
    return {"folder": folder}


def make(name, folder, images, captions, state_dict=False):
    """Writes the model `name` of NAMES into `folder`. Returns {form: path for --model} and how the reference loads such a path."""
    torch.manual_seed(1234)
    family, name = name.split("/")
    if family == "openai":
        return make_openai(name, folder, images, state_dict), load_openai
    if family == "open_clip":
        return make_open_clip(name, folder), load_open_clip
    return make_hugging_face(name, folder, captions), HuggingFace
