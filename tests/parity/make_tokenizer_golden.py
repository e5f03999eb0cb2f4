#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what open_clip's tokenizer (Hugging Face tokenizers) gives for a model folder that Diagonal wrote.

    python3 tests/parity/make_tokenizer_golden.py MODEL_FOLDER

Needs open_clip_torch 3.3 and transformers 5. Writes tests/parity/data/tokenizer/{spiece.model,golden.json}.
"""
import json
import shutil
import sys
from pathlib import Path

import open_clip

TEXTS = [
    "a red circle", "Two GREEN squares", "a photo of a dog.", "the dog runs, the cat sleeps!", "", " ", "  a  b ",
    "A DOG", "<start_of_text>", "a <end_of_text> b", "<pad>", "<unk>", "<PAD> <UNK> x", "</s>",
    "ﬁne ﬂow Ⅷ ①", "naïve café cafe\u0301", "“Hello” ‘x’ don’t", "日本語のテキスト 犬が走る", "한국어 각", "\u1112\u1161\u11ab",
    "ÅÄÖ ß ẞ İ ı", "👩‍👩‍👧‍👦 🐕 dog 🏳️‍🌈", "a\tb\nc\r\nd", "a\u00a0b\u3000c\u200bd\u2003e", "x\u2581y ▁▁ z", "¡¿…—–",
    "Ａｂｃ １２３", "AT&amp;T &lt;b&gt; &quot;q&quot; &#65;&#x42; &nbsp; &copyright", "Tom &amp Jerry", "&amp;amp;lt;",
    "ะ ำ ไทย", "हिन्दी क्षि", "עברית العربية", "\u202eabc\u202c", "dog " * 100, "\x00a\x01b\x7f", "\ufeffdog",
    "①②③㍿㌔", "ΑΒΓς Σ", "Ǆ ǅ", "\ud55c\uae00", "dog.Cat,run!", "3.14 1,000 50%", "https://x.y/z?a=b&c=d",
    "\u00ad soft\u00adhyphen", "ﷺ", "𝓗𝓮𝓵𝓵𝓸 𝟙", "½ ¼ ²", "<b>&amp;amp;</b>", "`\u02bc´", "\U0001F1E9\U0001F1EA flag",
    "\u212a \u212b \u2126", "\ufffd", "\u1e9b\u0323", "a large yellow star in the top left", "zero blue triangles",
    "three small purple hexagons on white", "Der große Hund läuft über die Straße", "un perro rojo corre rápido",
    "собака бежит по пляжу", "qwertyuiop asdfghjkl zxcvbnm",
]


def main() -> None:
    folder = Path(sys.argv[1])
    target = Path(__file__).resolve().parent / "data" / "tokenizer"
    target.mkdir(parents=True, exist_ok=True)
    tokenizer = open_clip.get_tokenizer(f"local-dir:{folder}")
    end = len(tokenizer.tokenizer) - 1
    entries = []
    for text, ids in zip(TEXTS, tokenizer(TEXTS).tolist()):
        length = ids.index(end) + 1
        assert not any(ids[length:])
        entries.append({"text": text, "ids": ids[:length]})
    golden = {"context_length": tokenizer.context_length, "vocabulary_size": end + 1, "texts": entries}
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in golden.pop("texts"))
    text = json.dumps(golden)[:-1] + ', "texts": [\n' + lines + "\n]}\n"
    (target / "golden.json").write_text(text, encoding="utf-8")
    shutil.copyfile(folder / "spiece.model", target / "spiece.model")


main()
