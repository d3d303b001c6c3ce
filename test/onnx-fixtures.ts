// Small ONNX graphs written by hand (onnx.proto3, github.com/onnx/onnx): models whose distribution
// is known in closed form, and graphs that are no language models.

const FLOAT = 1;
const INT8 = 3;
const INT32 = 6;
const INT64 = 7;
const FLOAT16 = 10;

/** How weights, logits and cache are held. Rounded tables should be of numbers that stay the same. */
export type Weights = 'float32' | 'float16' | 'int8';

/** What one step of an `int8` table is worth; its entries are from −128 to 127 of them. */
export const INT8_STEP = 1 / 16;

/** A graph that looks its logits up by the last token alone: [tokens × width], row by row. */
export function bigramModel(
  table: Float32Array,
  width: number,
  {
    input = 'input_ids',
    output = 'logits',
    weights = 'float32',
    tokens = 'int64',
  }: { input?: string; output?: string; weights?: Weights; tokens?: 'int32' | 'int64' } = {},
): Uint8Array {
  const type = weights === 'float16' ? FLOAT16 : FLOAT;
  const { initializers, nodes } = tableParts(table, width, weights);
  return graphOf({
    initializers,
    nodes: [...nodes, node('Gather', ['table', input], output)],
    inputs: [tensor(input, tokens === 'int32' ? INT32 : INT64, ['batch', 'time'])],
    outputs: [tensor(output, type, ['batch', 'time', width])],
  });
}

/**
 * A graph whose logits are the sum of the rows of all tokens so far, by a cache of the rows; it
 * wants `attention_mask` and `position_ids` too.
 */
export function bagModel(
  table: Float32Array,
  width: number,
  { weights = 'float32' }: { weights?: 'float32' | 'float16' } = {},
): Uint8Array {
  const type = weights === 'float16' ? FLOAT16 : FLOAT;
  const parts = tableParts(table, width, weights);
  const int64 = (name: string, value: bigint, shape: number[]): Uint8Array =>
    initializer(name, INT64, shape, BigInt64Array.of(value));
  return graphOf({
    initializers: [
      ...parts.initializers,
      int64('one', 1n, [1]),
      int64('two', 2n, [1]),
      int64('time axis', 2n, []),
      int64('end', 2n ** 40n, [1]),
    ],
    nodes: [
      ...parts.nodes,
      node('Gather', ['table', 'input_ids'], 'rows'),
      node('Unsqueeze', ['rows', 'one'], 'heads'),
      node('Concat', ['past_key_values.0.key', 'heads'], 'present.0.key', { axis: 2 }),
      node('Cast', ['present.0.key'], 'all', { to: FLOAT }),
      node('CumSum', ['all', 'time axis'], 'sums'),
      node('Shape', ['input_ids'], 'time', { start: 1, end: 2 }),
      node('Neg', ['time'], 'first'),
      node('Slice', ['sums', 'first', 'end', 'two'], 'new'),
      node('Squeeze', ['new', 'one'], 'flat'),
      node('Cast', ['flat'], 'logits', { to: type }),
    ],
    inputs: [
      tensor('input_ids', INT64, ['batch', 'time']),
      tensor('attention_mask', INT64, ['batch', 'all']),
      tensor('position_ids', INT64, ['batch', 'time']),
      tensor('past_key_values.0.key', type, ['batch', 1, 'past', width]),
    ],
    outputs: [
      tensor('logits', type, ['batch', 'time', width]),
      tensor('present.0.key', type, ['batch', 1, 'all', width]),
    ],
  });
}

/** The table as weights are held, and the nodes that make `table` of it. */
function tableParts(table: Float32Array, width: number, weights: Weights) {
  const shape = [table.length / width, width];
  if (weights === 'float32')
    return { initializers: [initializer('table', FLOAT, shape, table)], nodes: [] };
  if (weights === 'float16') {
    const halves = Uint16Array.from(table, toHalf);
    return { initializers: [initializer('table', FLOAT16, shape, halves)], nodes: [] };
  }
  return {
    initializers: [
      initializer(
        'steps',
        INT8,
        shape,
        Int8Array.from(table, (x) => x / INT8_STEP),
      ),
      initializer('step', FLOAT, [], Float32Array.of(INT8_STEP)),
    ],
    nodes: [node('DequantizeLinear', ['steps', 'step'], 'table')],
  };
}

/** The bits of a number that is 0 or a normal half (IEEE 754 binary16), rounded. */
export function toHalf(x: number): number {
  if (x === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  const fraction = Math.round((Math.abs(x) / 2 ** exponent - 1) * 1024);
  return (x < 0 ? 0x8000 : 0) + (exponent + 15) * 1024 + fraction;
}

interface GraphParts {
  readonly initializers: readonly Uint8Array[];
  readonly nodes: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

function graphOf({ initializers, nodes, inputs, outputs }: GraphParts): Uint8Array {
  const graph = join(
    ...nodes.map((it) => bytes(1, it)),
    text(2, 'fixture'),
    ...initializers.map((it) => bytes(5, it)),
    ...inputs.map((it) => bytes(11, it)),
    ...outputs.map((it) => bytes(12, it)),
  );
  return join(varint(1, 8), bytes(7, graph), bytes(8, varint(2, 17)));
}

function node(
  kind: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): Uint8Array {
  return join(
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, kind),
    ...Object.entries(attributes).map(([name, value]) =>
      bytes(5, join(text(1, name), varint(3, value), [0xa0, 0x01, 2])),
    ),
  );
}

function initializer(
  name: string,
  type: number,
  shape: readonly number[],
  values: ArrayBufferView,
): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return join(
    shape.flatMap((size) => varint(1, size)),
    varint(2, type),
    text(8, name),
    bytes(9, raw),
  );
}

function tensor(name: string, type: number, shape: readonly (number | string)[]): Uint8Array {
  const dimensions = shape.map((size) =>
    bytes(1, typeof size === 'number' ? varint(1, size) : text(2, size)),
  );
  const content = join(varint(1, type), bytes(2, join(...dimensions)));
  return join(text(1, name), bytes(2, bytes(1, content)));
}

function varint(field: number, value: number): number[] {
  return [field << 3, ...base128(value)];
}

function bytes(field: number, content: ArrayLike<number>): Uint8Array {
  return join([(field << 3) | 2, ...base128(content.length)], content);
}

function join(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));
}

function text(field: number, content: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(content));
}

function base128(value: number): number[] {
  const low = value & 127;
  return value < 128 ? [low] : [low | 128, ...base128(Math.floor(value / 128))];
}
