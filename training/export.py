"""Writes a trained model as ONNX: python export.py --run RUN --size 200k --out lm-200k.onnx

The graph is built by hand, with the names that Hugging Face exports use: input_ids, position_ids,
past_key_values.N.key and .value in; logits, present.N.key and .value out. Its cache has two parts,
so that a step need not copy all of it: past_key_values are only read; recent_key_values.N.key and
.value come after them, and present is these with what the call adds. Weights are stored as float16
and computed with as float32. A model of tokens also has attention_mask, over both parts and the new
tokens, so that texts of different lengths can share a pass. The result is compared with model.py on
random symbols.
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

    # A query sees the past and, of recent and new keys, those up to its own: [time, recent + time].
    time = g.add("Shape", "input_ids", start=1, end=2)
    past = g.add("Shape", "past_key_values.0.key", start=2, end=3)
    recent = g.add("Shape", "recent_key_values.0.key", start=2, end=3)
    square = g.add("ConstantOfShape", g.add("Concat", time, time, axis=0), value=helper.make_tensor("v", TensorProto.FLOAT, [1], [-1e9]))
    ahead = g.add("Trilu", square, g.constant(np.int64(1)), upper=1)
    seen = g.add("ConstantOfShape", g.add("Concat", time, recent, axis=0), value=helper.make_tensor("v", TensorProto.FLOAT, [1], [0.0]))
    mask = g.add("Concat", seen, ahead, axis=1)
    parts_of_keys = g.add("Concat", past, g.add("Add", recent, time), axis=0)
    has_mask = params["head"].shape[1] > 256
    if has_mask:
        padding = g.add("Sub", g.add("Cast", "attention_mask", to=TensorProto.FLOAT), g.constant(np.float32(1)))
        padding = g.add("Mul", g.add("Unsqueeze", padding, g.constant(np.array([1, 2], np.int64))), g.constant(np.float32(1e9)))

    x = g.add("Gather", g.weight("embedding", params["embedding"]), "input_ids")
    for layer in range(model.LAYERS):
        def weight(name):
            return g.weight(f"{name}.{layer}", params[name][layer])

        q, k, v = g.add("Split", g.add("MatMul", norm(x, params["norm1"][layer]), weight("qkv")), axis=-1, outputs=3)
        q, k, v = rotate(split_heads(q)), rotate(split_heads(k)), split_heads(v)
        k = g.add("Concat", f"recent_key_values.{layer}.key", k, axis=2, name=f"present.{layer}.key")
        v = g.add("Concat", f"recent_key_values.{layer}.value", v, axis=2, name=f"present.{layer}.value")
        q = g.add("Mul", q, scale)
        past_scores = g.add("MatMul", q, g.add("Transpose", f"past_key_values.{layer}.key", perm=[0, 1, 3, 2]))
        scores = g.add("Add", g.add("MatMul", q, g.add("Transpose", k, perm=[0, 1, 3, 2])), mask)
        scores = g.add("Concat", past_scores, scores, axis=3)
        shares = g.add("Softmax", g.add("Add", scores, padding) if has_mask else scores, axis=-1)
        past_shares, shares = g.add("Split", shares, parts_of_keys, axis=-1, outputs=2)
        mixed = g.add("Add", g.add("MatMul", past_shares, f"past_key_values.{layer}.value"), g.add("MatMul", shares, v))
        mixed = g.add("Reshape", g.add("Transpose", mixed, perm=[0, 2, 1, 3]), from_heads)
        x = g.add("Add", x, g.add("MatMul", mixed, weight("out")))
        hidden = g.add("Relu", g.add("MatMul", norm(x, params["norm2"][layer]), weight("up")))
        x = g.add("Add", x, g.add("MatMul", g.add("Mul", hidden, hidden), weight("down")))
    g.add("MatMul", norm(x, params["norm"]), g.weight("head", params["head"]), name="logits")

    parts = [f"{i}.{part}" for i in range(model.LAYERS) for part in ("key", "value")]

    def caches(name, length):
        return [helper.make_tensor_value_info(f"{name}.{p}", TensorProto.FLOAT, ["batch", heads, length, head]) for p in parts]

    return helper.make_model(
        helper.make_graph(
            g.nodes,
            "transformer",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "time"]) for name in ("input_ids", "position_ids")]
            + [helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "past + recent + time"])] * has_mask
            + caches("past_key_values", "past")
            + caches("recent_key_values", "recent"),
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "time", params["head"].shape[1]])]
            + caches("present", "recent + time"),
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
    """Largest difference of the graph's logits, in calls with both parts of a cache, from model.py's."""
    import onnxruntime

    tokens = np.random.default_rng(1).integers(0, len(params["embedding"]), (2, 48))
    rounded = {name: a if "norm" in name else a.astype(np.float16).astype(np.float32) for name, a in params.items()}
    expected = np.asarray(model.logits(rounded, tokens.astype(np.int32), heads))
    session = onnxruntime.InferenceSession(path)
    names = [f"key_values.{i}.{part}" for i in range(model.LAYERS) for part in ("key", "value")]
    none = np.zeros((2, heads, 0, params["embedding"].shape[1] // heads), np.float32)
    past = recent = [none] * len(names)
    found = []
    for start, end in ((0, 30), (30, 40), (40, 48)):
        positions = np.broadcast_to(np.arange(start, end), (2, end - start))
        feeds = {f"{part}_{name}": a for part, arrays in (("past", past), ("recent", recent)) for name, a in zip(names, arrays)}
        if "attention_mask" in {entry.name for entry in session.get_inputs()}:
            feeds["attention_mask"] = np.ones((2, end), np.int64)
        logits, *recent = session.run(None, {"input_ids": tokens[:, start:end], "position_ids": positions, **feeds})
        found.append(logits)
        if start == 0:
            past, recent = recent, [none] * len(names)
    return np.max(np.abs(np.concatenate(found, axis=1) - expected))


if __name__ == "__main__":
    main()
