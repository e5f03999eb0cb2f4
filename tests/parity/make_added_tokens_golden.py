# SPDX-License-Identifier: Apache-2.0
"""Writes data/added_tokens: a CLIP tokenizer of 520 tokens with added ones of every kind, as transformers saves it, and
expected.json, the ids that transformers makes of texts with their names in all sorts of surroundings.

    python tests/parity/make_added_tokens_golden.py [TEXTS]

The names are looked for in the text as it is typed or as it is normalised (lower case), inside words or not, and take white space
along or not."""
import json
import os
import random
import shutil
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
from transformers import AddedToken, AutoTokenizer

DATA = Path(__file__).parent / "data"
FOLDER = DATA / "added_tokens"
TOKENS = [
    AddedToken("<cat-toy>"),
    AddedToken("<Dog>", normalized=False),
    AddedToken("<UPPER>", normalized=True),
    AddedToken("<left>", lstrip=True, normalized=False),
    AddedToken("<right>", rstrip=True, normalized=False),
    AddedToken("word", single_word=True, normalized=False),
    AddedToken("<cat", normalized=False),
    AddedToken("é", normalized=True),
    AddedToken("<special>", special=True),
]
PIECES = ["a", " ", "  ", "photo", "of", "<", ">", "<cat-toy>", "<CAT-TOY>", "<Dog>", "<dog>", "<UPPER>", "<upper>", "<left>", "<right>",
          "word", "sword", "word s", "é", "e\u0301", "É", "<special>", "<|endoftext|>", "!", "\t", "\n", "<cat", "-toy>", "it's"]


def main():
    texts = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    tokenizer = AutoTokenizer.from_pretrained(DATA / "families" / "hf-clip")
    tokenizer.add_tokens(TOKENS)
    tokenizer.save_pretrained(FOLDER)
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(DATA / "families" / "hf-clip" / name, FOLDER)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    rng = random.Random(17)
    cases = {}
    while len(cases) < texts:
        text = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 8)))
        cases[text] = tokenizer(text)["input_ids"]
    (FOLDER / "expected.json").write_text(json.dumps({"vocabulary": len(tokenizer), "texts": cases}) + "\n")


if __name__ == "__main__":
    main()
