#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares shots with PySceneDetect's: of generated videos (cuts, dissolves, flashes, fades, noise, moving pictures), or
of files. `pip install scenedetect opencv-python-headless av numpy`, build the target diagonal-shots, then
   tests/parity/compare_shots.py [--videos 60] [--seed 1] [--program build/release/bin/diagonal-shots] [FILE...]
"""
import argparse
import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np
from scenedetect import AdaptiveDetector, SceneManager, ThresholdDetector, open_video

RATIO, WINDOW, CONTENT, FADE, LENGTH = 3.5, 3, 15.0, 12, 0.6


def texture(random, width, height):
    """A picture of soft patches, somewhat larger than a frame: it is moved behind it."""
    small = random.integers(0, 256, (random.integers(2, 9), random.integers(2, 9), 3)).astype(np.float32)
    rows = np.linspace(0, small.shape[0] - 1, height * 2)
    columns = np.linspace(0, small.shape[1] - 1, width * 2)
    return small[np.rint(rows).astype(int)][:, np.rint(columns).astype(int)]


def make(path, random):
    width, height = [(320, 180), (640, 360), (256, 256), (200, 120), (854, 480)][random.integers(5)]
    rate = int(random.choice([15, 24, 25, 30, 50, 60]))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "20"}
        last = None
        for _ in range(random.integers(3, 9)):
            picture = texture(random, width, height)
            count = int(rate * random.choice([0.2, 0.5, 0.7, 1.5, 3]))
            speed = random.integers(0, 12, 2)
            noise, flash = random.choice([0, 3, 15]), random.integers(0, 4 * count)
            begin = random.choice(["cut", "cut", "dissolve", "fade"])
            length = max(int(rate * random.uniform(0.2, 1.0)), 1)
            for i in range(count):
                y, x = (i * speed) % (height, width)
                frame = picture[y:y + height, x:x + width]
                share = min((i + 1) / length, 1)
                if begin == "dissolve" and last is not None:
                    frame = share * frame + (1 - share) * last
                if begin == "fade":
                    frame = share * frame
                if count - i < length and random.integers(2) == 0 and begin == "fade":
                    frame = frame * (count - i) / length
                if i == flash:
                    frame = frame + 120
                frame = np.clip(frame + random.normal(0, 1, frame.shape) * noise, 0, 255).astype(np.uint8)
                for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                    container.mux(packet)
            last = frame.astype(np.float32)
        container.mux(stream.encode(None))


def theirs(path, detector):
    manager = SceneManager()
    manager.add_detector(detector)
    video = open_video(str(path))
    manager.detect_scenes(video)
    return [cut.frame_num for cut in manager.get_cut_list(show_warning=False)]


def ours(program, path, ratio, fade):
    result = subprocess.run([program, path, str(ratio), str(WINDOW), str(CONTENT), str(fade), str(LENGTH)],
                            capture_output=True, text=True, check=True)
    rows = csv.DictReader(io.StringIO(result.stdout))
    return [int(row["Start Frame"]) - 1 for row in rows][1:]


def begins_black(path):
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").mean() < FADE


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--videos", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default="build/release/bin/diagonal-shots")
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    folder = tempfile.TemporaryDirectory()
    files = options.files or [Path(folder.name) / f"{i}.mp4" for i in range(options.videos)]
    differ, cuts = 0, [0, 0]
    for path in files:
        if not options.files:
            make(path, random)
        detectors = [
            ("adaptive", AdaptiveDetector(adaptive_threshold=RATIO, window_width=WINDOW, min_content_val=CONTENT,
                                          min_scene_len=f"{LENGTH}s"), RATIO, 0),
            ("fades", ThresholdDetector(threshold=FADE, min_scene_len=f"{LENGTH}s"), 1e9, FADE),
        ]
        for i, (name, detector, ratio, fade) in enumerate(detectors):
            expected, found = theirs(path, detector), ours(options.program, path, ratio, fade)
            if name == "fades" and expected[:1] != found[:1] and begins_black(path):
                expected = expected[1:]  # Diagonal makes no shot of the black that a video begins with
            cuts[i] += len(expected)
            if expected != found:
                differ += 1
                print(f"{path.name}: {name}: PySceneDetect {expected}, Diagonal {found}")
    print(f"{len(files)} videos, {cuts[0]} cuts and {cuts[1]} fades, {differ} lists differ")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
