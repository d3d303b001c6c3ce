"""Trains the byte transformer of text, speech and pictures: python train_media.py --data DIR --steps 3000 --run RUN

In two stages: first most sequences are short, then (--stage second --start RUN/checkpoint.npz) all are as long as the
window. On one core (OPENBLAS_NUM_THREADS=1). Batches are a function of seed and step alone, so a run that was interrupted
goes on from RUN/checkpoint.npz as if it had not been (same command again). The learning rate is constant up to
HALF of the steps, so up to there --steps may still be changed; then it falls along a cosine.
RUN/log.jsonl has a line every 50 steps: bits per byte of training batches, and every 250 of what is held out, by kind.
"""

import argparse
import json
import os
import time

import numpy as np

import gradient
import model
from checkpoint import load, save
from sources import Sources

SIZE = "800k"
STAGES = {
    "first": {
        "shares": {"pictures": 40, "speech": 22, "wiki": 10, "books": 14, "code": 14},
        "phases": ((0.88, 512, 4), (1.0, 2048, 2)),  # (share of the steps done, symbols a sequence, sequences)
        "rate": 1.0,  # of the peak rates below
    },
    "second": {
        "shares": {"pictures": 30, "speech": 24, "wiki": 17, "books": 18, "code": 11},
        "phases": ((1.0, 2048, 2),),
        "rate": 0.6,
    },
}
WARM_UP, HALF = 50, 0.5
MATRIX_RATE = 0.02  # peak learning rates, of Muon and of Adam
VECTOR_RATE = 3e-3
EMBEDDING_WAVE, HEAD_WAVE = 0.1, 0.02  # of waves(), added to what training starts from
DECAY = 0.1  # of the matrices, times the rate


def rate_at(step, steps):
    """Share of the peak rate: up in WARM_UP steps, constant, from HALF of the steps on down to a hundredth."""
    falling = max(0.0, step / steps - HALF) / (1 - HALF)
    return min(1.0, (step + 1) / WARM_UP) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * falling)))


def orthogonal(matrix):
    """The nearest matrix with singular values near 1, by Newton–Schulz (Jordan 2024, "Muon")."""
    x = matrix / (np.linalg.norm(matrix) + 1e-7)
    wide = x.shape[0] < x.shape[1]
    x = np.ascontiguousarray(x.T) if wide else x
    for _ in range(5):
        gram = x.T @ x
        x = 3.4445 * x + x @ (-4.7750 * gram + 2.0315 * gram @ gram)
    return x.T if wide else x


def update(params, first, second, gradients, step, rate):
    """One step in place: Muon for the layers' matrices, Adam for embedding, head and gains."""
    for name, g in gradients.items():
        p, m, v = params[name], first[name], second[name]
        if g.ndim == 3:
            m *= 0.95
            m += g
            p *= 1 - rate * MATRIX_RATE * DECAY
            ratio = max(1.0, g.shape[2] / g.shape[1]) ** 0.5
            for layer in range(len(g)):
                p[layer] -= rate * MATRIX_RATE * ratio * orthogonal(g[layer] + 0.95 * m[layer])
            continue
        m += 0.1 * (g - m)
        v += 0.02 * (g * g - v)
        p -= rate * VECTOR_RATE * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(v / (1 - 0.98 ** (step + 1))) + 1e-8)


def valid_bits(params, sources, heads, context, chunks):
    found = {}
    for name, content in sources.valid.items():
        rows = content[: len(content) // context * context].reshape(-1, context)
        inputs, targets = model.with_inputs(rows[:: max(1, len(rows) // chunks)][:chunks])
        found[name] = round(gradient.bits(params, inputs, targets, heads), 4)
    return found


def of_onnx(path):
    """The parameters that export.py wrote."""
    import onnx
    from onnx import numpy_helper

    weights = {w.name: numpy_helper.to_array(w).astype(np.float32) for w in onnx.load(path).graph.initializer}
    gains = [a for a in weights.values() if a.ndim == 1 and len(a) == weights["embedding"].shape[1]]
    params = {name: weights[name] for name in ("embedding", "head")}
    for name in ("qkv", "out", "up", "down"):
        params[name] = np.stack([weights[f"{name}.{layer}"] for layer in range(model.LAYERS)])
    return {**params, "norm1": np.stack(gains[0:-1:2]), "norm2": np.stack(gains[1:-1:2]), "norm": gains[-1]}


def waves(vocabulary, width):
    """Cosines and sines of the symbol's number in half of the width: [vocabulary, width]. Samples and pixels are numbers."""
    count = width // 4
    frequencies = np.pi / vocabulary * (vocabulary / 4) ** (np.arange(count) / (count - 1))
    angles = np.arange(vocabulary)[:, None] * frequencies
    found = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    return np.pad(found, ((0, 0), (0, width - 2 * count))).astype(np.float32)


def started(path, seed):
    """The parameters of another run as they are; those of an .onnx, or random ones, with waves added."""
    if path and path.endswith(".npz"):
        return load(path)[2]
    params = of_onnx(path) if path else model.init(SIZE, seed)
    numbers = waves(*params["embedding"].shape)
    params["embedding"] = params["embedding"] + EMBEDDING_WAVE * numbers
    params["head"] = params["head"] + HEAD_WAVE * numbers.T
    return {name: np.ascontiguousarray(params[name]) for name in gradient.NAMES}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder with text/, audio/ and image/")
    parser.add_argument("--run", required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--stage", choices=STAGES, default="first")
    start = "an .onnx of export.py or the checkpoint.npz of another run to start from; without it, from random weights"
    parser.add_argument("--start", help=start)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    stage = STAGES[args.stage]
    sources = Sources(args.data, stage["shares"])
    os.makedirs(args.run, exist_ok=True)
    checkpoint = os.path.join(args.run, "checkpoint.npz")
    heads, context = model.SIZES[SIZE]["heads"], model.SIZES[SIZE]["context"]
    if os.path.exists(checkpoint):
        step, before, params, first, second = load(checkpoint)
    else:
        step, before = 0, 0.0
        params = started(args.start, args.seed)
        first, second = ({name: np.zeros_like(a) for name, a in params.items()} for _ in range(2))
    print(f"{sum(a.size for a in params.values()):,} parameters, from step {step:,} of {args.steps:,}", flush=True)

    began, losses = time.time(), []
    with open(os.path.join(args.run, "log.jsonl"), "a") as log:
        while step < args.steps:
            length, count = next((length, count) for share, length, count in stage["phases"] if step < share * args.steps)
            inputs, targets = model.with_inputs(sources.batch(args.seed, step, count, length))
            gradients = {name: np.zeros_like(a) for name, a in params.items()}
            losses.append(gradient.bits(params, inputs, targets, heads, gradients))
            update(params, first, second, gradients, step, stage["rate"] * rate_at(step, args.steps))
            step += 1
            if step % 50 and step < args.steps:
                continue
            row = {"step": step, "seconds": round(before + time.time() - began), "train": round(float(np.mean(losses)), 4)}
            losses = []
            if step % 250 == 0 or step == args.steps:
                row["valid"] = valid_bits(params, sources, heads, context, 16 if step == args.steps else 4)
            save(checkpoint, step, before + time.time() - began, params, first, second)
            print(json.dumps(row), file=log, flush=True)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
