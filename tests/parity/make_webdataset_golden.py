#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes two tar shards with the webdataset package and records what the package reads from them.

    python3 tests/parity/make_webdataset_golden.py

Needs webdataset 1.0 and Pillow. Writes tests/parity/data/webdataset/{shard-000000.tar,shard-000001.tar,golden.json}.
"""
import hashlib
import io
import json
from pathlib import Path

import webdataset as wds
from PIL import Image

OUT = Path(__file__).parent / "data" / "webdataset"
CAPTIONS = ["a red square", "un carré bleu, très petit", "两个绿色的圆", "a caption in JSON", "one of several", "last"]


def png(shade):
    stream = io.BytesIO()
    Image.new("RGB", (5, 4), (shade, 10, 255 - shade)).save(stream, "PNG")
    return stream.getvalue()


def samples():
    for i, caption in enumerate(CAPTIONS):
        # The second image of the third sample, files of other kinds, dots and folders in names.
        key = f"folder.x/{i:06d}" if i == 4 else f"{i:06d}"
        sample = {"__key__": key, "png": png(40 * i)}
        if i == 3:
            sample["json"] = {"caption": caption, "width": 5}
        elif i == 4:
            sample["json"] = {"text": caption}
            sample["cls"] = 7
        else:
            sample["txt"] = caption
        if i == 2:
            sample["mask.png"] = png(1)
            sample["npy.bin"] = b"other bytes"
        yield sample


def read(path):
    for sample in wds.WebDataset(str(path), shardshuffle=False):
        caption = sample["txt"].decode() if "txt" in sample else None
        if caption is None:
            extra = json.loads(sample["json"])
            caption = extra.get("caption", extra.get("text"))
        yield {"key": sample["__key__"], "caption": caption, "sha256": hashlib.sha256(sample["png"]).hexdigest()}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with wds.ShardWriter(str(OUT / "shard-%06d.tar"), maxcount=4, mtime=0, user="", group="", verbose=0) as writer:
        for sample in samples():
            writer.write(sample)
    shards = sorted(OUT.glob("*.tar"))
    golden = {path.name: list(read(path)) for path in shards}
    (OUT / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
