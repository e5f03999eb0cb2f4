#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes small checkpoints of every form with PyTorch and safetensors, and what is in them, to data/checkpoints.

expected.json: file -> {"container", "metadata", "tensors": {name: {"dtype", "shape", "values"}}}; values are those that
PyTorch reads (as numbers, in the order of the shape). tests/corrupt/test_checkpoints.cpp compares.
pickles/ holds the data.pkl of each archive, for tests/fuzz."""
import argparse
import collections
import json
import pathlib
import zipfile

import numpy as np
import safetensors.torch
import torch

FOLDER = pathlib.Path(__file__).parent / "data" / "checkpoints"
PICKLES = FOLDER / "pickles"
DTYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
        self.head = torch.nn.Linear(2, 2, bias=False)
        self.logit_scale = torch.nn.Parameter(torch.tensor(2.659))
        self.register_buffer("count", torch.tensor(7))
        self.input_resolution = 224

    def forward(self, x):
        return self.head(self.visual(x)) * self.logit_scale.exp()


def all_dtypes():
    values = torch.tensor([0.0, 1.0, -2.5, 100.0])
    tensors = collections.OrderedDict((name, values.to(dtype)) for dtype, name in DTYPES.items())
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.empty(0, 4)
    tensors["one"] = torch.full((1, 1, 1), 3.0)
    return tensors


def views():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    return {
        "base": base,
        "tied": base,
        "transposed": base.t(),
        "slice": base[1:3, 2:5],
        "column": base[:, 5],
        "stepped": base.flatten()[3::4],
        "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
        "last": base[3, 5],
        "text.weight": torch.nn.Parameter(base[0]),
    }


def training(prefix=""):
    model = Small()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    return {
        "epoch": 32,
        "name": "2026_01_01-model_ViT-B-32",
        "state_dict": {prefix + name: value for name, value in model.state_dict().items()},
        "optimizer": optimizer.state_dict(),
        "best": np.float64(0.75),
        "loss": np.float32(0.5),
        "steps": np.int64(1234),
        "done": False,
        "history": np.zeros(3),
        "args": argparse.Namespace(lr=0.5, model="ViT-B-32"),
        "milestones": collections.Counter([3, 3, 7]),
        "precision": torch.float16,
        "device": torch.device("cpu"),
        "size": torch.Size([2, 3]),
        "large": 2**80,
    }


def write_torch(name, content, **options):
    torch.save(content, FOLDER / name, **options)


def describe(tensors):
    return {
        name: {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "values": tensor.detach().double().flatten().tolist(),
        }
        for name, tensor in tensors.items()
    }


def main():
    torch.manual_seed(0)
    PICKLES.mkdir(parents=True, exist_ok=True)
    expected = {}

    def expect(name, container, tensors, metadata=None, notes=()):
        expected[name] = {"container": container, "metadata": metadata or {}, "notes": list(notes), "tensors": describe(tensors)}

    for name, content in (("dtypes", all_dtypes()), ("views", views())):
        write_torch(f"{name}.pt", content)
        expect(f"{name}.pt", "PyTorch archive", content)
        write_torch(f"{name}_old.pt", content, _use_new_zipfile_serialization=False)
        expect(f"{name}_old.pt", "old PyTorch file", content)
    for protocol in (4, 5):
        content = views()
        write_torch(f"protocol{protocol}.pt", content, pickle_protocol=protocol)
        expect(f"protocol{protocol}.pt", "PyTorch archive", content)

    metadata = {
        "epoch": "32", "name": "2026_01_01-model_ViT-B-32", "best": "0.75", "loss": "0.5", "steps": "1234",
        "done": "false", "device": "cpu",
    }  # fmt: skip
    for name, prefix in (("training.pt", "module."), ("compiled.pt", "module._orig_mod.")):
        content = training(prefix)
        write_torch(name, content)
        expect(name, "PyTorch archive", content["state_dict"], metadata)
    content = training()
    write_torch("training_old.pt", content, _use_new_zipfile_serialization=False)
    expect("training_old.pt", "old PyTorch file", content["state_dict"], metadata)

    model = Small().eval()
    traced = torch.jit.trace(model, torch.ones(1, 3))
    traced.save(str(FOLDER / "traced.pt"))
    expect("traced.pt", "TorchScript archive", traced.state_dict(), {"training": "false"})
    scripted = torch.jit.script(model.half())
    scripted.save(str(FOLDER / "scripted.pt"))
    expect("scripted.pt", "TorchScript archive", scripted.state_dict(), {"training": "false", "input_resolution": "224"})

    one, other = Small().state_dict(), Small().state_dict()
    optimizer = {"state": {0: {"exp_avg": torch.zeros(4)}}, "param_groups": []}
    both = "an average of the weights is there as well, and left out: "
    for name, content, tensors, notes in (
        ("ema.pt", {"state_dict_ema": other, "state_dict": one, "optimizer": optimizer}, one, [both + "state_dict_ema"]),
        ("ema_only.pt", {"model_ema": other, "epoch": 3, "optimizer": optimizer}, other, ["the weights are an average: model_ema"]),
        ("nested.pt", {"ema": {"module": other}, "models": {"clip": {"state_dict": one}}}, one, [both + "ema.module"]),
    ):
        write_torch(name, content)
        expect(name, "PyTorch archive", tensors, {"epoch": "3"} if "epoch" in content else {}, notes)

    content = all_dtypes()
    safetensors.torch.save_file(content, FOLDER / "dtypes.safetensors", {"format": "pt"})
    expect("dtypes.safetensors", "safetensors", content, {"format": "pt"})

    for path in sorted(FOLDER.glob("*.pt")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                pickle = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
                (PICKLES / f"{path.stem}.pkl").write_bytes(archive.read(pickle))
    (FOLDER / "expected.json").write_text(json.dumps(expected, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()
