"""Writes a trained model as ONNX: python export.py --run RUN --size 200k --out lm-200k.onnx

The graph is built by hand, with the names that Hugging Face exports use: input_ids, position_ids,
past_key_values.N.key and .value in; logits, present.N.key and .value out. Weights are stored as
float16 and computed with as float32. The result is compared with model.py on random symbols.
"""

import argparse
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import model


class Graph:
    """Nodes in the order in which they are added; every call returns the name of its output."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def add(self, kind, *inputs, name=None, outputs=1, **attributes):
        name = name or f"{kind.lower()}_{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, value, name=None):
        name = name or f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, name, value):
        half = self.constant(value.astype(np.float16), name)
        return self.add("Cast", half, to=TensorProto.FLOAT)


def build(params, heads):
    g = Graph()
    width = params["embedding"].shape[1]
    head = width // heads
    half = head // 2
    to_heads = g.constant(np.array([0, 0, heads, head], np.int64))
    from_heads = g.constant(np.array([0, 0, width], np.int64))
    epsilon = g.constant(np.float32(model.EPSILON))
    scale = g.constant(np.float32(head**-0.5))

    def norm(x, gain):
        mean = g.add("ReduceMean", g.add("Mul", x, x), axes=[-1], keepdims=1)
        scaled = g.add("Div", x, g.add("Sqrt", g.add("Add", mean, epsilon)))
        return g.add("Mul", scaled, g.constant(gain))

    def split_heads(x):
        return g.add("Transpose", g.add("Reshape", x, to_heads), perm=[0, 2, 1, 3])

    def rotate(x):
        a, b = g.add("Split", x, axis=-1, outputs=2)
        turned_a = g.add("Sub", g.add("Mul", a, cosine), g.add("Mul", b, sine))
        turned_b = g.add("Add", g.add("Mul", a, sine), g.add("Mul", b, cosine))
        return g.add("Concat", turned_a, turned_b, axis=-1)

    # Angles: [batch, 1, time, half], of this call's positions.
    frequencies = g.constant((model.ROTARY_BASE ** (-np.arange(half) / half)).astype(np.float32))
    positions = g.add("Unsqueeze", g.add("Cast", "position_ids", to=TensorProto.FLOAT), g.constant(np.array([1, 3], np.int64)))
    angles = g.add("Mul", positions, frequencies)
    cosine, sine = g.add("Cos", angles), g.add("Sin", angles)

    # A query sees the cache and, of this call, the keys up to its own: [1, 1, time, past + time].
    time = g.add("Shape", "input_ids", start=1, end=2)
    past = g.add("Shape", "past_key_values.0.key", start=2, end=3)
    square = g.add("ConstantOfShape", g.add("Concat", time, time, axis=0), value=helper.make_tensor("v", TensorProto.FLOAT, [1], [-1e9]))
    ahead = g.add("Trilu", square, g.constant(np.int64(1)), upper=1)
    seen = g.add("ConstantOfShape", g.add("Concat", time, past, axis=0), value=helper.make_tensor("v", TensorProto.FLOAT, [1], [0.0]))
    mask = g.add("Concat", seen, ahead, axis=1)

    x = g.add("Gather", g.weight("embedding", params["embedding"]), "input_ids")
    for layer in range(model.LAYERS):
        def weight(name):
            return g.weight(f"{name}.{layer}", params[name][layer])

        q, k, v = g.add("Split", g.add("MatMul", norm(x, params["norm1"][layer]), weight("qkv")), axis=-1, outputs=3)
        q, k, v = rotate(split_heads(q)), rotate(split_heads(k)), split_heads(v)
        k = g.add("Concat", f"past_key_values.{layer}.key", k, axis=2, name=f"present.{layer}.key")
        v = g.add("Concat", f"past_key_values.{layer}.value", v, axis=2, name=f"present.{layer}.value")
        scores = g.add("MatMul", g.add("Mul", q, scale), g.add("Transpose", k, perm=[0, 1, 3, 2]))
        shares = g.add("Softmax", g.add("Add", scores, mask), axis=-1)
        mixed = g.add("Reshape", g.add("Transpose", g.add("MatMul", shares, v), perm=[0, 2, 1, 3]), from_heads)
        x = g.add("Add", x, g.add("MatMul", mixed, weight("out")))
        hidden = g.add("Relu", g.add("MatMul", norm(x, params["norm2"][layer]), weight("up")))
        x = g.add("Add", x, g.add("MatMul", g.add("Mul", hidden, hidden), weight("down")))
    g.add("MatMul", norm(x, params["norm"]), g.weight("head", params["head"]), name="logits")

    cache = ["batch", heads, "past", head]
    grown = ["batch", heads, "past + time", head]
    parts = [f"{i}.{part}" for i in range(model.LAYERS) for part in ("key", "value")]
    return helper.make_model(
        helper.make_graph(
            g.nodes,
            "transformer",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "time"]) for name in ("input_ids", "position_ids")]
            + [helper.make_tensor_value_info(f"past_key_values.{p}", TensorProto.FLOAT, cache) for p in parts],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "time", params["head"].shape[1]])]
            + [helper.make_tensor_value_info(f"present.{p}", TensorProto.FLOAT, grown) for p in parts],
            g.weights,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="zipdream",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=model.SIZES, required=True)
    parser.add_argument("--run", required=True, help="folder with checkpoint.npz")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    heads = model.SIZES[args.size]["heads"]
    with np.load(os.path.join(args.run, "checkpoint.npz")) as file:
        params = {name[7:]: file[name] for name in file.files if name.startswith("params/")}
    graph = build(params, heads)
    onnx.checker.check_model(graph)
    onnx.save(graph, args.out)
    print(f"{args.out}: {os.path.getsize(args.out):,} bytes; {compare(args.out, params, heads):.1e} off in its logits")


def compare(path, params, heads):
    """Largest difference of the graph's logits, in two calls with a cache, from model.py's."""
    import onnxruntime

    tokens = np.random.default_rng(1).integers(0, len(params["embedding"]), (2, 48))
    rounded = {name: a if "norm" in name else a.astype(np.float16).astype(np.float32) for name, a in params.items()}
    expected = np.asarray(model.logits(rounded, tokens.astype(np.int32), heads))
    session = onnxruntime.InferenceSession(path)
    head = params["embedding"].shape[1] // heads
    cache = {
        f"past_key_values.{i}.{part}": np.zeros((2, heads, 0, head), np.float32)
        for i in range(model.LAYERS)
        for part in ("key", "value")
    }
    found = []
    for start, end in ((0, 40), (40, 48)):
        positions = np.broadcast_to(np.arange(start, end), (2, end - start))
        outputs = session.run(None, {"input_ids": tokens[:, start:end], "position_ids": positions, **cache})
        found.append(outputs[0])
        cache = dict(zip(cache, outputs[1:]))
    return np.max(np.abs(np.concatenate(found, axis=1) - expected))


if __name__ == "__main__":
    main()
