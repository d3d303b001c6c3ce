"""The transformer: decoder-only, pre-norm, rotary positions, as in Delétang et al. 2024 (App. B).

Parameters are a flat dict of float32 arrays, so that a checkpoint is an .npz and the ONNX export
reads the same names. Weights of a layer are stacked over layers: name[layer].
"""

import jax
import jax.numpy as jnp
import numpy as np

START = 0  # stands before the first symbol of every sequence
LAYERS = 4
# context: symbols the model is trained to look back, the start symbol among them.
SIZES = {
    "200k": dict(width=64, heads=4, vocabulary=256, context=2048),
    "800k": dict(width=128, heads=4, vocabulary=256, context=2048),
    "3m": dict(width=256, heads=4, vocabulary=256, context=2048),
    "bpe2k": dict(width=64, heads=4, vocabulary=2048, context=768),
}
ROTARY_BASE = 10_000.0
EPSILON = 1e-6


def init(size, seed):
    """Fresh parameters of a size; the residual branches start near 0."""
    width, vocabulary = SIZES[size]["width"], SIZES[size]["vocabulary"]
    rng = np.random.default_rng(seed)

    def normal(*shape, scale):
        return rng.normal(0, scale, shape).astype(np.float32)

    inner = 4 * width
    params = {
        "embedding": normal(vocabulary, width, scale=0.02),
        "qkv": normal(LAYERS, width, 3 * width, scale=width**-0.5),
        "out": normal(LAYERS, width, width, scale=0.2 * width**-0.5),
        "up": normal(LAYERS, width, inner, scale=width**-0.5),
        "down": normal(LAYERS, inner, width, scale=0.2 * inner**-0.5),
        "norm1": np.ones((LAYERS, width), np.float32),
        "norm2": np.ones((LAYERS, width), np.float32),
        "norm": np.ones((width,), np.float32),
        "head": normal(width, vocabulary, scale=0.02),
    }
    if vocabulary == 256:
        numbers = waves(vocabulary, width)
        params["embedding"] += 0.1 * numbers
        params["head"] += 0.02 * numbers.T
    return params


def waves(vocabulary, width):
    """Cosines and sines of the symbol's number in half of the width: [vocabulary, width]. Samples and pixels are numbers."""
    count = width // 4
    frequencies = np.pi / vocabulary * (vocabulary / 4) ** (np.arange(count) / (count - 1))
    angles = np.arange(vocabulary)[:, None] * frequencies
    found = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    return np.pad(found, ((0, 0), (0, width - 2 * count))).astype(np.float32)


def rms_norm(x, gain):
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + EPSILON) * gain


def rotate(x, positions):
    """Rotary embedding over the two halves of each head. x: [batch, time, heads, head width]."""
    half = x.shape[-1] // 2
    angles = positions[:, None, None] * ROTARY_BASE ** (-jnp.arange(half) / half)
    cos, sin = jnp.cos(angles).astype(x.dtype), jnp.sin(angles).astype(x.dtype)
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def logits(params, tokens, heads, dtype=jnp.float32):
    """tokens: [batch, time] int32 → [batch, time, vocabulary]; row t sees tokens[: t + 1].

    Matrices are multiplied in dtype; bfloat16 is for a GPU, whose fused attention it takes.
    """
    batch, time = tokens.shape
    x = params["embedding"][tokens]
    width = x.shape[-1]
    positions = jnp.arange(time, dtype=jnp.float32)
    fused = "cudnn" if dtype == jnp.bfloat16 else None

    def times(y, matrix):
        return y.astype(dtype) @ matrix.astype(dtype)

    for layer in range(LAYERS):
        qkv = times(rms_norm(x, params["norm1"][layer]), params["qkv"][layer])
        q, k, v = (part.reshape(batch, time, heads, width // heads) for part in jnp.split(qkv, 3, -1))
        q, k = rotate(q, positions), rotate(k, positions)
        mixed = jax.nn.dot_product_attention(q, k, v, is_causal=True, implementation=fused)
        x = x + times(mixed.reshape(batch, time, width), params["out"][layer])
        hidden = jnp.square(jax.nn.relu(times(rms_norm(x, params["norm2"][layer]), params["up"][layer])))
        x = x + times(hidden, params["down"][layer])
    return times(rms_norm(x, params["norm"]), params["head"]).astype(jnp.float32)


def bits(params, targets, heads, dtype=jnp.float32):
    """Mean bits per symbol of [batch, time] symbols, each sequence predicted from its start."""
    inputs = jnp.concatenate([jnp.full((len(targets), 1), START), targets[:, :-1]], axis=1)
    log_p = jax.nn.log_softmax(logits(params, inputs, heads, dtype))
    return -jnp.mean(jnp.take_along_axis(log_p, targets[..., None], axis=-1)) / jnp.log(2.0)
