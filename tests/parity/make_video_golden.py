#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/videos: small videos whose frames tell their number. `pip install av numpy`, then
   tests/parity/make_video_golden.py [FOLDER]

Each frame has eight squares at the top that spell its number (white: 1, the first is worth 128) above a colour.
"""
import struct
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT = 128, 96
COLOURS = [(200, 40, 40), (40, 60, 190), (50, 170, 70)]


def picture(number, colour):
    frame = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    frame[:] = colour
    for bit in range(8):
        frame[:16, bit * 16:(bit + 1) * 16] = 255 if number >> (7 - bit) & 1 else 0
    return frame


def write(path, times, codec="libx264", aspect=None, **options):
    """times: when each frame is shown, in ms; every third of the frames has another colour."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        stream.options = {"threads": "1", **options}
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number, COLOURS[number * 3 // len(times)]), format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def turn(path):
    """Sets the matrix of the track's head to a quarter turn clockwise."""
    data = bytearray(path.read_bytes())
    head = data.index(b"tkhd") + 4
    matrix = head + (40 if data[head] == 0 else 52)
    data[matrix:matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30)
    path.write_bytes(data)


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data" / "videos"
    folder.mkdir(parents=True, exist_ok=True)
    steady = [40 * i for i in range(75)]
    # Frames in another order than they are shown in, one key frame.
    write(folder / "reordered.mp4", steady, bf="3", g="250")
    # 40 ms, a still of three seconds after frame 29, then 100 ms.
    write(folder / "variable.mkv", [40 * i for i in range(30)] + [4200 + 100 * i for i in range(30)], bf="0", g="250")
    write(folder / "turned.mp4", steady[:24], bf="0")
    turn(folder / "turned.mp4")
    write(folder / "wide_pixels.mp4", steady[:24], bf="0", aspect=Fraction(2, 1))
    write(folder / "vp8.webm", steady, codec="libvpx", g="250")


if __name__ == "__main__":
    main()
