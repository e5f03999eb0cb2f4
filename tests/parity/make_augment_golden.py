#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/parity/data/augment.json: what torchvision (0.26) with Pillow (13.0) makes of two small pictures with each
operation of its augmentations, as CRC-32 of the bytes. Needs torchvision, pillow, numpy."""
import json
import pathlib
import zlib

import numpy as np
import torchvision.transforms.functional as F
from PIL import Image
from torchvision.transforms import InterpolationMode, RandAugment, TrivialAugmentWide
from torchvision.transforms.autoaugment import _apply_op

from make_image_golden import noise

BINS = 31


def crc(image):
    return zlib.crc32(np.ascontiguousarray(image).tobytes())


def pictures():
    """Noise over all values, and one that leaves out the darkest and lightest and is smooth from left to right."""
    lively = noise(40, 30, 3)
    dull = np.asarray(noise(33, 33, 4)).astype(np.int32) // 8 + 40 + 4 * np.arange(33)[None, :, None] * np.array([1, 0, 0]) // 2
    return {"lively": lively, "dull": Image.fromarray(dull.astype(np.uint8))}


def auto_augment(images):
    """Each operation at each magnitude that can be drawn."""
    result = []
    for name, image in images.items():
        width, height = image.size
        for kind, space, bins in (("trivial", TrivialAugmentWide()._augmentation_space(BINS), range(BINS)),
                                  ("rand", RandAugment()._augmentation_space(BINS, (height, width)), [RandAugment().magnitude])):
            for operation, (magnitudes, signed) in space.items():
                constant = magnitudes.ndim == 0
                values = [0.0] if constant else [magnitudes[bin].item() for bin in bins]
                item = {"image": name, "kind": kind, "operation": operation, "bins": [0] if constant else list(bins)}
                for sign in (1, -1) if signed else (1,):
                    key = "crc" if sign > 0 else "negative"
                    item[key] = [crc(_apply_op(image, operation, sign * value, InterpolationMode.NEAREST, None)) for value in values]
                result.append(item)
    return result


def color_jitter(images):
    functions = {"brightness": F.adjust_brightness, "contrast": F.adjust_contrast, "saturation": F.adjust_saturation, "hue": F.adjust_hue}
    result = []
    for name, image in images.items():
        for function, factors in (("brightness", (0, 0.6, 1.37, 2)), ("contrast", (0, 0.6, 1.37, 2)), ("saturation", (0, 0.6, 1.37, 2)),
                                  ("hue", (-0.5, -0.1, -0.003, 0.08, 0.25, 0.5))):
            for factor in factors:
                result.append({"image": name, "function": function, "factor": factor, "crc": crc(functions[function](image, factor))})
        result.append({"image": name, "function": "gray", "factor": 0, "crc": crc(F.rgb_to_grayscale(image, 3))})
    return result


def every_color():
    """A picture of 17 x 17 x 17 colours all over the cube, and the same with its hue turned."""
    steps = np.array([min(255, 16 * i) for i in range(17)], np.uint8)
    colors = Image.fromarray(np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(17 * 17, 17, 3))
    return [{"factor": factor, "crc": crc(F.adjust_hue(colors, factor))} for factor in (0.0, 0.1, -0.37)]


def blurred(images):
    result = []
    for name, image in images.items():
        for kernel, sigma in ((3, 0.1), (3, 1.3), (23, 0.7), (23, 2.0)):
            pixels = np.asarray(F.gaussian_blur(image, [kernel, kernel], [sigma, sigma]))
            rows = pixels[[0, 1, 14, 29]]  # of the corners, borders and the middle
            result.append({"image": name, "kernel": kernel, "sigma": sigma, "rows": [0, 1, 14, 29], "pixels": rows.tobytes().hex()})
    return result


def main():
    images = pictures()
    golden = {"pictures": [{"image": name, "width": image.width, "height": image.height, "crc": crc(image)} for name, image in images.items()],
              "auto": auto_augment(images), "colors": color_jitter(images), "hues": every_color(), "blurred": blurred(images)}
    lists = ",\n".join(f'"{key}": [\n' + ",\n".join(json.dumps(item) for item in items) + "\n]" for key, items in golden.items())
    (pathlib.Path(__file__).parent / "data" / "augment.json").write_text("{\n" + lists + "\n}\n")


if __name__ == "__main__":
    main()
