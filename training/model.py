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
    return {
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


def rms_norm(x, gain):
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + EPSILON) * gain


def rotate(x, positions):
    """Rotary embedding over the two halves of each head. x: [batch, heads, time, head width]."""
    half = x.shape[-1] // 2
    angles = positions[:, None] * ROTARY_BASE ** (-jnp.arange(half) / half)
    cos, sin = jnp.cos(angles), jnp.sin(angles)
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def logits(params, tokens, heads):
    """tokens: [batch, time] int32 → [batch, time, vocabulary]; row t sees tokens[: t + 1]."""
    batch, time = tokens.shape
    x = params["embedding"][tokens]
    width = x.shape[-1]
    positions = jnp.arange(time, dtype=jnp.float32)
    causal = jnp.where(jnp.tril(jnp.ones((time, time), bool)), 0.0, -1e9)

    def split(y):
        return y.reshape(batch, time, heads, width // heads).transpose(0, 2, 1, 3)

    for layer in range(LAYERS):
        q, k, v = map(split, jnp.split(rms_norm(x, params["norm1"][layer]) @ params["qkv"][layer], 3, -1))
        q, k = rotate(q, positions), rotate(k, positions)
        weights = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) * (width // heads) ** -0.5 + causal, axis=-1)
        mixed = (weights @ v).transpose(0, 2, 1, 3).reshape(batch, time, width)
        x = x + mixed @ params["out"][layer]
        hidden = jnp.square(jax.nn.relu(rms_norm(x, params["norm2"][layer]) @ params["up"][layer]))
        x = x + hidden @ params["down"][layer]
    return rms_norm(x, params["norm"]) @ params["head"]


def with_inputs(targets):
    """[batch, time] symbols to be predicted, behind the inputs that predict them: START, then each but the last."""
    inputs = np.concatenate([np.full((len(targets), 1), START), targets[:, :-1]], axis=1)
    return inputs.astype(np.int32), targets.astype(np.int32)


def bits(params, inputs, targets, heads):
    """Mean bits per target symbol. inputs, targets: [batch, time]."""
    log_p = jax.nn.log_softmax(logits(params, inputs, heads))
    return -jnp.mean(jnp.take_along_axis(log_p, targets[..., None], axis=-1)) / jnp.log(2.0)
