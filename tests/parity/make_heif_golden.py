#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/parity/data/heif/: small HEIC and AVIF pictures, and beside each what pillow-heif (HEIC)
and Pillow (AVIF, by libavif) make of it, upright, as NAME.png. Needs pillow (13.0), pillow-heif (1.8.1) and numpy."""
import pathlib
import shutil

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).parent / "data" / "heif"
W, H = 32, 24


def drawing(channels=3):
    """A gradient with a square and a disc: smooth enough for 4:2:0, and no two corners are alike."""
    y, x = np.mgrid[0:H, 0:W]
    planes = np.stack([255 * x / (W - 1), 255 * y / (H - 1), 255 * (x + y) / (W + H - 2), 40 + 200 * x / (W - 1)], -1)
    planes[4:12, 4:12, :3] = (220, 40, 30)
    planes[(x - 22) ** 2 + (y - 14) ** 2 < 36, :3] = (30, 60, 200)
    return planes[..., :channels].astype(np.uint8)


def save(name, image, **options):
    """With `exif` of an orientation the coded picture stays as it is, and the file says how to turn it."""
    path = FOLDER / name
    if path.suffix == ".avif":
        image.save(path, quality=90, **options)
    else:
        # Of what 4:x:x says, pillow-heif wants only the digits.
        chroma = options.pop("subsampling", "4:4:4").replace(":", "")
        image.save(path, quality=90, chroma=int(chroma), **options)
    upright = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    upright.save(FOLDER / (name + ".png"))


def main():
    pillow_heif.register_heif_opener()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    rgb, rgba = Image.fromarray(drawing()), Image.fromarray(drawing(4), "RGBA")
    turned = Image.Exif()
    turned[274] = 6
    for end in ("heic", "avif"):
        save(f"full.{end}", rgb, subsampling="4:4:4")
        save(f"half.{end}", rgb, subsampling="4:2:0")
        save(f"grey.{end}", rgb.convert("L"))
        save(f"alpha.{end}", rgba, subsampling="4:4:4")
        save(f"turned.{end}", rgb, subsampling="4:4:4", exif=turned)
    deep = pillow_heif.from_bytes("RGB;16", (W, H), (drawing().astype(np.uint16) * 257).tobytes())
    deep.save(FOLDER / "deep.heic", quality=90, chroma=444)
    Image.open(FOLDER / "deep.heic").convert("RGB").save(FOLDER / "deep.heic.png")


if __name__ == "__main__":
    main()
