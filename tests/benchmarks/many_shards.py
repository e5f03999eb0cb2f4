# SPDX-License-Identifier: Apache-2.0
"""Shards of WebDataset with generated samples: a picture's bytes (no real one), a .txt and a .json as img2dataset writes
them. What opening them takes: diagonal-epoch-plan 'DIR/{00000..00199}.tar', again, and with DIAGONAL_SHARD_INDEX=off.

    python3 tests/benchmarks/many_shards.py DIR --samples 200000 --image-bytes 20000
"""

import argparse
import io
import json
import random
import tarfile
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", type=int, default=200_000)
    parser.add_argument("--shard", type=int, default=1000, help="samples of a shard")
    parser.add_argument("--image-bytes", type=int, default=20_000)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(5000)]
    picture = draw.randbytes(options.image_bytes)
    for shard in range((options.samples + options.shard - 1) // options.shard):
        with tarfile.open(options.folder / f"{shard:05}.tar", "w") as tar:
            for i in range(shard * options.shard, min((shard + 1) * options.shard, options.samples)):
                caption = " ".join(draw.choices(words, k=draw.randint(5, 15)))
                facts = {"caption": caption, "url": f"https://example.org/{i}.jpg", "width": 640, "height": 480,
                         "status": "success", "key": f"{i:09}", "sha256": "0" * 64}
                for suffix, data in (("jpg", picture), ("txt", caption.encode()), ("json", json.dumps(facts).encode())):
                    member = tarfile.TarInfo(f"{i:09}.{suffix}")
                    member.size = len(data)
                    tar.addfile(member, io.BytesIO(data))


if __name__ == "__main__":
    main()
