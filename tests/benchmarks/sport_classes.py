#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Class folders of real photographs: sport_classes.py FLICKR8K OUT [--most N]

Links pictures of Flickr8k into OUT/train/CLASS (of its training pictures, at most N a class) and OUT/test/CLASS (of its
validation and test pictures, all of them). A picture is of a class where three of its five captions name it, and none names
another. For `diagonal-cli eval --data OUT --task zero-shot,knn,linear-probe,few-shot`.
"""
import argparse
import collections
import csv
import os
import re

CLASSES = {
    "baseball": r"baseball",
    "basketball": r"basketball",
    "cycling": r"bicycl\w*|bik(e|es|ing)|cyclists?",
    "horse riding": r"horses?",
    "motocross": r"motocross|dirt ?bikes?|motorcycl\w*",
    "rock climbing": r"climb\w*",
    "running dog": r"dogs? (is |are )?(run|runs|running)|running dogs?",
    "skateboarding": r"skateboard\w*",
    "skiing": r"ski|skis|skiers?|skiing",
    "snowboarding": r"snowboard\w*",
    "soccer": r"soccer",
    "surfing": r"surf(ing|ers?|board\w*)?",
    "swimming": r"swim\w*|pool",
    "tennis": r"tennis",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flickr8k")
    parser.add_argument("out")
    parser.add_argument("--most", type=int, default=100, help="training pictures a class (100)")
    options = parser.parse_args()

    captions = collections.defaultdict(list)
    with open(os.path.join(options.flickr8k, "captions.txt"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            captions[row["image"]].append(row["caption"].lower())
    with open(os.path.join(options.flickr8k, "Flickr_8k.trainImages.txt"), encoding="utf-8") as file:
        training = {line.strip() for line in file}

    patterns = {name: re.compile(rf"\b({words})\b") for name, words in CLASSES.items()}
    counts = collections.Counter()
    for picture, texts in sorted(captions.items()):
        said = {name: sum(bool(pattern.search(text)) for text in texts) for name, pattern in patterns.items()}
        named = [name for name, times in said.items() if times > 0]
        source = os.path.abspath(os.path.join(options.flickr8k, "images", picture))
        if len(named) != 1 or said[named[0]] < 3 or not os.path.exists(source):
            continue
        part = "train" if picture in training else "test"
        if part == "train" and counts[part, named[0]] >= options.most:
            continue
        folder = os.path.join(options.out, part, named[0])
        os.makedirs(folder, exist_ok=True)
        os.symlink(source, os.path.join(folder, picture))
        counts[part, named[0]] += 1
    for name in CLASSES:
        print(f"{name}: {counts['train', name]} to learn from, {counts['test', name]} to evaluate")


if __name__ == "__main__":
    main()
