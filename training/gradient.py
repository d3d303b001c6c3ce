"""Loss and gradient of the transformer on one core, by transformer.c and NumPy's BLAS."""

import ctypes
import glob
import os
import subprocess
import tempfile

import numpy as np

NAMES = ("embedding", "qkv", "out", "up", "down", "norm1", "norm2", "norm", "head")
ROWS = 1024  # at most so many symbols at a time, so that what is kept of them stays near the processor


class Shape(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("layers", "width", "heads", "vocabulary")]


class Arrays(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in NAMES]


def load():
    here = os.path.dirname(os.path.abspath(__file__))
    source = os.path.join(here, "transformer.c")
    library = os.path.join(tempfile.gettempdir(), "zipdream-transformer.so")
    subprocess.run(["cc", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", source, "-o", library, "-lm"], check=True)
    blas = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(np.__file__), "..", "numpy.libs", "libscipy_openblas64*"))[0])
    function = ctypes.CDLL(library).transformer
    function.restype = ctypes.c_double
    return function, ctypes.cast(blas.scipy_cblas_sgemm64_, ctypes.c_void_p)


FUNCTION, GEMM = load()


def pointers(arrays):
    return ctypes.byref(Arrays(*(arrays[name].ctypes.data for name in NAMES)))


def bits(params, inputs, targets, heads, gradients=None):
    """Mean bits per target symbol of [batch, time] int32; their gradient is added to gradients."""
    layers, width, _ = params["qkv"].shape
    shape = Shape(layers, width, heads, params["embedding"].shape[0])
    time = inputs.shape[1]
    at_once = max(1, ROWS // time)
    total = 0.0
    for i in range(0, len(inputs), at_once):
        part, wanted = (np.ascontiguousarray(a[i : i + at_once], np.int32) for a in (inputs, targets))
        total += FUNCTION(
            GEMM, shape, pointers(params), pointers(gradients) if gradients else None,
            ctypes.c_void_p(part.ctypes.data), ctypes.c_void_p(wanted.ctypes.data),
            len(part), time, ctypes.c_float(1 / inputs.size),
        )
    return total / inputs.size
