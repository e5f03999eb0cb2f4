#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what open_clip's SimpleTokenizer and transformers' CLIPTokenizer make of texts that are hard to clean and to
split: tests/parity/data/text/golden.json. Needs what tests/parity/requirements.txt lists.

    python3 tests/parity/make_text_golden.py [FLICKR8K_FOLDER]

Ids are held as CRC-32 of 32-bit little-endian numbers. With a folder that holds Flickr8k's captions.txt those of its
first 10,000 captions are recorded too, never the captions.
"""
import csv
import json
import sys
import zlib
from pathlib import Path

import numpy as np
import open_clip
import transformers
from ftfy.badness import MOJIBAKE_CATEGORIES
from open_clip.tokenizer import SimpleTokenizer, get_clean_fn

ROOT = Path(__file__).resolve().parent
OURS = {mode: SimpleTokenizer(clean=mode) for mode in ("lower", "whitespace", "canonicalize")}


WRAPPED = {f"wrapped {mode}": get_clean_fn(mode) for mode in ("whitespace", "canonicalize")}


MODES = [*OURS, "huggingface", *WRAPPED]


def hugging_face():
    names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    tokenizer = OURS["lower"]
    vocabulary = {names.get(token, token): number for token, number in tokenizer.encoder.items()}
    return transformers.CLIPTokenizer(vocab=vocabulary, merges=sorted(tokenizer.bpe_ranks, key=tokenizer.bpe_ranks.get))


CLIP = hugging_face()


def ids_of(text, mode):
    if mode == "huggingface":
        return CLIP(text).input_ids
    if mode in WRAPPED:  # open_clip's HFTokenizer
        return CLIP(WRAPPED[mode](text)).input_ids
    tokenizer = OURS[mode]
    return [tokenizer.sot_token_id, *tokenizer.encode(text), tokenizer.eot_token_id]


def crc(ids):
    return zlib.crc32(np.asarray(ids, "<i4").tobytes())


def crcs(texts):
    return [crc([number for text in texts for number in ids_of(text, mode)]) for mode in MODES]


def spoilt(text, *charsets):
    """UTF-8 that was taken for one character set after the other."""
    for charset in charsets:
        text = text.encode("utf-8").decode(charset)
    return text


PLAIN = [
    "", " ", "   \t\n ", "a photo of a dog", "A PHOTO of a Dog.", "a  b\tc\nd\r\ne", "it's we're I've I'm you'll he'd don't",
    "IT'S WE'RE I'VE I'M YOU'LL HE'D DON'T", "'s", "''s", "'", "rock'n'roll", "3.14 1,000 50% 2nd 1990s", "a-b_c/d\\e|f",
    "https://x.y/z?a=b&c=d#e", "hello@example.com", "!!!???...", "((:-))", "$100 €50 £20 ¥5", "x" * 10_000, "word " * 2_000,
    "antidisestablishmentarianism floccinaucinihilipilification", "<start_of_text>", "a <end_of_text> b", "<START_OF_TEXT>",
    "x<start_of_text>", "!<start_of_text>", "<ſtart_of_text>", "<|startoftext|> a <|endoftext|>", "<|STARTOFTEXT|>!!",
    "a</w> b</w>", "<b>bold</b>", "\x00a\x01b\x1f\x7f", "\x1b[31mred\x1b[0m \x1b[ x \x1b[٣m", "\ufeffdog", "dog\x0bcat\x0cx",
    "a\x1cb\x1dc\x1ed\x1fe", "a\x85b\u2028c\u2029d", "\ufff9x\ufffa\ufffb\ufffc", "\u206aa\u206f",
]
SCRIPTS = [
    "一张狗的照片", "日本語のテキスト 犬が走る", "ﾊﾝｶｸ ｶﾞ ﾊﾟ ＡＢＣ１２３！　全角", "한국어 각 \u1112\u1161\u11ab ﾡﾢ", "ภาษาไทย ะ ำ", "हिन्दी क्षि",
    "עברית שָׁלוֹם", "العربية مَرْحَبًا ٠١٢٣", "\u202eabc\u202c \u200fx\u200e", "Ελληνικά ΟΔΟΣ ΣΑΣ. Σ ΑΣ\u0301Α ΑΣ\u0301 ΑΣ' ", "ὈΔΥΣΣΕΎΣ ᾼ ᾳ",
    "Ἀ\u0345 a\u0345b \u0345", "собака бежит ЁЖ Ѐ", "ՀԱՅԵՐԵՆ և", "ქართული ᲥᲐᲠᲗᲣᲚᲘ", "Ꭰ ꭰ", "İstanbul I ı i\u0307", "Straße STRASSE ẞ ß",
    "Ǆ ǅ ǆ Ǉ ǈ Ǌ ĳ Ĳ ŉ ǳ", "ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ ﬁne", "naïve café cafe\u0301 Å \u212b \u212a \u2126", "e\u0301\u0323 \u0323\u0301 \u1e9b\u0323",
    "१२३ ৪৫ ٣ Ⅷ ⅷ ① ½ ² ㊿ 〇 一二 𝟙𝟚 ௰", "𝓗𝓮𝓵𝓵𝓸 𝔄 ℌ", "ſt ſ 'ſ ’s", "₹ ₿ ¤ ª º µ", "ﷺ ﷽ ㍿ ㌔", "￣ ￠ ￡ ￥ ￤ ￨ ￮",
    "😀😂🤣", "👩‍👩‍👧‍👦 👨🏽‍🚀 🏳️‍🌈", "🇩🇪🇯🇵 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "❤️ ☕︎ 1️⃣", "a\u00adb\u200bc\u2060d\u180ee",
    "a\u00a0b\u2003c\u3000d\u202fe\u205ff\u1680g", "‘x’ “y” ‚z‛ „w‟ ʼn ´ ` ′ ″", "– — ― … • ‣ · ‧", "\ufffd \ufffd?", "\U0010ffff \ue000 \ufdd0",
    "Z̸̢̛a̶l̵g̷o̴", "\u0301abc", "ẛ̣ ﬅ", "ʰ ˢᵗ ⁿ ⓐ Ⓐ",
]
HTML = [
    "AT&amp;T &lt;b&gt; &quot;q&quot; &#65;&#x42;&#X43", "&amp;amp;amp;lt;", "Tom &amp Jerry &ampersand &notit; &notin; &not",
    "&copy &copy; &COPY; &reg &trade; &hellip;", "P&EACUTE;REZ BUNDESSTRA&SZLIG;E &NTILDE; &nTILDE; &FRAC12;", "&nbsp;x&NBSP;y&ensp;",
    "&#0; &#13; &#128; &#129; &#150; &#xD800; &#x110000; &#99999999999; &#1; &#xFFFE;", "&#; &#x; &; & &a; &#59; &#x3B; &#12ab;",
    "&lt;&gt; <i>&amp;</i>", "a < b &amp; c\n&amp;d", "&amp;\n<x>&amp;\n&amp;amp;", "&CounterClockwiseContourIntegral; &zwnj; &NotEqualTilde;",
    "&Eacute;&eacute &EACUTE &sup2; &sup2 &frac14", "&amp;#38;#38;#233;", "&Atilde;&copy; &ATILDE;&SUP3;", "&acirc;&euro;&trade;",
    "&LT;&GTREQLESS; &quot", "&#128512; &#x1F600;", "&amp;eacute; &ampeacute;", "&" * 200, "&amp;" * 50,
]
WORDS = [
    "“Hello” ‘x’ don’t…", "voilà le café — naïve", "über Straße Köln", "señor ¿qué? ¡sí!", "Šťastný žluťoučký kůň", "Łódź żółć",
    "собака бежит", "Ελληνικά", "İstanbul ğüşöç", "Rīga ķēde ņēma", "日本語", "😀 👍🏽", "€100 ™ © ® • ½", "à la carte", "שלום", "مرحبا",
]
CHARSETS = ["latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "sloppy-windows-1253",
            "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2", "macroman", "cp437"]


def mojibake():
    texts = [spoilt(word, charset) for word in WORDS for charset in CHARSETS]
    texts += [spoilt(word, "sloppy-windows-1252", charset) for word in WORDS for charset in CHARSETS[:3]]
    texts += [spoilt(word, "latin-1").replace("\xa0", " ") for word in ("à la carte", "É à 5", "Š àquele às s", "日 本")]
    texts += [spoilt(word, "sloppy-windows-1252").replace("\x9d", "\ufffd").replace("\x81", "?") for word in ("“like this”", "Á Ý ”", "à?")]
    texts += [f"a dog {spoilt(word, 'sloppy-windows-1252')} and {word}" for word in WORDS]  # in two character sets at once
    texts += ["voilÃ  le travail", "Ã la mode", "sÃ³", "schÃ¶n", "Â©", "L&AMP;AMP;ATILDE;&AMP;AMP;SUP3;PEZ", "ï»¿dog", "doesnâ€™t",
              "Ø§Ù„", "РїСЂРёРІРµС‚", "\x93quoted\x94 \x85 \x80", "CRÈME BRÛLÉE", "Ã" * 30, "\xed\xa0\xbd\xed\xb8\x8d", "a\xc0\x80b Ã©",
              "Ã© À\n", "Ã© \xed\xa0\xbd\xed\xb8\n", "∂ƒ", "â”€â”€", "Ã¢â‚¬Å“x", "œa œ Œé", "×²", "√±", "ГўВЂВќa", "kÃ¶ Ã¼ ö ü"]
    # One text for each pair of kinds that the heuristic knows.
    kinds = [next(c for c in kind if c not in "-\xa0") for kind in MOJIBAKE_CATEGORIES.values()]
    texts += ["a" + first + "".join(kinds) + "b " + first for first in kinds]
    return texts


INVALID = [b"dog \xe6\x97", b"\xff\xfe\x80\xc0\xaf\xf8\x88", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"a\xe2\x28\xa1b", b"\xf4\x90\x80\x80", b"\xc3(\xc3\xa9"]


def main():
    transformers.logging.set_verbosity_error()
    entries = []
    for text in [*PLAIN, *SCRIPTS, *HTML, *mojibake()]:
        entry = {"text": text}
        if len(text) > 1000:  # one unit, repeated
            unit = text[: len(text) // (10_000 if text[0] == "x" else 2_000)]
            entry = {"text": unit, "repeat": len(text) // len(unit)}
            assert unit * entry["repeat"] == text
        entries.append({**entry, "crc": crcs([text])})
    for content in INVALID:
        entries.append({"bytes": content.hex(), "crc": crcs([content.decode("utf-8", "replace")])})
    golden = {"modes": MODES, "imagenet": crcs(open_clip.IMAGENET_CLASSNAMES)}
    if len(sys.argv) > 1:
        with open(Path(sys.argv[1]) / "captions.txt", encoding="utf-8") as file:
            captions = [row["caption"] for row in csv.DictReader(file)][:10_000]
        golden["flickr8k"] = crcs(captions)
    text = json.dumps(golden)[:-1] + ', "texts": [\n' + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries) + "\n]}\n"
    target = ROOT / "data" / "text" / "golden.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="ascii")
    print(len(entries), "texts,", len(text), "bytes")


main()
