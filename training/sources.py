"""What is learnt from, and what is held out of it: text, speech and pictures in the folder that --data names.

All symbols lie in one array on the device, as regions of rows: a text is a region one symbol wide, a plane of a
photograph is its rows. A sequence goes through a few columns of a region row by row, so one gather reads any of them.
"""

import glob
import os

import jax
import jax.numpy as jnp
import numpy as np
from PIL import Image

SHARES = {  # of the sequences
    "wiki": {"wiki": 1},
    "media": {"pictures": 24, "speech": 18, "wiki": 24, "books": 22, "code": 12},
}
TEXTS = ("wiki", "books", "code")
HELD_OUT = 131_072  # bytes at the end of the novels, and of each half of the code (Python; C and C++)
HELD_OUT_PHOTO = "kodim07.png"
COLUMNS = 64  # of a picture, whose rows follow one another, as in the evaluation's patches
SCALES = {1.0: 0.5, 0.8: 0.15, 2 / 3: 0.15, 0.5: 0.12, 0.4: 0.08}  # of the photographs, and shares of the crops
PLANES = {"grey": 0.7, 0: 0.1, 1: 0.1, 2: 0.1}  # and red, green and blue alone
SHIFT = 24  # half of the crops are made lighter or darker by at most this, as far as no pixel is cut off


def grey(pixels):
    """Floor of the mean of red, green and blue, as in the evaluation's patches."""
    return (pixels.astype(np.int32).sum(axis=2) // 3).astype(np.uint8)


def planes(path):
    """(share, plane) of a photograph, for every scale and colour."""
    image = Image.open(path).convert("RGB")
    for scale, scale_share in SCALES.items():
        size = tuple(round(side * scale) for side in image.size)
        pixels = np.asarray(image if scale == 1 else image.resize(size, Image.Resampling.LANCZOS))
        for plane, plane_share in PLANES.items():
            yield scale_share * plane_share, grey(pixels) if plane == "grey" else pixels[:, :, plane]


def patches(photo, count):
    rng = np.random.default_rng(1)
    corners = [(rng.integers(photo.shape[0] - 31), rng.integers(photo.shape[1] - COLUMNS + 1)) for _ in range(count)]
    return np.stack([photo[top : top + 32, left : left + COLUMNS].reshape(-1) for top, left in corners])


def read(data, name):
    return np.fromfile(os.path.join(data, name), np.uint8)


def kinds(data):
    """By kind, (share of the kind, plane) of what is learnt from, and the symbols held out."""
    books, code = read(data, "text/books-train.txt"), read(data, "text/code-train.txt")
    halves = code[: len(code) // 2], code[len(code) // 2 :]
    photos = sorted(glob.glob(os.path.join(data, "image/photos-train/*.png")))
    held_out = next(path for path in photos if path.endswith(HELD_OUT_PHOTO))
    kept = [path for path in photos if path != held_out]
    learnt = {
        "wiki": [(1, read(data, "text/wiki-train.txt"))],
        "books": [(1, books[:-HELD_OUT])],
        "code": [(0.5, half[:-HELD_OUT]) for half in halves],
        "speech": [(1, read(data, "audio/speech-u8-train-more.bin"))],
        "pictures": [(share / len(kept), plane) for path in kept for share, plane in planes(path)],
    }
    held = {
        "wiki": read(data, "text/wiki-valid.txt"),
        "books": books[-HELD_OUT:],
        "code": np.concatenate([half[-HELD_OUT:].reshape(-1, 2048)[::2] for half in halves]),
        "speech": read(data, "audio/speech-u8-valid.bin"),
        "pictures": patches(grey(np.asarray(Image.open(held_out).convert("RGB"))), 64),
    }
    return learnt, {kind: symbols.reshape(-1) for kind, symbols in held.items()}


def laid_out(shares, learnt):
    """The array of all symbols, and a table of the regions in it."""
    rows, parts, base = [], [], 0
    for kind, share in shares.items():
        for part_share, plane in learnt[kind]:
            picture = plane.ndim == 2
            height, width = plane.shape if picture else (len(plane), 1)
            text = kind in TEXTS and plane.dtype == np.uint8
            rows.append((share * part_share, base, height, width, COLUMNS if picture else 1, picture, text))
            parts.append(plane.reshape(-1))
            base += plane.size
    share, *columns = map(np.array, zip(*rows))
    up_to = (np.cumsum(share) / np.sum(share)).astype(np.float32)
    regions = dict(zip(("base", "height", "width", "columns", "picture", "text"), map(jnp.asarray, columns)))
    return jnp.asarray(np.concatenate(parts)), {"up_to": jnp.asarray(up_to), **regions}


def with_crlf(texts):
    """Texts with CR before each LF, cut to the length that they had. [count, length] → the same."""
    count, length = texts.shape
    ends = texts == ord("\n")
    to = jnp.arange(length) + jnp.cumsum(ends, axis=1)
    row = jnp.arange(count)[:, None]
    return jnp.full_like(texts, ord("\r")).at[row, to].set(texts, mode="drop")


def batch(symbols, regions, key, count, length, crlf):
    """[count, length] symbols, drawn with the key: regions in turn by their shares, pictures flipped and shifted.

    crlf: share of the texts that get lines that end in CR LF, as in files from Windows: what is learnt from has LF alone.
    """
    turn, top, left, flip, by, whether, ends = jax.random.split(key, 7)
    at = (jnp.arange(count) + jax.random.uniform(turn)) / count
    region = jnp.minimum(jnp.searchsorted(regions["up_to"], at, side="right"), len(regions["up_to"]) - 1)
    base, height, width, columns, picture = (
        regions[name][region][:, None] for name in ("base", "height", "width", "columns", "picture")
    )
    rows = -(-length // columns)
    top = jax.random.randint(top, (count, 1), 0, height - rows + 1)
    left = jax.random.randint(left, (count, 1), 0, width - columns + 1)
    row, column = jnp.divmod(jnp.arange(length)[None], columns)
    down, across = picture & jax.random.bernoulli(flip, 0.5, (2, count, 1))
    row, column = jnp.where(down, rows - 1 - row, row), jnp.where(across, columns - 1 - column, column)
    found = symbols[base + (top + row) * width + left + column].astype(jnp.int32)
    lowest = jnp.maximum(-SHIFT, -found.min(axis=1, keepdims=True))
    highest = jnp.minimum(SHIFT, 255 - found.max(axis=1, keepdims=True))
    shift = jax.random.randint(by, (count, 1), lowest, highest + 1)
    found += jnp.where(picture & jax.random.bernoulli(whether, 0.5, (count, 1)), shift, 0)
    windows = regions["text"][region] & jax.random.bernoulli(ends, crlf, (count,))
    return jnp.where(windows[:, None], with_crlf(found), found)
