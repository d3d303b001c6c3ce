"""Checkpoints of a training run: an .npz of the parameters and of what the optimiser keeps of each."""

import os

import numpy as np

GROUPS = ("params", "first", "second")


def save(path, step, seconds, params, first, second):
    """Writes beside the path and renames, so that an interruption leaves the checkpoint before."""
    groups = zip(GROUPS, (params, first, second))
    arrays = {f"{group}/{name}": np.asarray(a) for group, arrays in groups for name, a in arrays.items()}
    np.savez(path + ".new.npz", step=step, seconds=seconds, **arrays)
    os.replace(path + ".new.npz", path)


def load(path):
    """Steps done, seconds they took, and a dict of NumPy arrays for each of GROUPS."""
    with np.load(path) as file:
        groups = [
            {name.split("/")[1]: file[name].copy() for name in file.files if name.startswith(group + "/")}
            for group in GROUPS
        ]
        return int(file["step"]), float(file["seconds"]), *groups
