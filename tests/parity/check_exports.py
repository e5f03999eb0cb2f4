#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what `diagonal-cli embed` and `index` write with pandas, NumPy and safetensors, and compares.

    pip install numpy pandas safetensors            # and tensorboard: its projector reads the folder, too
    python tests/parity/check_exports.py [DIAGONAL-CLI]

Drawn scenes and their captions are embedded by the demo model in every form, in fp32 and fp16: names, captions and
numbers must be equal in all of them, bit for bit, and the fp16 ones the fp32 ones rounded by NumPy. What NumPy,
pandas and safetensors write is imported as a library and must come back. Exit code 1 where something differs.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import safe_open
from safetensors.numpy import save_file

PROBLEMS = []


def check(what, holds):
    print(("equal      " if holds else "DIFFERENT  ") + what)
    if not holds:
        PROBLEMS.append(what)


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def read_csv(file):
    table = pd.read_csv(file, keep_default_na=False)
    numbers = table[[name for name in table.columns if name[0] == "e" and name[1:].isdigit()]]
    return numbers.to_numpy(np.float32), list(table["path"]), list(table["caption"])


def read_safetensors(file):
    with safe_open(file, "np") as tensors:
        metadata = tensors.metadata()
        return (tensors.get_tensor("embeddings"), json.loads(metadata["names"]),
                json.loads(metadata["columns"])["caption"])


def read_npy(file):
    rows = pd.read_csv(f"{file}.rows.csv", keep_default_na=False)
    lines = Path(f"{file}.paths.txt").read_text("utf-8").splitlines()
    check(f"{file.name}: names in both lists", lines == list(rows["path"]))
    return np.load(file), lines, list(rows["caption"])


READERS = {"csv": read_csv, "npy": read_npy, "safetensors": read_safetensors}


def check_forms(run, folder, part):
    wanted = None
    for dtype in ("fp32", "fp16"):
        for ending, read in READERS.items():
            file = folder / f"{part}-{dtype}.{ending}"
            run("embed", "--data", "scenes:count=300,seed=7,split=train", "--data-part", part, "--dtype", dtype, "--out", file)
            numbers, names, captions = read(file)
            if wanted is None:
                wanted = numbers, names, captions
            expected = wanted[0] if dtype == "fp32" else wanted[0].astype(np.float16)
            if ending == "csv":
                expected = expected.astype(np.float32)
            check(f"{file.name}: {numbers.shape} numbers", same(numbers, expected))
            check(f"{file.name}: names and captions", (names, captions) == wanted[1:])
    return wanted[0], wanted[1]


def check_imports(run, folder, rows, names):
    """rows: of unit length."""
    unique = [f"row {number}.jpg" for number in range(len(rows))]
    np.save(folder / "own.npy", rows.astype(np.float64))
    (folder / "own.npy.paths.txt").write_text("".join(name + "\n" for name in unique), "utf-8")
    save_file({"embeddings": np.ascontiguousarray(rows)}, folder / "own.safetensors", {"names": json.dumps(unique)})
    table = pd.DataFrame(rows, columns=[f"dim{number}" for number in range(rows.shape[1])])
    table.insert(0, "name", unique)
    table.to_csv(folder / "own.csv")
    for ending in READERS:
        library = folder / f"library-{ending}"
        run("index", library, "import", folder / f"own.{ending}", "--fp32")
        back = folder / f"back-{ending}.npy"
        run("index", library, "export", back)
        close = np.abs(np.load(back) - rows).max() < 1e-6
        listed = Path(f"{back}.paths.txt").read_text("utf-8").splitlines() == unique
        check(f"own.{ending}: as a library and back", close and listed)


def check_projector(run, folder, rows):
    target = folder / "scenes.projector"
    run("embed", "--data", "scenes:count=300,seed=7,split=train", "--out", target)
    check("tensors.tsv", np.abs(np.loadtxt(target / "tensors.tsv", np.float32, delimiter="\t") - rows).max() == 0)
    metadata = pd.read_csv(target / "metadata.tsv", sep="\t", quoting=3, keep_default_na=False)
    check("metadata.tsv", len(metadata) == len(rows))
    try:
        from google.protobuf import text_format
        from tensorboard.plugins.projector import ProjectorConfig
        from tensorboard.plugins.projector.projector_plugin import _read_tensor_tsv_file
    except ImportError:
        print("without TensorBoard: its projector was not asked")
        return
    config = text_format.Parse((target / "projector_config.pbtxt").read_text("utf-8"), ProjectorConfig())
    tensor = config.embeddings[0]
    check("projector_config.pbtxt", (target / tensor.metadata_path).exists() and (target / tensor.sprite.image_path).exists())
    check("the projector's own reader", np.abs(_read_tensor_tsv_file(str(target / tensor.tensor_path)) - rows).max() == 0)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/release/bin/diagonal-cli"

    def run(*arguments):
        subprocess.run([program, *map(str, arguments), "--quiet"], check=True)

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rows, names = check_forms(run, folder, "images")
        check_forms(run, folder, "captions")
        check_imports(run, folder, rows, names)
        check_projector(run, folder, rows)
    sys.exit(f"{len(PROBLEMS)} differences" if PROBLEMS else 0)


if __name__ == "__main__":
    main()
