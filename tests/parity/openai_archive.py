# SPDX-License-Identifier: Apache-2.0
"""Models in OpenAI's two forms: a TorchScript archive, and the state dict of one; CLIP's vocabulary in the form of Hugging Face's folders."""
import gzip
import json
from pathlib import Path

import open_clip
import torch
from open_clip.model import convert_weights_to_fp16


class Multimodal(open_clip.CLIP):
    """open_clip's CLIP under the name that the class has in OpenAI's archives, with their three numbers as buffers."""

    def __init__(self, config):
        super().__init__(**json.loads(json.dumps(config)))
        text = config["text_cfg"]
        for name, number in (("input_resolution", config["vision_cfg"]["image_size"]), ("context_length", text["context_length"]),
                             ("vocab_size", text["vocab_size"])):
            self.__dict__.pop(name, None)
            self.register_buffer(name, torch.tensor(number))
        mask = self.attn_mask  # no buffer there
        del self.attn_mask
        self.__dict__["attn_mask"] = mask


Multimodal.__module__ = "multimodal.model.multimodal_transformer"


def write_openai(model, archive=None, state_dict=None):
    """Turns the weights to half precision where OpenAI's are, then writes what has a path."""
    size, length = int(model.input_resolution), int(model.context_length)
    if archive:
        images, ids = torch.zeros(1, 3, size, size), torch.zeros(1, length, dtype=torch.long)
        with torch.no_grad():
            script = torch.jit.trace_module(
                model, {"forward": (images, ids), "encode_image": (images,), "encode_text": (ids,)}, check_trace=False)
    convert_weights_to_fp16(model)  # the traced module holds the same parameters
    if archive:
        torch.jit.save(script, archive)
    if state_dict:
        torch.save(model.state_dict(), state_dict)


def bpe_files(folder, merge_count=49152 - 256 - 2):
    """Writes vocab.json and merges.txt from open_clip's vocabulary file: bytes, bytes at the end of a word, merges, specials.
    Returns the vocabulary and the merges."""
    data = Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
    merges = gzip.open(data, "rt", encoding="utf-8").read().split("\n")[1:1 + merge_count]
    symbols = list(open_clip.tokenizer.bytes_to_unicode().values())
    tokens = symbols + [symbol + "</w>" for symbol in symbols] + [merge.replace(" ", "") for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    assert len(vocabulary) == len(tokens) == 514 + merge_count
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", "utf-8")
    return vocabulary, [tuple(merge.split(" ")) for merge in merges]
