#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a run's event files as TensorBoard does and compares them with metrics.jsonl.

    pip install tensorboard==2.21.0
    python tests/parity/check_tensorboard.py RUN

Every scalar of every line must be there at its step with the same value as float32, nothing else may be (what a resumed run forgot, say),
and every probe matrix that was kept must have its picture. Exit code 1 where something differs.
"""
import json
import struct
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

PROBE = "val/probe_matrix"


def as_float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def scalars_of_lines(run):
    values = {}
    for line in (run / "metrics.jsonl").read_text("utf-8").splitlines():
        fields = json.loads(line)
        step = fields.pop("step")
        values.update({(tag, step): as_float32(value) for tag, value in fields.items()})
    return values


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    run = Path(sys.argv[1])
    events = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0, "images": 0}).Reload()
    tags = events.Tags()
    found, problems = {}, []
    for tag in tags["scalars"]:
        for event in events.Scalars(tag):
            if (tag, event.step) in found:
                problems.append(f"{tag} has step {event.step} twice")
            found[tag, event.step] = event.value
    wanted = scalars_of_lines(run)
    problems += [f"{tag} of step {step} is missing" for tag, step in wanted.keys() - found.keys()]
    problems += [f"{tag} of step {step} is not in metrics.jsonl" for tag, step in found.keys() - wanted.keys()]
    problems += [f"{tag} of step {step} is {found[tag, step]}, not {value}" for (tag, step), value in wanted.items()
                 if found.get((tag, step), value) != value]
    pictures = {event.step for event in events.Images(PROBE)} if PROBE in tags["images"] else set()
    kept = {int("".join(filter(str.isdigit, file.stem))) for file in (run / "probe").glob("*.npy")}
    problems += [f"the picture of the probe matrix of step {step} is missing" for step in sorted(kept - pictures)]
    for problem in sorted(problems)[:20]:
        print(problem)
    print(f"{len(wanted)} scalars in {len(tags['scalars'])} tags, {len(pictures)} pictures: "
          + (f"{len(problems)} differences" if problems else "as in metrics.jsonl"))
    sys.exit(1 if problems or not wanted else 0)


main()
