#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains small tokenizers of BERT's family (WordPiece with and without capitals and for Chinese, RoBERTa's byte-level
BPE, SentencePiece with fairseq's ids), and records what transformers makes of hard texts with them:
tests/parity/data/bert_tokenizers. Also writes what the fuzz target of the tokenizers begins with. Needs what tests/parity/requirements.txt lists.

    python3 tests/parity/make_bert_tokenizer_golden.py
    python3 tests/parity/make_bert_tokenizer_golden.py --all FOLDER --captions FLICKR8K/captions.txt [--also MODEL_FOLDER...]

The second form trains larger ones on the captions and writes them to FOLDER with the ids of 10,000 captions and of some
ten thousand generated texts; the tokenizers of the other folders are asked too. tests/engine/test_tokenizer_bert.cpp
compares with them where DIAGONAL_TOKENIZER_CASES names FOLDER; how fast transformers was is printed here.
"""
import argparse
import csv
import io
import json
import os
import random
import shutil
import tempfile
import time
import unicodedata
import zlib
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
import numpy as np
import open_clip
import sentencepiece
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import BertWordPieceTokenizer, ByteLevelBPETokenizer
from transformers import AutoTokenizer

TARGET = Path(__file__).resolve().parent / "data" / "bert_tokenizers"
CHINESE = "一张狗的照片 两只猫在草地上跑 红色的圆圈 小女孩跳过水坑 山上的房子 他们在海边看日落 白色汽车停在街上 吃苹果的男孩".split()
SCRIPTS = [
    "naïve café über straße señor Åse œuvre", "собака бежит по пляжу ёж", "ο σκύλος τρέχει στην παραλία ΟΔΟΣ", "ein Hund läuft im Schnee",
    "un perro corre por la playa ¿qué?", "İstanbul ıslak köpek ğüşöç", "犬が走る 日本語のテキスト ｶﾞ", "개가 달린다 한국어 각", "हिन्दी कुत्ता दौड़ता है क्षि",
    "ภาษาไทย สุนัขวิ่ง", "שלום כלב רץ", "مرحبا الكلب يركض", "ﬁne ½ Ａ ﬂow ㍿", "👩‍👩‍👧‍👦 🏳️‍🌈 😀 👍🏽 ❤️ ☕︎", "€100 ™ © ® • ½ ‘x’ “y” – — …", "x² ⅷ ① 𝟙𝟚 𝔄 ℌ",
]
SPECIALS = ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "<s>", "</s>", "<pad>", "<unk>", "<mask>", "[cls]", "<S>", "[MASK", "<mask>>"]
POOLS = [
    ["a", "the dog", "Running", "on", "BEACH", "don't", "x.y", "3.14", "it's", "'ll", "'S", "--", "#", "##ing", "_"],
    [" ", "  ", "\t", "\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"],
    ["\x00", "\x01", "\x1f", "\x7f", "\x9f", "\xad", "\u0600", "\u061c", "\u180e", "\u200b", "\u200d", "\u200e", "\u2060", "\ufeff", "\ufff9", "\ufffd", "\ue000", "\U000e0041", "\U000f0000"],
    ["\u0301", "\u0308", "\u0323", "\u0345", "\u05b8", "\u064e", "\u093c", "\u0e31", "\u3099", "\u20dd", "\ufe0f", "\ufe20", "\U0001d165", "\u0903", "\u11a8", "\u1161", "\U0001133b", "\u1abf"],
    ["é", "É", "İ", "ı", "ß", "ẞ", "ﬁ", "ŉ", "ǅ", "Σ", "ς", "ΐ", "ᾼ", "Å", "K", "Ω", "ẛ", "Ａ", "ａ", "½", "²", "ª", "ſ", "Ɐ", "Ꭰ", "Ა", "\U00010400", "\ua7dc", "\U00010d50", "\U00016ea0"],
    ["狗", "猫", "㐀", "\U00020000", "\U0002a6df", "\U0002b740", "\U0002b820", "\U0002b920", "\U0002cea1", "豈", "\U0002f800", "\U00030000", "々", "〇", "ー", "ガ", "ｶﾞ"],
    ["한", "국", "\u1112\u1161\u11ab", "\u1100", "\uac01", "ﾡ", "\ud7b0", "\ua960"], ["שׁ", "م", "ﷺ", "\u202e", "\u0660", "ـ"],
    ["👩‍👩‍👧", "🏳️‍🌈", "👍🏽", "🇩🇪", "©", "©\u200d©", "☕︎", "1️⃣", "\U0001fae0", "\U0001f415"],
    ["\u0378", "\u2fe0", "\U0001ffff", "\U000e1000", "\U0010ffff", "\ufdd0", "\uffff", "\U00011938", "\U0001bca0", "\u2e52", "\U00011bf0"],
    ["。", "！", "「", "—", "…", "‘", "”", "¿", "§", "$", "+", "<", "^", "`", "|", "~", "€", "№", "‿", "⸺", "︙", "＿", "\u2028"],
    ["▁", "▁a", "a▁b", "▁▁", "Ġ", "Ċ", "##", "</w>"],
    SPECIALS + [f" {name} " for name in SPECIALS] + [f"x{name}y" for name in SPECIALS] + [f"\u3000{name}\xa0" for name in SPECIALS],
    ["w" * 99, "w" * 100, "w" * 101, "é" * 100, "ab" * 60, "ha" * 30, "!" * 40, "aaaaaaaaaaa", "的" * 8],
]
PLAIN = ["", " ", "\n", "a photo of a dog", "A PHOTO of a Dog.", "  two  spaces ", "a\u0301\u0301", "[MASK][MASK] a", "<mask><mask>a", "a <mask> b", "a\u00a0 <mask>b",
         "dog [SEP] cat [SEP]", "</s>dog</s>", "<unk>", "[UNK] a", "a b" * 40]


def sentences():
    templates, names = open_clip.OPENAI_IMAGENET_TEMPLATES, open_clip.IMAGENET_CLASSNAMES
    return [templates[i % len(templates)](name) for i, name in enumerate(names)] + (SCRIPTS + CHINESE) * 5


def mixed(count, seed):
    draw = random.Random(seed)
    texts = []
    for _ in range(count):
        pools = draw.sample(POOLS, draw.randint(1, 4)) + [POOLS[0]]
        texts.append("".join(draw.choice(draw.choice(pools)) for _ in range(draw.randint(1, 14))))
    return texts


def every_character(step, seed):
    """Each assigned block and some that are not: every `step`th character inside a word, as a word, after an accent."""
    points = [c for c in [*range(1, 0x33500), *range(0xE0000, 0xE0200), *range(0xF0000, 0x110000, 4093)] if not 0xD800 <= c < 0xE000]
    draw = random.Random(seed)
    points = points if step == 1 else sorted(draw.sample(points, len(points) // step))
    shapes = ["a{0}b ", "{0} ", "e\u0301{0} ", "1{0}\u0301", "{0}{0}x", " dog{0} ", "{0}\u0323\u0307."]
    return ["".join(draw.choice(shapes).format(chr(c)) for c in points[i : i + 12]) for i in range(0, len(points), 12)]


def word_piece(folder, texts, size, alphabet, lower, **settings):
    trainer = BertWordPieceTokenizer(lowercase=lower)
    trainer.train_from_iterator(texts, vocab_size=size, limit_alphabet=alphabet, min_frequency=1, show_progress=False)
    folder.mkdir(parents=True)
    trainer.save_model(str(folder))
    write_config(folder, tokenizer_class="BertTokenizer", do_lower_case=lower, **settings)


def roberta(folder, texts, size):
    trainer = ByteLevelBPETokenizer()
    trainer.train_from_iterator(texts, vocab_size=size, min_frequency=2, show_progress=False, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    folder.mkdir(parents=True)
    trainer.save_model(str(folder))
    mask = {"__type": "AddedToken", "content": "<mask>", "lstrip": True, "normalized": False, "rstrip": False, "single_word": False}
    write_config(folder, tokenizer_class="RobertaTokenizer", mask_token=mask)


def small_rules(path):
    """NFKC of what stands in the texts alone: a characters map of some kilobytes instead of 250."""
    characters = sorted(set("".join([*SCRIPTS, *PLAIN, *(item for pool in POOLS for item in pool)])))
    sources = characters + [base + mark for base in "aeiouEeа" for mark in "\u0301\u0308\u0323"]
    rules = {text: unicodedata.normalize("NFKC", text) for text in sources} | {"\t": " ", "\n": " ", "\r": " ", "\u200b": " ", "\ufeff": "", "\x01": ""}
    points = lambda text: " ".join(f"{ord(c):X}" for c in text)
    path.write_text("".join(f"{points(source)}\t{points(target)}\n" for source, target in sorted(rules.items()) if source != target and "\x00" not in source))


def fairseq(folder, texts, size, coverage, rules):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts), model_writer=model, num_threads=1, minloglevel=2, vocab_size=size,
                                             character_coverage=coverage, hard_vocab_limit=False, unk_id=0, bos_id=1, eos_id=2, pad_id=-1,
                                             normalization_rule_tsv=rules)
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    proto.normalizer_spec.normalization_rule_tsv = ""  # the file's name
    folder.mkdir(parents=True)
    (folder / "sentencepiece.bpe.model").write_bytes(proto.SerializeToString())
    mask = {"__type": "AddedToken", "content": "<mask>", "lstrip": True, "normalized": False, "rstrip": False, "single_word": False}
    write_config(folder, tokenizer_class="XLMRobertaTokenizer", mask_token=mask)


def write_config(folder, **config):
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n", "utf-8")


def train(folder, texts, size, alphabet, coverage, rules=""):
    word_piece(folder / "uncased", [text.lower() for text in texts], size, alphabet, True)
    word_piece(folder / "cased", texts, size, alphabet, False)
    word_piece(folder / "chinese", texts, size, alphabet, True, strip_accents=False, tokenize_chinese_chars=True)
    roberta(folder / "roberta", texts, size)
    fairseq(folder / "fairseq", texts, size, coverage, rules)
    for name in ("cased", "roberta", "fairseq"):  # the same as transformers writes it, tokenizer.json alone
        AutoTokenizer.from_pretrained(folder / name).save_pretrained(folder / f"{name}-json")
        for file in (folder / f"{name}-json").iterdir():
            if file.name not in ("tokenizer.json", "tokenizer_config.json"):
                file.unlink()


def crc(ids):
    return zlib.crc32(np.asarray(ids, "<i4").tobytes())


def write_seeds():
    """Small files for tests/fuzz/fuzz_tokenizer.cpp, each behind the two bytes that it wants."""
    folder = TARGET.parents[2] / "fuzz" / "seeds" / "bert_tokenizers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "photo", "##o", "do", "##g", "##s", "!", "狗"]
    special = lambda id, content, **flags: {"id": id, "content": content, "special": True, "normalized": False, **flags}
    bert = {"normalizer": {"type": "BertNormalizer", "lowercase": True}, "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
            "added_tokens": [special(3, "[SEP]"), special(4, "[MASK]", lstrip=True), {"id": 20, "content": "É!", "normalized": True, "single_word": True}],
            "model": {"type": "WordPiece", "max_input_chars_per_word": 9, "vocab": {word: number for number, word in enumerate(words)}}}
    small = ByteLevelBPETokenizer()
    small.train_from_iterator(["a dog"] * 5, vocab_size=264, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    bpe = json.loads(small.to_str())
    bpe |= {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True}, "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}}
    fairseq = {"normalizer": {"type": "Precompiled", "precompiled_charsmap": ""}, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace"}]},
               "model": {"type": "Unigram", "unk_id": 3, "vocab": [["<s>", 0], ["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁", -2.5], ["▁do", -4.5], ["do", -3], ["g", -3], ["<mask>", 0]]}}
    vocabulary, merges = json.dumps(bpe["model"]["vocab"]), "".join(" ".join(pair) + "\n" for pair in bpe["model"]["merges"])
    seeds = {
        "vocab": b"\x07\x03" + "\n".join(words).encode(),
        "vocab-settings": b"\x07\x01" + "\n".join(words).encode() + b'\0{"do_lower_case": false, "strip_accents": true, "mask_token": {"content": "[MASK]", "lstrip": true}}',
        "word-piece-json": b"\x09\x03" + json.dumps(bert).encode(),
        "roberta": b"\x08\x03" + vocabulary.encode() + b"\0" + merges.encode() + b'\0{"add_prefix_space": true}',
        "roberta-json": b"\x09\x03" + json.dumps(bpe).encode(),
        "fairseq-json": b"\x09\x03" + json.dumps(fairseq).encode(),
        "fairseq": b"\x0a\x03" + (TARGET / "fairseq" / "sentencepiece.bpe.model").read_bytes(),
    }
    for name, content in seeds.items():
        (folder / name).write_bytes(content)


def write_golden():
    shutil.rmtree(TARGET, ignore_errors=True)
    with tempfile.TemporaryDirectory() as rules:
        small_rules(Path(rules) / "rules.tsv")
        train(TARGET, sentences(), 700, 300, 0.9995, str(Path(rules) / "rules.tsv"))
    texts = [*PLAIN, *SCRIPTS, *CHINESE, *mixed(250, 1), *every_character(400, 2)]
    golden = {"texts": texts, "crc": {}}
    for folder in sorted(TARGET.iterdir()):
        tokenizer = AutoTokenizer.from_pretrained(folder)
        golden["crc"][folder.name] = [crc(tokenizer(text).input_ids) for text in texts]
    (TARGET / "golden.json").write_text(json.dumps(golden) + "\n", "ascii")
    write_seeds()
    print(len(texts), "texts")


def write_cases(folder, captions_file, others):
    with open(captions_file, encoding="utf-8") as file:
        captions = [row["caption"] for row in csv.DictReader(file)][:10_000]
    hard = [*PLAIN, *SCRIPTS, *CHINESE, *mixed(6000, 3), *every_character(1, 4)]
    shutil.rmtree(folder, ignore_errors=True)
    train(folder, captions + sentences() + mixed(3000, 3), 9000, 4000, 0.99995)
    for number, other in enumerate(others):
        shutil.copytree(other, folder / f"other-{number}", ignore=lambda _, names: [n for n in names if not n.endswith((".txt", ".json", ".model"))])
    names = sorted(path.name for path in folder.iterdir())
    for name in names:
        tokenizer = AutoTokenizer.from_pretrained(folder / name)
        begin = time.process_time()
        ids = [tokenizer(text).input_ids for text in captions]
        middle = time.process_time()
        tokenizer._tokenizer.no_truncation()
        tokenizer._tokenizer.no_padding()
        batch = [encoding.ids for encoding in tokenizer._tokenizer.encode_batch_fast(captions)]
        end = time.process_time()
        assert ids == batch
        (folder / f"{name}.json").write_text(json.dumps(ids + [tokenizer(text).input_ids for text in hard]), "ascii")
        print(f"{name}: {len(tokenizer)} tokens, {len(captions) / (middle - begin):.0f} captions/s one by one through transformers,"
              f" {len(captions) / (end - middle):.0f} in one call of tokenizers, one thread")
    (folder / "texts.json").write_text(json.dumps(captions + hard), "ascii")
    print(len(captions), "captions,", len(hard), "hard texts")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", type=Path)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("--also", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    if options.all:
        write_cases(options.all, options.captions, options.also)
    else:
        write_golden()


main()
