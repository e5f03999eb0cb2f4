#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/parity/data/images/ and tests/parity/data/images.json: small encoded images and what Pillow (13.0),
torchvision and open_clip make of them, as CRC-32 of the bytes. Needs pillow, numpy, open_clip_torch.

With FLICKR8K=FOLDER_OF_PHOTOGRAPHS the expected results for a few photographs are written too (never the photographs)."""
import json
import os
import pathlib
import shutil
import struct
import zlib

import numpy as np
from open_clip.transform import image_transform
from PIL import Image
from torchvision.transforms import Compose

DATA = pathlib.Path(__file__).parent / "data"
FOLDER = DATA / "images"
W, H = 37, 29
rng = np.random.default_rng(7)


def crc(array):
    return zlib.crc32(np.ascontiguousarray(array).tobytes())


def noise(width, height, seed):
    """Pixels that the C++ tests make alike: bytes of a linear congruential generator, every third row black and white."""
    out = np.empty(width * height * 3, np.uint8)
    state = seed
    for i in range(out.size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = state >> 24
    out = out.reshape(height, width, 3)
    out[::3] = np.where(out[::3] > 127, 255, 0)
    return Image.fromarray(out)


def drawing(channels=3):
    y, x = np.mgrid[0:H, 0:W]
    planes = [127 + 90 * np.sin(x / 5 + 1.3 * i) + 50 * np.cos(y / 4 - i) + rng.normal(0, 15, (H, W)) for i in range(channels)]
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, extra=b""):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def random_rows(count, size):
    return [rng.integers(0, 256, size, dtype=np.uint8).tobytes() for _ in range(count)]


def write_images():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    save = lambda image, name, **options: image.save(FOLDER / name, **options)
    put = lambda name, data: (FOLDER / name).write_bytes(data)
    rgb = Image.fromarray(drawing())
    grey, rgba, la, cmyk = rgb.convert("L"), Image.fromarray(drawing(4)), Image.fromarray(drawing(2), "LA"), Image.fromarray(drawing(4), "CMYK")
    holes = drawing(4)
    holes[:10, :, 3] = 0
    palette = rgb.quantize(16)
    deep = Image.fromarray(drawing(1)[..., 0].astype(np.uint16) * 3)

    for sampling in range(3):
        save(rgb, f"rgb{sampling}.jpg", subsampling=sampling, quality=85)
    save(rgb, "progressive.jpg", progressive=True)
    save(rgb, "restart.jpg", restart_marker_rows=1)
    save(rgb, "keep_rgb.jpg", keep_rgb=True)
    save(grey, "grey.jpg")
    save(cmyk, "cmyk.jpg", quality=90)
    save(cmyk, "cmyk_progressive.jpg", progressive=True)
    exif = Image.Exif()
    exif[274] = 6
    save(rgb, "exif6.jpg", exif=exif)
    put("after_end.jpg", (FOLDER / "rgb2.jpg").read_bytes() + b"more" * 20)

    for mode, image in (("rgb", rgb), ("grey", grey), ("rgba", rgba), ("la", la), ("palette", palette), ("deep_grey", deep), ("bits", rgb.convert("1")), ("holes", Image.fromarray(holes))):
        save(image, f"{mode}.png")
    save(palette, "palette_transparent.png", transparency=3)
    save(palette, "palette_alpha.png", transparency=bytes(range(0, 255, 17)))
    save(grey, "grey_transparent.png", transparency=5)
    save(rgb, "rgb_transparent.png", transparency=(1, 2, 3))
    for colour, channels in ((2, 3), (4, 2), (6, 4)):
        put(f"deep{colour}.png", png(20, 10, 16, colour, random_rows(10, 20 * channels * 2)))
    for depth in (2, 4):
        put(f"grey{depth}.png", png(21, 10, depth, 0, random_rows(10, (21 * depth + 7) // 8)))
    put("short_palette.png", png(21, 10, 8, 3, random_rows(10, 21), chunk(b"PLTE", bytes(range(60)))))
    put("gamma.png", png(21, 10, 8, 0, random_rows(10, 21), chunk(b"gAMA", struct.pack(">I", 100000))))

    save(palette, "palette.gif")
    save(rgb, "interlaced.gif", interlace=True)
    save(palette, "transparent.gif", transparency=3)
    save(rgb, "animated.gif", save_all=True, append_images=[rgb.rotate(90)])

    save(rgb, "rgb.webp")
    save(rgb, "lossless.webp", lossless=True)
    save(rgba, "rgba.webp")
    save(Image.fromarray(holes), "holes.webp", lossless=True, exact=True)
    save(rgb, "animated.webp", save_all=True, append_images=[rgb.rotate(90)])

    for mode, image in (("rgb", rgb), ("grey", grey), ("rgba", rgba), ("palette", palette), ("bits", rgb.convert("1"))):
        save(image, f"{mode}.bmp")
        save(image, f"{mode}.tif")
    for compression in ("tiff_lzw", "tiff_deflate", "packbits"):
        save(rgb, f"{compression}.tif", compression=compression)
    save(rgb.convert("CMYK"), "cmyk.tif")
    save(deep, "deep_grey.tif")
    for orientation in (3, 6, 7):
        save(rgb, f"orientation{orientation}.tif", tiffinfo={274: orientation})

    save(rgb, "rgb.ppm")
    save(grey, "grey.pgm")
    save(rgb.convert("1"), "bits.pbm")
    put("plain.pbm", b"P1\n# comment\n3 2\n101\n0#c\n11\n")
    put("plain.pgm", b"P2 3 2 15\n1 2 3 4 15 6\n")
    put("plain.ppm", b"P3 3 2 4095\n" + b" ".join(b"%d" % v for v in rng.integers(0, 4096, 18)))
    put("largest100.pgm", b"P5 3 2 100\n" + bytes([1, 2, 50, 99, 100, 0]))
    put("deep.pgm", b"P5 3 2 65535\n" + rng.integers(0, 600, 6, dtype=np.uint16).byteswap().tobytes())
    put("deep.ppm", b"P6 3 2 65535\n" + rng.integers(0, 65536, 18, dtype=np.uint16).tobytes())


def decoded():
    result = []
    for path in sorted(FOLDER.iterdir()):
        image = Image.open(path).convert("RGB")
        result.append({"file": path.name, "width": image.width, "height": image.height, "crc": crc(image)})
    return result


def resized():
    result = []
    for seed, (width, height) in enumerate([(1, 1), (1, 40), (40, 1), (97, 61), (61, 97), (300, 7), (7, 300), (64, 64)]):
        image = noise(width, height, seed)
        for to in [(32, 32), (1, 1), (width, 10), (10, height), (width, height), (width * 2 + 1, height * 3), (13, 200), (200, 13), (width // 3 + 1, height // 5 + 1)]:
            for name, filter in (("bicubic", Image.BICUBIC), ("bilinear", Image.BILINEAR)):
                result.append({"width": width, "height": height, "seed": seed, "to": to, "filter": name, "crc": crc(image.resize(to, filter))})
    return result


def transform(size, mode, interpolation="bicubic"):
    """open_clip's evaluation transform, without what makes a tensor of the picture."""
    whole = image_transform(size, False, resize_mode=mode, interpolation=interpolation, fill_color=77)
    return Compose([step for step in whole.transforms if type(step).__name__ not in ("MaybeConvertMode", "MaybeToTensor", "Normalize")])


def cropped():
    result = []
    for seed, (width, height) in enumerate([(97, 61), (61, 97), (50, 49), (20, 90), (31, 31)]):
        image = noise(width, height, seed)
        for size in [(32, 32), (33, 33), (24, 40), (31, 31)]:
            for mode in ("shortest", "squash", "longest"):
                for interpolation in ("bicubic", "bilinear"):
                    arg = size[0] if size[0] == size[1] else (size[1], size[0])
                    result.append({"width": width, "height": height, "seed": seed, "to": size, "mode": mode, "filter": interpolation,
                                   "crc": crc(transform(arg, mode, interpolation)(image))})
    return result


def normalized():
    ramp = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, 2))
    result = []
    for mean, std in (((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)), ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)), ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))):
        tensor = image_transform(16, False, mean=mean, std=std)(ramp)
        result.append({"mean": mean, "std": std, "crc": crc(tensor.numpy())})
    return result


def photographs(folder):
    result = []
    for path in sorted(pathlib.Path(folder).rglob("*.jpg"))[::800]:
        image = Image.open(path).convert("RGB")
        sizes = [{"size": size, "crc": crc(transform(size, "shortest")(image))} for size in (64, 160, 288)]
        result.append({"file": path.name, "crc": crc(image), "sizes": sizes})
    return result


def main():
    write_images()
    golden = {"decoded": decoded(), "resized": resized(), "cropped": cropped(), "normalized": normalized()}
    old = json.loads((DATA / "images.json").read_text()) if (DATA / "images.json").exists() else {}
    folder = os.environ.get("FLICKR8K")
    golden["photographs"] = photographs(folder) if folder else old.get("photographs", [])
    lists = ",\n".join(f'"{key}": [\n' + ",\n".join(json.dumps(item) for item in items) + "\n]" for key, items in golden.items())
    (DATA / "images.json").write_text("{\n" + lists + "\n}\n")


if __name__ == "__main__":
    main()
