#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decodes thousands of generated pictures with Diagonal and with Pillow 13: equal pixels, or both refuse, or an exception
of the list below. Needs pillow and numpy; engine_tests must be built.

    tests/parity/compare_pictures.py [--count 4000] [--seed 1] [--only KIND] [--keep FOLDER] [--decoder COMMAND]

Picture number i of seed s is always the same: one of the kinds below, of 1 to 300 pixels a side, every third one damaged.
COMMAND decodes the files of the folder $DIAGONAL_PICTURES into its decoded.json: by default engine_tests."""
import argparse
import collections
import io
import json
import os
import pathlib
import random
import shlex
import struct
import subprocess
import tempfile
import warnings
import zlib

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
DECODER = f"{ROOT}/build/release/tests/engine_tests image_kinds foldersAreDecodedForComparison"

# Where the two may differ: kind, whether it was damaged (None: either), who alone reads it ("differ": both, to other
# pixels), how Pillow's or Diagonal's reason begins or what it contains, and why that is right.
EXCEPTIONS = [
    ("bmp", None, "Diagonal", ("bitfields layout",), "colour masks that Pillow has no name for are read by what they say"),
    ("bmp", None, "Diagonal", ("invalid palette size",), "a palette of more than 256 colours, of which the pixels can name 256"),
    ("bmp", True, "Pillow", ("the file is truncated",), "a row of millions of pixels in a file of a few bytes gets no memory"),
    ("pnm", True, "Diagonal", ("Invalid token",), "what follows the last pixel is not looked at"),
    ("tiff", None, "Pillow", ("Buffer overflow",), "libtiff 4.7, which Pillow brings, reads CCITT rows that Debian's refuses"),
    ("tiff", None, "Diagonal", ("UnidentifiedImageError", "unknown raw mode", "from La to L"), "a kind, bit order or big-endian BigTIFF that Pillow does not know"),
    ("tiff", None, "Pillow", ("zero strip size",), "YCbCr of one channel, which libtiff does not open"),
    ("tiff", None, "Pillow", ("L*a*b*",), "refused by name: L*a*b* takes a colour management system"),
    ("tiff", True, "Pillow", ("the TIFF data is damaged", "the file is truncated"), "libtiff is stricter about a damaged directory than Pillow's own reader of plain pixels"),
    ("tiff", True, "differ", ("",), "libtiff 4.7 and zlib-ng, which Pillow brings, keep another part of damaged data than Debian's"),
    ("tiff", True, "Diagonal", ("decoder error",), "libtiff 4.7, which Pillow brings, refuses more damage than Debian's"),
    ("gif", True, "Pillow", ("the file is truncated",), "a canvas of more than 17 million pixels in a file of a few bytes gets no memory"),
    ("jpeg mpo", True, "Diagonal", ("broken data stream",), "libjpeg-turbo 3, which Pillow brings, refuses more damage than Debian's"),
    ("jpeg mpo", True, "Diagonal", ("UnidentifiedImageError",), "a damaged segment that libjpeg passes over and Pillow's own look at the header does not"),
    ("png", True, "Pillow", ("Not enough image data", "invalid chunk type", "unsigned integer out of range", "the file is truncated"), "the file ends in a chunk of pixels whose last row is whole, which libpng reads as a whole"),
    ("png", True, "Diagonal", ("UnidentifiedImageError", "Truncated File Read"), "a wrong checksum or a broken end that is no part of the picture"),
]


def save(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def size(r):
    """Small ones more often; each side from 1 to 300."""
    side = lambda: r.randint(1, r.choice((3, 17, 64, 300)))
    return side(), side()


def drawing(r, channels=3, width=None, height=None):
    """A gradient, a disc, noise, or one colour."""
    if width is None:
        width, height = size(r)
    g = np.random.default_rng(r.getrandbits(32))
    y, x = np.mgrid[0:height, 0:width]
    kind = r.randrange(4)
    if kind == 0:
        out = g.integers(0, 256, (height, width, channels))
    elif kind == 1:
        out = np.broadcast_to(g.integers(0, 256, channels), (height, width, channels))
    else:
        out = np.stack([127 + 120 * np.sin(x / g.uniform(3, 40) + i) * np.cos(y / g.uniform(3, 40)) for i in range(channels)], -1)
        if kind == 3:
            out = np.where(((x - width / 2) ** 2 + (y - height / 2) ** 2 < (width * height) / 8)[..., None], out, 255 * (out > 127))
    return np.clip(out, 0, 255).astype(np.uint8)


def image(r, mode):
    channels = {"1": 1, "L": 1, "P": 3, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4, "YCbCr": 3}[mode]
    array = drawing(r, channels)
    if mode in ("1", "L"):
        return Image.fromarray(array[..., 0]).convert(mode)
    if mode == "P":
        return Image.fromarray(array).quantize(r.choice((2, 4, 16, 100, 256)))
    return Image.fromarray(array, mode)


def exif(r):
    out = Image.Exif()
    out[274] = r.randint(1, 8)
    return out.tobytes()


def jpeg(r):
    options = {"quality": r.randint(1, 100), "optimize": r.random() < 0.3, "progressive": r.random() < 0.4}
    mode = r.choice(("RGB", "RGB", "RGB", "L", "CMYK"))
    if mode == "RGB":
        options |= {"keep_rgb": True} if r.random() < 0.1 else {"subsampling": r.randrange(3)}
    if r.random() < 0.2:
        options["restart_marker_blocks"] = r.randint(1, 20)
    if r.random() < 0.3:
        options["exif"] = exif(r)
    if r.random() < 0.1:
        options["comment"] = b"c" * r.randint(1, 5000)
    data = save(image(r, mode), "JPEG", **options)
    at = data.find(b"\xff\xee\x00\x0eAdobe")
    if mode == "CMYK" and at >= 0:
        what = r.randrange(3)
        if what == 0:  # without Adobe's marker
            data = data[:at] + data[at + 16:]
        elif what == 1:  # YCCK
            data = data[:at + 15] + b"\x02" + data[at + 16:]
    if r.random() < 0.1:
        data += b"behind the end" * r.randint(1, 9)
    return data


def mpo(r):
    first = image(r, "RGB")
    return save(first, "MPO", save_all=True, append_images=[image(r, "RGB")], quality=r.randint(30, 95))


def chunk(tag, data, crc=None):
    return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data) if crc is None else crc)


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(r):
    if r.random() < 0.3:
        return save(image(r, r.choice(("1", "L", "P", "LA", "RGB", "RGBA"))), "PNG", optimize=r.random() < 0.3)
    width, height = size(r)
    colour, depth = r.choice([(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)])
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    g = np.random.default_rng(r.getrandbits(32))
    smooth = r.random() < 0.5
    values = g.integers(0, 1 << depth, (height, width, channels)) if not smooth else \
        (np.add.outer(np.arange(height), np.arange(width))[..., None] * g.integers(1, 5, channels) % (1 << depth))
    interlaced = r.random() < 0.4

    def rows(part):
        raw = b""
        for row in part.reshape(part.shape[0], -1):
            if depth == 16:
                line = row.astype(">u2").tobytes()
            elif depth == 8:
                line = row.astype(np.uint8).tobytes()
            else:
                bits = ((row[:, None] >> np.arange(depth)[::-1]) & 1).astype(np.uint8).reshape(-1)
                line = np.packbits(bits).tobytes()
            raw += bytes([r.randrange(5)]) + line
        return raw

    raw = b"".join(rows(values[y::dy, x::dx]) for x, y, dx, dy in ADAM7 if x < width and y < height) if interlaced else rows(values)
    data = zlib.compress(raw, r.randrange(10))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    if r.random() < 0.2:
        out += chunk(b"gAMA", struct.pack(">I", r.choice((45455, 100000))))
    if r.random() < 0.2:
        out += chunk(b"tEXt", b"Comment\0" + b"x" * r.randint(0, 2000))
    if r.random() < 0.1:
        out += chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * r.choice((10, 900000))))
    if r.random() < 0.1:
        out += chunk(b"iCCP", b"odd\0\0" + zlib.compress(b"no profile"))
    if colour == 3:
        out += chunk(b"PLTE", g.integers(0, 256, 3 * r.choice((1 << depth, max(1, (1 << depth) - 1)))).astype(np.uint8).tobytes())
        if r.random() < 0.5:
            out += chunk(b"tRNS", g.integers(0, 256, r.randint(1, 1 << depth)).astype(np.uint8).tobytes())
    elif colour in (0, 2) and r.random() < 0.3:
        out += chunk(b"tRNS", struct.pack(">H", r.randrange(1 << depth)) * (1 if colour == 0 else 3))
    if r.random() < 0.2:
        out += chunk(b"eXIf", exif(r)[6:])
    step = max(1, len(data) // r.randint(1, 4))
    for at in range(0, len(data), step):
        out += chunk(b"IDAT", data[at:at + step], 1234 if r.random() < 0.1 else None)
    if r.random() < 0.9:
        out += chunk(b"IEND", b"") + b"behind the end" * (r.random() < 0.2)
    elif r.random() < 0.5:
        out = out[:-r.randint(1, 4)]  # also without the last checksum
    return out


def gif(r):
    mode = r.choice(("P", "L", "P", "1"))
    picture = image(r, mode)
    options = {"interlace": r.random() < 0.5}
    if mode == "P" and r.random() < 0.4:
        options["transparency"] = r.randrange(4)
    if r.random() < 0.4:
        options |= {"save_all": True, "append_images": [image(r, mode).resize(picture.size)], "disposal": r.randrange(4), "duration": 40}
    data = bytearray(save(picture, "GIF", **options))
    palette = 3 * (2 << (data[10] & 7)) if data[10] & 128 else 0
    frame = data.find(b"\x2c\0\0\0\0" + data[6:10], 13 + palette)
    if frame > 0 and r.random() < 0.5:
        what = r.randrange(4)
        if what == 0:
            data[6:10] = struct.pack("<HH", r.randint(0, 400), r.randint(0, 400))
        elif what == 1:
            data[frame + 1:frame + 5] = struct.pack("<HH", r.randint(0, 50), r.randint(0, 50))
        elif what == 2:
            data[11] = r.randrange(256)
            data[6:10] = struct.pack("<HH", *(s + r.randint(0, 30) for s in picture.size))
        else:
            data[6:10] = struct.pack("<HH", 0, 0)
    return bytes(data)


def webp(r):
    mode = r.choice(("RGB", "RGBA"))
    options = {"quality": r.randint(0, 100), "lossless": r.random() < 0.4, "method": 0, "exact": r.random() < 0.5}
    if r.random() < 0.3:
        options["exif"] = exif(r)
    picture = image(r, mode)
    if r.random() < 0.25:
        options |= {"save_all": True, "append_images": [image(r, mode).resize(picture.size)]}
    return save(picture, "WEBP", **options)


def runs(r, width, height, four):
    """RLE of random instructions that fill the picture."""
    out = b""
    for _ in range(height):
        x = 0
        while x < width:
            n = r.randint(1, min(255, width - x))
            if r.random() < 0.5 or n < 3:
                n += r.random() < 0.05  # beyond the row
                n = min(n, 255)
                out += bytes([n, r.randrange(256)])
            else:
                size_ = (n + 1) // 2 if four else n
                out += bytes([0, n]) + r.randbytes(size_) + b"\0" * (size_ % 2)
            x += n
        out += b"\0\0" if r.random() < 0.95 else b""
    return out + b"\0\1"


def bmp(r):
    if r.random() < 0.1:
        return save(image(r, r.choice(("1", "L", "P", "RGB", "RGBA"))), "BMP")
    width, height = size(r)
    header = r.choice((12, 40, 40, 52, 56, 64, 108, 124))
    bits = r.choice((1, 4, 8, 16, 24, 32, 2) if header != 12 else (1, 4, 8, 24))
    compression, masks = 0, ()
    if header > 12 and bits in (16, 32) and r.random() < 0.6:
        compression = 3
        masks = r.choice({16: [(0xF800, 0x7E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0x8000), (0xF00, 0xF0, 0xF, 0)],
                          32: [(0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
                               (0xFF, 0xFF00, 0xFF0000, 0xFF000000), (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0, 0, 0, 0),
                               (0xFF000000, 0xFF00, 0xFF, 0xFF0000), (0x3FF00000, 0xFFC00, 0x3FF, 0)]}[bits])
    if header > 12 and bits in (4, 8) and r.random() < 0.3:
        compression = {4: 2, 8: 1}[bits]
    step = 3 if header == 12 else 4
    colours = 1 << bits if bits <= 8 else 0
    claimed = 0
    if colours and header > 12 and r.random() < 0.4:
        claimed = colours = r.randint(1, colours)
    palette = r.randbytes(step * colours) if r.random() < 0.8 or bits == 4 or bits == 8 and colours <= 2 else \
        b"".join(bytes([i * 255 // max(1, colours - 1) if r.random() < 0.5 and colours == 2 else i & 255] * 3) + b"\0" * (step - 3) for i in range(colours))
    top_down = header > 12 and not compression & 3 and r.random() < 0.3
    if header == 12:
        head = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        head = struct.pack("<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression, 0, 2835, 2835, claimed, 0)
        extra = b"".join(struct.pack("<I", m) for m in masks)
        head = (head + extra)[:header].ljust(header, b"\0") if header > 40 else head + extra[:12]
        if header in (52, 56, 64) and masks:
            head = head[:40] + extra[:12 if header == 52 else 16].ljust(header - 40, b"\0")
    body = runs(r, width, height, compression == 2) if compression in (1, 2) else r.randbytes((width * bits + 31) // 32 * 4 * height)
    gap = b"\0" * r.choice((0, 0, 0, 2, 40))
    offset = 14 + len(head) + len(palette) + len(gap)
    told = r.choice((offset,) * 8 + (0, 14 + header)) if not gap and colours and not masks else offset
    return struct.pack("<2sIHHI", b"BM", offset + len(body), 0, 0, told) + head + palette + gap + body


def tiff(r):
    if r.random() < 0.35:
        mode = r.choice(("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"))
        choices = [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", "lzma"]
        choices += ["group3", "group4", "tiff_ccitt"] if mode == "1" else ["jpeg"] if mode in ("L", "RGB", "CMYK") else []
        options = {"tiffinfo": {274: r.randint(1, 8)}} if r.random() < 0.3 else {}
        return save(image(r, mode), "TIFF", compression=r.choice(choices), big_tiff=r.random() < 0.3, **options)
    e = r.choice("<>")
    photometric, channels = r.choice([(0, 1), (1, 1), (1, 1), (1, 2), (2, 3), (2, 3), (2, 4), (2, 5), (3, 1), (5, 4), (5, 5), (6, 1), (8, 3)])
    sample_format = 1
    if photometric in (0, 1) and channels == 1:
        bits, sample_format = r.choice([(1, 1), (2, 1), (4, 1), (8, 1), (16, 1), (32, 1), (8, 2), (16, 2), (32, 2), (32, 3), (12, 1), (16, 3), (64, 3)])
    elif photometric == 3:
        bits = r.choice((1, 2, 4, 8))
    else:
        bits = r.choice((8, 8, 16)) if photometric in (2, 5) else 8
        if photometric == 2 and r.random() < 0.1:
            bits, sample_format = 32, 3
    planar = 2 if channels > 1 and r.random() < 0.3 else 1
    width, height = size(r)
    big, compression = r.random() < 0.3, r.choice((1, 1, 8))
    predictor = 2 if compression == 8 and bits in (8, 16) and sample_format != 3 and r.random() < 0.3 else 1
    extra = []
    colours = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 1, 8: 3}[photometric]
    if channels > colours and r.random() < 0.9:
        extra = [r.choice((0, 1, 2))] + [0] * (channels - colours - 1)
    g = np.random.default_rng(r.getrandbits(32))
    if sample_format == 3:
        values = g.uniform(-20, 300, (height, width, channels)) if r.random() < 0.7 else g.uniform(0, 1, (height, width, channels))
    elif sample_format == 2:
        values = g.integers(-(1 << min(bits, 10) - 1), 1 << min(bits, 10) - 1, (height, width, channels))
    else:
        values = g.integers(0, 1 << min(bits, r.choice((9, 16))), (height, width, channels))
    if compression == 8 and e == ">" and (bits, sample_format) in ((16, 2), (32, 2), (32, 3)):
        r.flaw = "big-endian and compressed: Pillow swaps the bytes of signed and floating-point numbers twice"
    if planar == 2 and bits == 16:
        r.flaw = "channel after channel in 16 bits: Pillow takes them for 8 bits"
    order = r.choice((1, 1, 1, 2)) if bits <= 8 and photometric != 8 else 1
    if planar == 2 and order == 2 and compression == 1:
        r.flaw = "channel after channel with the lowest bit first: Pillow does not turn the bits"
    if compression == 8 and planar == 2 and photometric == 2 and channels == 4 and not extra:
        r.flaw = "compressed, in four planes of which none is said to be alpha: Pillow divides by the fourth"
    if compression == 8 and (planar == 2 and channels > 4 or photometric == 6):
        r.flaw = "compressed and in five planes, or YCbCr of one channel: Pillow's decoder gives up"

    def coded(part):
        part = part.copy()
        if predictor == 2:
            part[:, 1:] = part[:, 1:] - part[:, :-1] if part.shape[1] > 1 else part[:, 1:]
            part &= (1 << bits) - 1
        data = b""
        for row in part.reshape(part.shape[0], -1):
            if sample_format == 3:
                data += row.astype(f"{e}f{bits // 8}").tobytes()
            elif bits >= 8 and bits != 12:
                data += (row & ((1 << bits) - 1)).astype(f"{e}u{bits // 8}").tobytes()
            else:
                data += np.packbits(((row[:, None] >> np.arange(bits)[::-1]) & 1).astype(np.uint8).reshape(-1)).tobytes()
        data = zlib.compress(data) if compression == 8 else data
        return bytes(int(f"{b:08b}"[::-1], 2) for b in data) if order == 2 else data

    planes = [values] if planar == 1 else [values[..., c:c + 1] for c in range(channels)]
    tiled = r.random() < 0.25
    if tiled:
        tw, th = 16 * r.randint(1, 4), 16 * r.randint(1, 4)
        blocks = []
        for plane in planes:
            for y in range(0, height, th):
                for x in range(0, width, tw):
                    tile = np.zeros((th, tw, plane.shape[2]), plane.dtype)
                    part = plane[y:y + th, x:x + tw]
                    tile[:part.shape[0], :part.shape[1]] = part
                    blocks.append(coded(tile))
    else:
        rows = r.choice((height, height, r.randint(1, height)))
        blocks = [coded(plane[y:y + rows]) for plane in planes for y in range(0, height, rows)]
    tags = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * channels), (259, 3, [compression]), (262, 3, [photometric]),
            (277, 3, [channels]), (284, 3, [planar]), (317, 3, [predictor])]
    if sample_format != 1 or r.random() < 0.5:
        tags.append((339, 3, [sample_format] * channels))
    if order == 2:
        tags.append((266, 3, [2]))
    if extra:
        tags.append((338, 3, extra))
    if photometric == 3:
        tags.append((320, 3, [int(v) for v in g.integers(0, 65536, 3 << bits)]))
    if r.random() < 0.3:
        tags.append((274, 3, [r.randint(1, 8)]))
    if tiled:
        tags += [(322, 4, [tw]), (323, 4, [th])]
    else:
        tags.append((278, 4, [rows]))
    tags += [(324 if tiled else 273, 4, None), (325 if tiled else 279, 4, [len(b) for b in blocks])]
    tags.sort()
    long, room, count, head = ("Q", 8, "Q", 16) if big else ("I", 4, "H", 8)
    start = head + struct.calcsize(e + count) + len(tags) * (20 if big else 12) + room
    sizes = {3: "H", 4: "I"}
    spill = sum(n for _, t, v in tags if (n := struct.calcsize(sizes[t]) * (len(v) if v is not None else len(blocks))) > room)
    places, at = [], start + spill
    for block in blocks:
        places.append(at)
        at += len(block)
    entries, behind = b"", b""
    for tag, kind, numbers in tags:
        numbers = places if numbers is None else numbers
        raw = struct.pack(e + sizes[kind] * len(numbers), *numbers)
        entries += struct.pack(e + "HH" + long, tag, kind, len(numbers))
        if len(raw) > room:
            entries += struct.pack(e + long, start + len(behind))
            behind += raw
        else:
            entries += raw.ljust(room, b"\0")
    magic = (b"II" if e == "<" else b"MM") + (struct.pack(e + "HHHQ", 43, 8, 0, 16) if big else struct.pack(e + "HI", 42, 8))
    return magic + struct.pack(e + count, len(tags)) + entries + b"\0" * room + behind + b"".join(blocks)


def pnm(r):
    kind = r.randint(1, 6)
    width, height = size(r)
    largest = r.choice((1, 15, 100, 255, 255, 256, 1000, 4095, 65535))
    values = [r.randint(0, 1 if kind in (1, 4) else largest) for _ in range(width * height * (3 if kind in (3, 6) else 1))]
    space = lambda: r.choice((" ", "\n", "  ", "\t", "\n# words\n"))
    head = f"P{kind}{space()}{width}{space()}{height}" + ("" if kind in (1, 4) else f"{space()}{largest}")
    if kind == 1:
        body = "\n" + "".join(str(v) + r.choice(("", " ", "\n")) for v in values)
    elif kind <= 3:
        body = "\n" + "".join(f"{v}{space()}" for v in values)
    if kind <= 3:
        return (head + body).encode()
    if kind == 4:
        rows = np.packbits(np.array(values, np.uint8).reshape(height, width), axis=1).tobytes()
    else:
        rows = np.array(values, ">u2" if largest > 255 else np.uint8).tobytes()
    return head.encode() + b"\n" + rows


KINDS = {"jpeg": jpeg, "mpo": mpo, "png": png, "gif": gif, "webp": webp, "bmp": bmp, "tiff": tiff, "pnm": pnm}
WEIGHTS = {"jpeg": 3, "mpo": 1, "png": 4, "gif": 3, "webp": 2, "bmp": 5, "tiff": 6, "pnm": 2}


def damaged(r, data):
    data = bytearray(data)
    what = r.randrange(5)
    if what == 0:
        return bytes(data[:r.randint(0, len(data))])
    for _ in range(r.randint(1, 3)):
        at = r.randrange(len(data) if what < 3 else min(len(data), 80))
        if what == 4:
            data[at:at + r.randint(0, 4)] = r.randbytes(r.randint(0, 4))
        else:
            data[at] = r.choice((r.randrange(256), data[at] ^ 1 << r.randrange(8), 0, 255))
        if not data:
            break
    return bytes(data)


def made(seed, number, only):
    r = random.Random(f"{seed}/{number}")
    kind = only or r.choices(list(WEIGHTS), WEIGHTS.values())[0]
    data = KINDS[kind](r)
    is_damaged = number % 3 == 2
    return kind, is_damaged, damaged(r, data) if is_damaged else data, getattr(r, "flaw", None)


def by_pillow(data):
    try:
        with Image.open(io.BytesIO(data)) as picture:
            rgb = picture.convert("RGB")
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"width": rgb.width, "height": rgb.height, "crc": zlib.crc32(rgb.tobytes())}


def why(kind, is_damaged, side, theirs, ours):
    for kinds, damage, sides, words, reason in EXCEPTIONS:
        text = f"{theirs.get('error', '')} | {ours.get('error', '')}"
        if kind in kinds.split() and damage in (None, is_damaged) and side in sides.split() and any(word in text for word in words):
            return reason
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--keep")
    parser.add_argument("--decoder", default=DECODER)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        pictures = {}
        for number in range(options.count):
            kind, is_damaged, data, flaw = made(options.seed, number, options.only)
            name = f"{number:05}.{kind}"
            (folder / name).write_bytes(data)
            pictures[name] = (kind, is_damaged, flaw, by_pillow(data))
        environment = {**os.environ, "DIAGONAL_PICTURES": str(folder), "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(shlex.split(options.decoder), env=environment, capture_output=True, text=True)
        if not (folder / "decoded.json").exists():
            raise SystemExit(done.stdout + done.stderr)
        decoded = json.loads((folder / "decoded.json").read_text())
    if options.keep:
        (folder / "pillow.json").write_text(json.dumps({name: theirs for name, (*_, theirs) in pictures.items()}))
    counts, reasons, bad = collections.Counter(), collections.Counter(), []
    for name, (kind, is_damaged, flaw, theirs) in pictures.items():
        ours = decoded[name]
        if "error" in theirs and "error" in ours:
            side = "both refuse"
        elif "error" in ours:
            side = "Pillow"
        elif "error" in theirs:
            side = "Diagonal"
        else:
            side = "equal" if ours == theirs else "differ"
        counts[kind, side] += 1
        if side not in ("equal", "both refuse"):
            reason = why(kind, is_damaged, side, theirs, ours) or (flaw if "error" not in ours else None)
            if reason:
                reasons[kind, side, reason] += 1
            else:
                bad.append(f"{name} {'damaged ' if is_damaged else ''}{side}: Pillow {theirs}, Diagonal {ours}")
    print(f"{'':6}" + "".join(f"{s:>14}" for s in ("equal", "both refuse", "only Pillow", "only Diagonal", "other pixels")))
    for kind in KINDS:
        print(f"{kind:6}" + "".join(f"{counts[kind, s]:14}" for s in ("equal", "both refuse", "Pillow", "Diagonal", "differ")))
    for (kind, side, reason), count in sorted(reasons.items()):
        print(f"exception: {count:4} {kind}, {side}: {reason}")
    print(f"{len(bad)} of {len(pictures)} without a reason; stderr: {len(done.stderr)} bytes", *bad[:60], sep="\n")
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
