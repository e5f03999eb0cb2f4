# SPDX-License-Identifier: Apache-2.0
"""What a user of open_clip writes; compare_times.py measures the whole process.

    open_clip_side.py embed MODEL TEXT OUT.npy        one text
    open_clip_side.py label MODEL IMAGE LABEL...      probabilities as JSON, in the order of the labels

MODEL is a folder, an OpenAI archive, or a state dict of ViT-L-14 (whose name must not hold "archive").
"""
import json
import sys

import open_clip
import torch


def load(path):
    if path.endswith("archive.pt"):
        model = open_clip.load_openai_model(path, precision="fp32", device="cpu")
        return model, open_clip.image_transform(model.visual.image_size, is_train=False), open_clip.get_tokenizer("ViT-L-14")
    if path.endswith(".pt"):
        name, options = "ViT-L-14-quickgelu", {"pretrained": path}
    else:
        name, options = f"local-dir:{path}", {}
    model, _, preprocess = open_clip.create_model_and_transforms(name, **options)
    return model.eval(), preprocess, open_clip.get_tokenizer(name)


def main():
    task, path, *rest = sys.argv[1:]
    model, preprocess, tokenizer = load(path)
    with torch.no_grad():
        if task == "embed":
            import numpy
            numpy.save(rest[1], model.encode_text(tokenizer([rest[0]]), normalize=True).numpy())
            return
        from PIL import Image
        image = model.encode_image(preprocess(Image.open(rest[0])).unsqueeze(0), normalize=True)
        texts = model.encode_text(tokenizer(rest[1:]), normalize=True)
        print(json.dumps((model.logit_scale.exp() * image @ texts.T).softmax(dim=-1)[0].tolist()))


main()
