// Small ONNX graphs written by hand (onnx.proto3, github.com/onnx/onnx): models whose distribution
// is known in closed form, and graphs that are no language models.

const FLOAT = 1;
const INT64 = 7;

/** A graph that looks its logits up by the last token alone: [tokens × width], row by row. */
export function bigramModel(
  table: Float32Array,
  width: number,
  { input = 'input_ids', output = 'logits' } = {},
): Uint8Array {
  const initializer = [
    ...varint(1, table.length / width),
    ...varint(1, width),
    ...varint(2, FLOAT),
    ...text(8, 'table'),
    ...bytes(9, new Uint8Array(table.buffer, table.byteOffset, table.byteLength)),
  ];
  const node = [...text(1, 'table'), ...text(1, input), ...text(2, output), ...text(4, 'Gather')];
  const graph = [
    ...bytes(1, node),
    ...text(2, 'bigram'),
    ...bytes(5, initializer),
    ...bytes(11, tensor(input, INT64, ['batch', 'time'])),
    ...bytes(12, tensor(output, FLOAT, ['batch', 'time', width])),
  ];
  return Uint8Array.from([...varint(1, 8), ...bytes(7, graph), ...bytes(8, varint(2, 17))]);
}

function tensor(name: string, type: number, shape: readonly (number | string)[]): number[] {
  const dimensions = shape.flatMap((size) =>
    bytes(1, typeof size === 'number' ? varint(1, size) : text(2, size)),
  );
  return [...text(1, name), ...bytes(2, bytes(1, [...varint(1, type), ...bytes(2, dimensions)]))];
}

function varint(field: number, value: number): number[] {
  return [field << 3, ...base128(value)];
}

function bytes(field: number, content: ArrayLike<number>): number[] {
  return [(field << 3) | 2, ...base128(content.length), ...Array.from(content)];
}

function text(field: number, content: string): number[] {
  return bytes(field, new TextEncoder().encode(content));
}

function base128(value: number): number[] {
  const low = value & 127;
  return value < 128 ? [low] : [low | 128, ...base128(Math.floor(value / 128))];
}
