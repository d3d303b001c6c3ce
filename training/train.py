"""Trains the transformer: python train.py --size 200k --data DIR --steps 20000 --run RUN

Of bytes, or with --tokenizer FILE of the tokens of train_tokenizer.py.
Batches are a function of seed and step alone, so a run that was interrupted goes on from RUN/checkpoint.npz
as if it had not been (same command again). RUN/log.jsonl has a line every 100 steps: bits per byte of
training batches, and every 500 steps of the validation text in chunks of the model's context.
Sequences grow from 256 symbols to the context over the run: short ones teach more per second.
"""

import argparse
import json
import os
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from tokenizers import Tokenizer

import model
from checkpoint import load, save

PHASES = ((0.75, 256), (0.93, 768), (1.0, 2048))  # (share of the steps done, symbols a sequence, at most the context)
BATCH_SYMBOLS = 4096  # a step, whatever the length
WARM_UP = 100  # steps
MATRIX_RATE = 0.04  # peak learning rates, of Muon and of Adam; both fall along a cosine
VECTOR_RATE = 5e-3
DECAY = 0.1  # of the matrices, times the rate


def read(path, tokenizer):
    """The symbols of a text, and how many there are to a byte."""
    content = np.fromfile(path, np.uint8)
    if tokenizer is None:
        return content, 1.0
    ids = tokenizer.encode(content.tobytes().decode("utf-8", "ignore")).ids
    return np.array(ids, np.uint16), len(ids) / len(content)


def batch_at(text, seed, step, length):
    rng = np.random.default_rng([seed, step])
    starts = rng.integers(0, len(text) - length, BATCH_SYMBOLS // length)
    return model.with_inputs(np.stack([text[s : s + length] for s in starts]))


def length_at(step, steps, context):
    return min(context, next(length for share, length in PHASES if step < share * steps))


def rate_at(step, steps):
    """Share of the peak rate: up in WARM_UP steps, down to a hundredth."""
    warm = jnp.minimum(1.0, (step + 1) / WARM_UP)
    return warm * (0.01 + 0.99 * 0.5 * (1 + jnp.cos(jnp.pi * step / steps)))


def orthogonal(matrices):
    """The nearest matrices with singular values near 1, by Newton–Schulz (Jordan 2024, "Muon")."""
    x = matrices / (jnp.linalg.norm(matrices, axis=(1, 2), keepdims=True) + 1e-7)
    wide = x.shape[1] > x.shape[2]
    x = x.transpose(0, 2, 1) if wide else x
    for _ in range(5):
        gram = x.transpose(0, 2, 1) @ x
        x = 3.4445 * x + x @ (-4.7750 * gram + 2.0315 * gram @ gram)
    return x.transpose(0, 2, 1) if wide else x


@partial(jax.jit, static_argnames=("heads", "steps"), donate_argnums=(0, 1, 2))
def update(params, first, second, step, inputs, targets, heads, steps):
    """One step: Muon for the layers' matrices, Adam for embedding, head and gains."""
    loss, gradients = jax.value_and_grad(model.bits)(params, inputs, targets, heads)
    rate = rate_at(step, steps)
    for name, g in gradients.items():
        if g.ndim == 3:
            first[name] = 0.95 * first[name] + g
            ratio = max(1.0, g.shape[2] / g.shape[1]) ** 0.5
            change = MATRIX_RATE * ratio * orthogonal(g + 0.95 * first[name])
            params[name] = params[name] * (1 - rate * MATRIX_RATE * DECAY) - rate * change
            continue
        first[name] = 0.9 * first[name] + 0.1 * g
        second[name] = 0.98 * second[name] + 0.02 * g * g
        m = first[name] / (1 - 0.9 ** (step + 1))
        v = second[name] / (1 - 0.98 ** (step + 1))
        params[name] = params[name] - rate * VECTOR_RATE * m / (jnp.sqrt(v) + 1e-8)
    return params, first, second, loss


def valid_bits(params, text, heads, context, limit):
    chunks = text[: len(text) // context * context].reshape(-1, context)[:limit]
    measure = jax.jit(model.bits, static_argnames="heads")
    return float(np.mean([measure(params, *model.with_inputs(chunks[i : i + 4]), heads) for i in range(0, len(chunks), 4)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=model.SIZES, required=True)
    parser.add_argument("--data", required=True, help="folder with wiki-train.txt and wiki-valid.txt")
    parser.add_argument("--run", required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokenizer", help="tokenizer.json; without it, symbols are bytes")
    args = parser.parse_args()

    tokenizer = Tokenizer.from_file(args.tokenizer) if args.tokenizer else None
    text, _ = read(os.path.join(args.data, "wiki-train.txt"), tokenizer)
    valid, per_byte = read(os.path.join(args.data, "wiki-valid.txt"), tokenizer)
    os.makedirs(args.run, exist_ok=True)
    checkpoint = os.path.join(args.run, "checkpoint.npz")
    heads, context = model.SIZES[args.size]["heads"], model.SIZES[args.size]["context"]
    if os.path.exists(checkpoint):
        step, before, *groups = load(checkpoint)
        params, first, second = ({name: jnp.asarray(a) for name, a in arrays.items()} for arrays in groups)
    else:
        step, before = 0, 0.0
        params = {name: jnp.asarray(a) for name, a in model.init(args.size, args.seed).items()}
        first, second = ({name: jnp.zeros_like(a) for name, a in params.items()} for _ in range(2))
    print(f"{sum(a.size for a in params.values()):,} parameters, from step {step:,} of {args.steps:,}", flush=True)

    began, losses = time.time(), []
    with open(os.path.join(args.run, "log.jsonl"), "a") as log:
        while step < args.steps:
            inputs, targets = batch_at(text, args.seed, step, length_at(step, args.steps, context))
            params, first, second, loss = update(
                params, first, second, step, inputs, targets, heads, args.steps
            )
            losses.append(loss)
            step += 1
            if step % 100 and step < args.steps:
                continue
            seconds = before + time.time() - began
            row = {"step": step, "symbols": step * BATCH_SYMBOLS, "seconds": round(seconds), "train": per_byte * float(np.mean(losses))}
            losses = []
            if step % 500 == 0 or step == args.steps:
                row["valid"] = per_byte * valid_bits(params, valid, heads, context, None if step == args.steps else 32)
            save(checkpoint, step, seconds, params, first, second)
            print(json.dumps(row), file=log, flush=True)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
