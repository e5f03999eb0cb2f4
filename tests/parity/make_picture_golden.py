#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/parity/data/pictures/ and pictures.json: small pictures of the kinds of compare_pictures.py, what Pillow (13.0)
makes of them as CRC-32, and one with an EXIF orientation of each container. Needs pillow and numpy."""
import json
import pathlib
import random
import shutil
import warnings

import compare_pictures
from PIL import Image

FOLDER = pathlib.Path(__file__).parent / "data" / "pictures"
COUNTS = {"bmp": 36, "gif": 14, "jpeg": 8, "mpo": 2, "png": 16, "pnm": 6, "tiff": 44, "webp": 6}


def write(name, data):
    """False where Pillow refuses it."""
    expected = compare_pictures.by_pillow(data)
    if "error" in expected:
        return None
    (FOLDER / name).write_bytes(data)
    return {"file": name, **expected}


def main():
    warnings.simplefilter("ignore")
    compare_pictures.size = lambda r: (r.randint(1, 13), r.randint(1, 13))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    found = []
    for kind, count in COUNTS.items():
        number = wanted = 0
        while wanted < count:
            number += 1
            r = random.Random(f"{kind}/{number}")
            data = compare_pictures.KINDS[kind](r)
            is_lab = kind == "tiff" and b"\x06\x01\x03\x00\x01\x00\x00\x00\x08\x00" in data or b"\x01\x06\x00\x03\x00\x00\x00\x01\x00\x08" in data
            if len(data) > 3000 or hasattr(r, "flaw") or is_lab:
                continue
            if entry := write(f"{wanted:02}.{kind}", data):
                found.append(entry)
                wanted += 1
    r = random.Random("turned")
    turned = Image.Exif()
    turned[274] = 6
    for form in ("PNG", "WEBP", "JPEG"):
        data = compare_pictures.save(compare_pictures.image(r, "RGB"), form, exif=turned.tobytes())
        found.append(write(f"turned.{form.lower()}", data))
    found.append(write("ycc.tiff", compare_pictures.save(compare_pictures.image(r, "YCbCr"), "TIFF")))
    lines = ",\n".join(json.dumps(entry) for entry in found)
    (FOLDER.parent / "pictures.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
