#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains small SentencePiece models with the special tokens of SigLIP (unigram) and SigLIP 2 (BPE that falls back to
bytes), and records what transformers and open_clip's wrapper make of texts with them: tests/parity/data/siglip. Also writes what the fuzz target of the tokenizers begins with.
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

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "parity" / "data" / "siglip"
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


def write_seeds():
    """Small files for tests/fuzz/fuzz_tokenizer.cpp, each behind the two bytes that it wants."""
    folder = ROOT / "fuzz" / "seeds" / "tokenizer"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    letters = "abdefghnoprt,"
    tokens = [letter + end for end in ("", "</w>") for letter in letters] + ["do", "dog</w>", "ph", "<|startoftext|>", "<|endoftext|>"]
    vocabulary = json.dumps({token: number for number, token in enumerate(tokens)}).encode()
    model = {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": json.loads(vocabulary), "merges": [["d", "o"], "do g</w>", ["p", "h"]]}
    bpe = {"type": "BPE", "byte_fallback": False, "unk_token": "<unk>", "vocab": {"<pad>": 0, "<eos>": 1, "<unk>": 2, "d": 3, "o": 4, "do": 5, "\u2581": 6, "\u2581do": 7},
           "merges": [["d", "o"], ["\u2581", "do"]]}
    unigram = {"type": "Unigram", "unk_id": 2, "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["\u2581", -2.5], ["do", -3], ["\u2581do", -4.5], ["g", -3]]}
    small = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=sentences(), model_writer=small, num_threads=1, minloglevel=2, vocab_size=60,
                                             normalization_rule_name="identity", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    own = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=sentences(), model_writer=own, num_threads=1, minloglevel=2, vocab_size=60,
                                             normalization_rule_name="identity", pad_id=0, unk_id=1, eos_id=-1, bos_id=-1)
    seeds = {
        "clip-files": b"\x01\x00" + vocabulary + b"\x00#version: 0.2\nd o\ndo g</w>\np h\n",
        "clip-files-huggingface": b"\x01\x03" + vocabulary + b"\x00d o\n",
        "clip-json": b"\x02\x00" + json.dumps({"added_tokens": [{"id": 30, "content": "<|endoftext|>"}], "model": model}).encode(),
        "openai": b"\x00\x00#version\ni n\nt h\n",
        "unigram-json": b"\x03\x06" + json.dumps({"model": unigram, "pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "always"},
                                                 "added_tokens": [{"id": 1, "content": "</s>", "special": True}],
                                                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": ""}]}}).encode(),
        "bpe-json": b"\x03\x07" + json.dumps({"model": bpe, "added_tokens": [{"id": 0, "content": "<pad>", "special": True}]}).encode(),
        "siglip": b"\x04\x06" + small.getvalue(),
        "siglip-huggingface": b"\x04\x07" + small.getvalue(),
        "siglip2": b"\x04\x07" + (TARGET / "bpe" / "tokenizer.model").read_bytes(),
        "own": b"\x05\x01" + own.getvalue(),
        "text-entities": b"\x06\x00&amp;amp;lt; &#x41;&eacute &EACUTE; <b>",
        "text-mojibake": b"\x06\x02" + "doesn\u00e2\u20ac\u2122t \u00c3\u00a0 la \u0432\u0402\u201d \u00ed\u00a0\u00bd".encode(),
        "text-unicode": b"\x06\x03" + "I\u0307 \u03a3\u03a3 \ufb01 \uff21 e\u0301 \U0001f415 \u200d".encode(),
    }
    for name, content in seeds.items():
        (folder / name).write_bytes(content)


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
    write_seeds()
    (TARGET / "golden.json").write_text(json.dumps(golden) + "\n", "ascii")


main()
