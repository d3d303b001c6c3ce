"""Trains the transformer: python train.py --size 800k --sources media --data DIR --steps 10000 --run RUN

Of bytes, or of Wikipedia with --tokenizer FILE of the tokens of train_tokenizer.py. On a GPU it multiplies in bfloat16.
Batches are a function of seed and step alone, so a run that was interrupted goes on from RUN/checkpoint.npz
as if it had not been (same command again). RUN/log.jsonl has a line every 100 steps: bits per byte of training batches, and every 1,000
of what is held out, by kind. Short sequences come first: they teach more per second.
"""

import argparse
import json
import os
import time
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from tokenizers import Tokenizer

import model
import sources
from checkpoint import load, save

AT_ONCE = 50  # steps in one call of the device
DECAY = 0.1  # of the matrices, times their rate


class Stage(NamedTuple):
    short: float  # share of the steps in which sequences are short
    warm_up: int  # steps in which the rates rise
    constant: float  # share of the steps after which they fall along a cosine, to a hundredth
    matrix_rate: float  # peak learning rate of Muon
    vector_rate: float  # and of Adam
    crlf: float  # share of the texts with lines that end in CR LF


STAGES = {
    "first": Stage(short=0.5, warm_up=100, constant=0.4, matrix_rate=0.02, vector_rate=3e-3, crlf=0.0),
    # Learns the byte that the first has never seen, mostly in the embedding and the head.
    "crlf": Stage(short=0.75, warm_up=20, constant=0.0, matrix_rate=1e-4, vector_rate=3e-3, crlf=0.4),
}
SHORT = 512


def rate_at(step, steps, stage):
    """Share of the peak rates."""
    falling = jnp.maximum(0.0, step / steps - stage.constant) / (1 - stage.constant)
    return jnp.minimum(1.0, (step + 1) / stage.warm_up) * (0.01 + 0.99 * 0.5 * (1 + jnp.cos(jnp.pi * falling)))


def orthogonal(matrices):
    """The nearest matrices with singular values near 1, by Newton–Schulz (Jordan 2024, "Muon")."""
    x = matrices / (jnp.linalg.norm(matrices, axis=(1, 2), keepdims=True) + 1e-7)
    wide = x.shape[1] > x.shape[2]
    x = x.transpose(0, 2, 1) if wide else x
    for _ in range(5):
        gram = x.transpose(0, 2, 1) @ x
        x = 3.4445 * x + x @ (-4.7750 * gram + 2.0315 * gram @ gram)
    return x.transpose(0, 2, 1) if wide else x


def updated(params, first, second, gradients, step, matrix_rate, vector_rate):
    """One step: Muon for the layers' matrices, Adam for embedding, head and gains."""
    params, first, second = dict(params), dict(first), dict(second)
    for name, g in gradients.items():
        if g.ndim == 3:
            first[name] = 0.95 * first[name] + g
            ratio = max(1.0, g.shape[2] / g.shape[1]) ** 0.5
            change = ratio * orthogonal(g + 0.95 * first[name])
            params[name] = params[name] * (1 - matrix_rate * DECAY) - matrix_rate * change
            continue
        first[name] = 0.9 * first[name] + 0.1 * g
        second[name] = 0.98 * second[name] + 0.02 * g * g
        m = first[name] / (1 - 0.9 ** (step + 1))
        v = second[name] / (1 - 0.98 ** (step + 1))
        params[name] = params[name] - vector_rate * m / (jnp.sqrt(v) + 1e-8)
    return params, first, second


@partial(jax.jit, static_argnames=("stage", "count", "length", "heads", "dtype", "calls"), donate_argnums=0)
def advance(groups, symbols, regions, seed, start, steps, stage, count, length, heads, dtype, calls):
    """So many steps from start on, and their mean loss in bits per symbol."""

    def one(groups, step):
        key = jax.random.fold_in(jax.random.key(seed), step)
        targets = sources.batch(symbols, regions, key, count, length, stage.crlf)
        loss, gradients = jax.value_and_grad(model.bits)(groups[0], targets, heads, dtype)
        rate = rate_at(step, steps, stage)
        return updated(*groups, gradients, step, rate * stage.matrix_rate, rate * stage.vector_rate), loss

    groups, losses = jax.lax.scan(one, groups, start + jnp.arange(calls))
    return groups, losses.mean()


measure = jax.jit(model.bits, static_argnames=("heads", "dtype"))


def held_out_bits(params, held, heads, context, dtype, chunks):
    found = {}
    for kind, content in held.items():
        rows = content[: len(content) // context * context].reshape(-1, context)
        rows = rows[:: max(1, len(rows) // chunks)][:chunks].astype(np.int32)
        parts = [measure(params, jnp.asarray(rows[i : i + 4]), heads, dtype) for i in range(0, len(rows), 4)]
        found[kind] = round(float(np.mean(parts)), 4)
    return found


def tokenized(path, data):
    """Wikipedia in tokens, learnt from and held out, and how many there are to a byte."""
    tokenizer = Tokenizer.from_file(path)
    learnt, held = (sources.read(data, f"text/wiki-{part}.txt").tobytes() for part in ("train", "valid"))
    ids = [np.array(tokenizer.encode(text.decode("utf-8", "ignore")).ids, np.uint16) for text in (learnt, held)]
    return {"wiki": [(1, ids[0])]}, {"wiki": ids[1]}, len(ids[1]) / len(held)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=model.SIZES, required=True)
    parser.add_argument("--sources", choices=sources.SHARES, default="wiki")
    parser.add_argument("--data", required=True, help="folder with text/, audio/ and image/")
    parser.add_argument("--run", required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--symbols", type=int, default=65536, help="a step, whatever the length")
    parser.add_argument("--stage", choices=STAGES, default="first")
    parser.add_argument("--start", help="the checkpoint.npz of another run to start from; without it, from random weights")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokenizer", help="tokenizer.json; without it, symbols are bytes")
    args = parser.parse_args()

    dtype = jnp.bfloat16 if jax.default_backend() == "gpu" else jnp.float32
    learnt, held, per_byte = tokenized(args.tokenizer, args.data) if args.tokenizer else (*sources.kinds(args.data), 1)
    symbols, regions = sources.laid_out(sources.SHARES[args.sources], learnt)
    stage = STAGES[args.stage]
    os.makedirs(args.run, exist_ok=True)
    checkpoint = os.path.join(args.run, "checkpoint.npz")
    heads, context = model.SIZES[args.size]["heads"], model.SIZES[args.size]["context"]
    if os.path.exists(checkpoint):
        step, before, *groups = load(checkpoint)
    else:
        params = load(args.start)[2] if args.start else model.init(args.size, args.seed)
        step, before, groups = 0, 0.0, [params, *({name: np.zeros_like(a) for name, a in params.items()} for _ in range(2))]
    groups = tuple(jax.tree.map(jnp.asarray, groups))
    print(f"{sum(a.size for a in groups[0].values()):,} parameters, from step {step:,} of {args.steps:,}", flush=True)

    began, losses = time.time(), []
    with open(os.path.join(args.run, "log.jsonl"), "a") as log:
        while step < args.steps:
            length = min(context, SHORT) if step < stage.short * args.steps else context
            groups, loss = advance(
                groups, symbols, regions, args.seed, step, args.steps, stage,
                args.symbols // length, length, heads, dtype, min(AT_ONCE, args.steps - step),
            )
            losses.append(loss)
            step = min(step + AT_ONCE, args.steps)
            if step % 100 and step < args.steps:
                continue
            row = {"step": step, "bytes": round(step * args.symbols / per_byte), "train": round(per_byte * float(np.mean(losses)), 4)}
            losses = []
            row["seconds"] = round(before + time.time() - began)
            if step % 1000 == 0 or step == args.steps:
                chunks = 64 if step == args.steps else 16
                bits = held_out_bits(groups[0], held, heads, context, dtype, chunks)
                row["held out"] = {kind: round(per_byte * b, 4) for kind, b in bits.items()}
                save(checkpoint, step, before + time.time() - began, *groups)
            print(json.dumps(row), file=log, flush=True)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
