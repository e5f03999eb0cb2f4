#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains small SentencePiece models with the special tokens of SigLIP (unigram) and SigLIP 2 (BPE that falls back to
bytes), and records what transformers and open_clip's wrapper make of texts with them: tests/parity/data/siglip.
Needs what tests/parity/requirements.txt lists; no SigLIP file is needed.

    python3 tests/parity/make_siglip_golden.py
"""
import io
import json
import shutil
from pathlib import Path

import open_clip
import sentencepiece
import transformers
from open_clip.tokenizer import basic_clean, canonicalize_text

TARGET = Path(__file__).resolve().parent / "data" / "siglip"
CONTEXT = 16
TEXTS = [
    "a photo of a dog", "A PHOTO of a Dog!", "", " ", "  two  spaces ", "a\tb\nc", "a_b-c", "don't stop", "a dog " * 12, "3.14 & 1,000",
    "naïve café cafe\u0301", "日本語 犬", "собака", "😀 👍🏽", "ﬁne ½ Ａ", "İstanbul ΑΣ", "a▁b", "▁▁a", " ▁ a", "</s>", "a </s> b", "x</s>",
    "<unk> x", "<pad> y", "a<eos>b", "<bos>", "<mask>", "<unused0> b", "\n\n", "a\n\nb", "AT&amp;T &lt;", "“quoted”", "\x00", "\u200b a\u200bb",
    "doesnâ€™t", "x" * 40, "zzqj", "un perro rojo", "\ufffd",
]


def sentences():
    templates, names = open_clip.OPENAI_IMAGENET_TEMPLATES, open_clip.IMAGENET_CLASSNAMES
    return iter([templates[i % len(templates)](name).lower() for i, name in enumerate(names)])


def train(path, **options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=sentences(), model_writer=model, num_threads=1, minloglevel=2,
                                             normalization_rule_name="identity", **options)
    path.parent.mkdir(parents=True)
    path.write_bytes(model.getvalue())


def write_config(folder, **config):
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n", "utf-8")


def batches(tokenizer, clean):
    """Padded to the context, as both wrappers do it; `padding` is what transformers pads with on the right."""
    out = []
    for text in TEXTS:
        out.append(tokenizer(clean(text), max_length=CONTEXT, padding="max_length", truncation=True, padding_side="right").input_ids)
    return out


def canonical(text):
    return canonicalize_text(basic_clean(text))


def main():
    transformers.logging.set_verbosity_error()
    shutil.rmtree(TARGET, ignore_errors=True)
    unigram, bpe = TARGET / "unigram", TARGET / "bpe"
    train(unigram / "spiece.model", model_type="unigram", vocab_size=200, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    write_config(unigram, tokenizer_class="SiglipTokenizer", eos_token="</s>", pad_token="</s>", unk_token="<unk>")
    train(bpe / "tokenizer.model", model_type="bpe", vocab_size=480, byte_fallback=True, add_dummy_prefix=False,
          remove_extra_whitespaces=False, pad_id=0, eos_id=1, bos_id=2, unk_id=3, eos_piece="<eos>", bos_piece="<bos>",
          user_defined_symbols=["<mask>", "<unused0>", "\n\n"], allow_whitespace_only_pieces=True)
    specials = {"eos_token": "<eos>", "bos_token": "<bos>", "pad_token": "<pad>", "unk_token": "<unk>", "add_bos_token": False,
                "add_eos_token": True}
    write_config(bpe, tokenizer_class="GemmaTokenizer", **specials)

    t5 = transformers.T5Tokenizer.from_pretrained(unigram, extra_ids=0, legacy=False)
    t5.pad_token = "</s>"
    gemma = transformers.GemmaTokenizer.from_pretrained(bpe)
    siglip2 = transformers.Siglip2Tokenizer.from_pretrained(bpe)
    siglip = transformers.SiglipTokenizer(str(unigram / "spiece.model"))
    for tokenizer, name in ((t5, "unigram-json"), (siglip2, "bpe-json")):
        tokenizer.save_pretrained(TARGET / name)
    golden = {"context": CONTEXT, "texts": TEXTS,
              "unigram": {"pieces": siglip.vocab_size, "huggingface": batches(siglip, str), "canonicalize": batches(t5, canonical)},
              "bpe": {"pieces": len(gemma), "huggingface": batches(siglip2, str), "canonicalize": batches(gemma, canonical)}}
    assert golden["unigram"]["canonicalize"][2] == [1] * CONTEXT and golden["bpe"]["canonicalize"][2] == [1] + [0] * (CONTEXT - 1)
    (TARGET / "golden.json").write_text(json.dumps(golden) + "\n", "ascii")


main()
