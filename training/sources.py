"""What is learnt from, and what is held out of it: text, speech and pictures in the folder that --data names."""

import glob
import os

import numpy as np
from PIL import Image

HELD_OUT = 131_072  # bytes at the end of the novels, and of each half of the code (Python; C and C++)
HELD_OUT_PHOTO = "kodim07.png"
COLUMNS = 64  # of a picture, whose rows follow one another, as in the evaluation's patches
SCALES = ((0.6, 1), (0.8, 2 / 3), (1.0, 1 / 2))  # (up to this share of the crops, size of the photograph)
SHIFT = 24  # half of the crops are made lighter or darker by at most this, as far as no pixel is cut off
GOLDEN = 0.6180339887498949


def grey(image):
    """Floor of the mean of red, green and blue, as in the evaluation's patches."""
    return (np.asarray(image.convert("RGB")).astype(np.int32).sum(axis=2) // 3).astype(np.uint8)


def photographs(data):
    """The greys of every photograph for training at every scale, and those of the one held out."""
    kept, held_out = [], []
    for path in sorted(glob.glob(os.path.join(data, "image/photos-train/*.png"))):
        image = Image.open(path)
        sizes = [tuple(round(side * scale) for side in image.size) for _, scale in SCALES]
        greys = [grey(image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)) for size in sizes]
        (held_out if path.endswith(HELD_OUT_PHOTO) else kept).append(greys)
    return kept, held_out


def crop(photos, rng, length):
    photo = photos[rng.integers(len(photos))]
    part = rng.random()
    plane = next(plane for (share, _), plane in zip(SCALES, photo) if part < share)
    rows = -(-length // COLUMNS)
    top, left = rng.integers(plane.shape[0] - rows + 1), rng.integers(plane.shape[1] - COLUMNS + 1)
    pixels = plane[top : top + rows, left : left + COLUMNS]
    pixels = pixels[:: -1 if rng.random() < 0.5 else 1, :: -1 if rng.random() < 0.5 else 1]
    if rng.random() < 0.5:
        low, high = int(pixels.min()), int(pixels.max())
        pixels = pixels + rng.integers(-min(low, SHIFT), min(255 - high, SHIFT) + 1)
    return pixels.reshape(-1)[:length]


def piece(content, rng, length):
    start = rng.integers(len(content) - length)
    return content[start : start + length]


class Sources:
    """sources.batch(seed, step, count, length): sequences, each of one kind, kinds in turn by their shares."""

    def __init__(self, data, shares):
        def read(name):
            return np.fromfile(os.path.join(data, name), np.uint8)

        def patches(photo, count):
            rng = np.random.default_rng(1)
            return np.concatenate([piece_of(photo, rng) for _ in range(count)])

        def piece_of(photo, rng):
            top, left = rng.integers(photo.shape[0] - 31), rng.integers(photo.shape[1] - COLUMNS + 1)
            return photo[top : top + 32, left : left + COLUMNS].reshape(-1)

        books, code = read("text/books-train.txt"), read("text/code-train.txt")
        python, c = code[: len(code) // 2], code[len(code) // 2 :]
        photos, held_out = photographs(data)
        self.kinds = {
            "wiki": (piece, read("text/wiki-train.txt")),
            "books": (piece, books[:-HELD_OUT]),
            "code": (piece, np.concatenate([python[:-HELD_OUT], c[:-HELD_OUT]])),
            "speech": (piece, read("audio/speech-u8-train-more.bin")),
            "pictures": (crop, photos),
        }
        self.valid = {
            "wiki": read("text/wiki-valid.txt"),
            "books": books[-HELD_OUT:],
            "code": np.concatenate([half[-HELD_OUT:].reshape(-1, 2048)[::2] for half in (python, c)]).reshape(-1),
            "speech": read("audio/speech-u8-valid.bin"),
            "pictures": patches(held_out[0][0], 64),
        }
        self.names = list(shares)
        self.up_to = np.cumsum([shares[name] for name in self.names]) / sum(shares.values())

    def batch(self, seed, step, count, length):
        rng = np.random.default_rng([seed, step])
        sequences = []
        for i in range(count):
            at = (step * count + i) * GOLDEN % 1
            take, content = self.kinds[self.names[int(np.searchsorted(self.up_to, at, side="right"))]]
            sequences.append(take(content, rng, length))
        return np.stack(sequences).astype(np.int32)
