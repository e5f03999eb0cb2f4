# SPDX-License-Identifier: Apache-2.0
"""Writes data/plateau_golden.json: the learning rates that torch.optim.lr_scheduler.ReduceLROnPlateau gives for random
sequences of losses. With a number and a file: so many sequences, for DIAGONAL_PLATEAU=FILE training_tests schedule.

    pip install torch==2.11.0
    python tests/parity/make_plateau_golden.py [COUNT FILE]
"""

import json
import random
import sys
from pathlib import Path

import torch


def sequence(draw):
    rate = draw.choice([1e-3, 1e-4, 1e-5, 3e-8])
    patience, factor = draw.randint(0, 4), draw.choice([0.1, 0.5, 0.8, 0.97])
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=rate)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=patience, factor=factor)
    loss, losses, rates = draw.uniform(0.5, 5), [], []
    for _ in range(draw.randint(5, 40)):
        # Falls, rises, and changes about as small as those that do not count.
        loss = max(0.0, loss * (1 + draw.choice([0, -1e-4, -1.001e-4, -0.9e-4, draw.gauss(-0.01, 0.05)])))
        scheduler.step(loss)
        losses.append(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"rate": rate, "patience": patience, "factor": factor, "losses": losses, "rates": rates}


def main(count=24, file=Path(__file__).parent / "data" / "plateau_golden.json"):
    draw = random.Random(3)
    Path(file).write_text("[\n" + ",\n".join(json.dumps(sequence(draw)) for _ in range(int(count))) + "\n]\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
