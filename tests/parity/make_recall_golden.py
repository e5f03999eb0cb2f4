#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/recall.safetensors: embeddings with several captions an image, and their recall as numpy counts it.

    python tests/parity/make_recall_golden.py

Needs numpy and safetensors from PyPI. Of each case it holds NAME.images [n, d] and NAME.texts [m, d] in float32, of unit length or NaN,
NAME.owners [m] (the image of each text) and NAME.recall [6]: text to image at 1, 5, 10, then image to text. No two similarities are
equal. A rank is a place in the sorted list; what is no number comes last and finds nothing.
"""
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

DATA = Path(__file__).resolve().parent / "data"
KS = (1, 5, 10)


def recall(images, texts, owners):
    """[6], by sorting each row and each column of the similarity matrix in float64."""
    similarity = texts.astype(np.float64) @ images.astype(np.float64).T
    order = np.argsort(-np.where(np.isnan(similarity), -np.inf, similarity), axis=1, kind="stable")
    ranks = np.array([np.where(order[j] == owner)[0][0] for j, owner in enumerate(owners)], dtype=float)
    ranks[np.isnan(similarity[np.arange(len(owners)), owners])] = np.inf
    to_image = [float(np.mean(ranks < k)) for k in KS]
    order = np.argsort(-np.where(np.isnan(similarity), -np.inf, similarity), axis=0, kind="stable")
    best = np.full(len(images), np.inf)
    for i in range(len(images)):
        for rank, text in enumerate(order[:, i]):
            if owners[text] == i and not np.isnan(similarity[text, i]):
                best[i] = rank
                break
    return np.array(to_image + [float(np.mean(best < k)) for k in KS])


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def case(random, images, most_captions, noise, nan_images=0, nan_texts=0):
    """Captions scatter around their image; the more noise, the lower the recall."""
    centres = random.normal(size=(images, 16))
    counts = random.integers(1, most_captions + 1, size=images)
    owners = random.permutation(np.repeat(np.arange(images), counts))
    x = unit(centres)
    y = unit(centres[owners] + noise * random.normal(size=(len(owners), 16)))
    x[random.permutation(images)[:nan_images]] = np.nan
    y[random.permutation(len(owners))[:nan_texts]] = np.nan
    return {"images": x, "texts": y, "owners": owners.astype(np.int64), "recall": recall(x, y, owners)}


def main():
    random = np.random.default_rng(16)
    cases = {
        "one": case(random, 40, 1, 1.0),
        "five": case(random, 60, 5, 1.5),
        "few": case(random, 7, 3, 1.0),
        "single": case(random, 1, 2, 0.5),
        "noise": case(random, 50, 4, 100.0),
        "nan-images": case(random, 40, 3, 1.0, nan_images=6),
        "nan-texts": case(random, 40, 3, 1.0, nan_texts=20),
        "nan-both": case(random, 40, 5, 1.0, nan_images=5, nan_texts=30),
    }
    save_file({f"{name}.{key}": value for name, parts in cases.items() for key, value in parts.items()}, DATA / "recall.safetensors")
    for name, parts in cases.items():
        print(f"{name:12}", " ".join(f"{value:.3f}" for value in parts["recall"]))


if __name__ == "__main__":
    main()
