import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import * as pako from 'pako';
import { describe, expect, test } from 'vitest';
import { BitWriter } from '../src/bits/bit-writer.js';
import { crc32 } from '../src/bits/checksums.js';
import { createRandom } from '../src/bits/random.js';
import {
  unwrapGzip,
  unwrapZlib,
  wrapGzip,
  wrapZlib,
} from '../src/engines/deflate/codec/containers.js';
import { inflateRaw } from '../src/engines/deflate/codec/inflate.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { FULL } from './deep.js';
import {
  bytesOf,
  damage,
  randomDynamicStream,
  same,
  samples,
  smallStreams,
  strategies,
  TEXT,
  verdict,
  writeCode,
  writeDynamicHeader,
  zlibVerdict,
} from './deflate-streams.js';

function pakoVerdict(stream: Uint8Array): Uint8Array | null {
  try {
    return pako.inflateRaw(stream);
  } catch {
    return null;
  }
}

function failure(run: () => unknown): { message: string; offset: number } {
  try {
    run();
  } catch (error) {
    if (error instanceof CorruptDataError) return { message: error.message, offset: error.offset };
    throw error;
  }
  throw new Error('expected CorruptDataError');
}

/** A stream made by `write`. */
function stream(write: (writer: BitWriter) => void): Uint8Array {
  const writer = new BitWriter();
  write(writer);
  return writer.finish();
}

/** `n` code lengths, zero but for those given. */
function lengths(n: number, given: Record<number, number>): Uint8Array {
  const all = new Uint8Array(n);
  for (const [symbol, length] of Object.entries(given)) all[Number(symbol)] = length;
  return all;
}

/** A dynamic header whose code length code has these lengths, in the order they are sent. */
function codeLengthHeader(writer: BitWriter, own: number[], literals = 257, distances = 1): void {
  writer.writeBits(0b101, 3);
  writer.writeBits(literals - 257, 5);
  writer.writeBits(distances - 1, 5);
  writer.writeBits(own.length - 4, 4);
  for (const length of own) writer.writeBits(length, 3);
}

describe('inflateRaw', () => {
  const random = createRandom('inflate');

  test('reads what zlib and pako write at every level and with every strategy', () => {
    for (const data of samples(random)) {
      for (const strategy of Object.values(strategies)) {
        for (const level of FULL ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] : [0, 1, 9]) {
          const options = { level, strategy, memLevel: level === 3 ? 1 : 8 };
          const raws = [deflateRawSync(data, options)];
          if (level % 4 === 1) raws.push(Buffer.from(pako.deflateRaw(data, options as object)));
          for (const raw of raws) {
            const { bytes, endBit } = inflateRaw(raw);
            expect(same(bytes, data)).toBe(true);
            expect(Math.ceil(endBit / 8)).toBe(raw.length);
          }
        }
      }
    }
  });

  test('reads a stream inside other bytes and reports where it ends', () => {
    const raw = deflateRawSync(bytesOf(TEXT));
    const data = Uint8Array.of(1, 2, 3, ...raw, 9, 9, 9, 9, 9, 9, 9, 9);
    const alone = inflateRaw(raw);
    expect(inflateRaw(data, { offset: 3 })).toEqual(alone);
    expect(inflateRaw(data.subarray(1), { offset: 2 })).toEqual(alone);
  });

  test('reports the end to the bit', () => {
    const empty = stream((w) => w.writeBits(0b011, 10)); // a final fixed block, code word 0000000
    expect(inflateRaw(empty).endBit).toBe(10);
    const stored = Uint8Array.of(1, 2, 0, 0xfd, 0xff, 7, 7);
    expect(inflateRaw(stored).endBit).toBe(56);
  });

  test('reads the longest distances, with 15 bits of code and 13 extra bits, at every alignment', () => {
    const random = createRandom('long distances');
    const raw = stream((w) => {
      w.writeBits(0, 3);
      w.alignToByte();
      w.writeBytes(Uint8Array.of(0xff, 0xff, 0, 0));
      w.writeBytes(Uint8Array.from({ length: 65_535 }, () => random() * 256));
      const literals = lengths(259, { 97: 1, 256: 2, 257: 3, 258: 3 });
      const distances = Uint8Array.from({ length: 30 }, (_, code) =>
        code < 14 ? 0 : Math.min(code - 13, 15),
      );
      writeDynamicHeader(w, literals, distances);
      for (let i = 0; i < 2000; i++) {
        if (random() < 0.5) writeCode(w, 0, 1);
        writeCode(w, 0b110, 3);
        writeCode(w, 0x7ffe + (i & 1), 15); // distance codes 28 and 29
        w.writeBits(Math.floor(random() * 8192), 13);
      }
      writeCode(w, 0b10, 2);
    });
    expect(inflateRaw(raw).bytes.length).toBeGreaterThan(65_535 + 6000);
    expect(same(inflateRaw(raw).bytes, zlibVerdict(raw))).toBe(true);
  });

  test('returns its own bytes and leaves the stream unchanged', () => {
    const raw = deflateRawSync(bytesOf(TEXT), { level: 0 });
    const before = Uint8Array.from(raw);
    inflateRaw(raw).bytes.fill(0);
    expect(same(raw, before)).toBe(true);
  });

  test('passes the blocks and tokens of the output to a visitor', () => {
    for (const raw of smallStreams()) {
      const seen: number[] = [];
      const kinds: string[] = [];
      const starts: number[] = [];
      const { bytes, endBit } = inflateRaw(raw, {
        visit: {
          block(kind, startBit) {
            kinds.push(kind);
            starts.push(startBit);
          },
          literal(byte) {
            seen.push(byte);
          },
          match(length, distance) {
            expect(length >= 3 && length <= 258 && distance <= seen.length).toBe(true);
            for (let i = 0; i < length; i++) seen.push(seen[seen.length - distance]!);
          },
        },
      });
      expect(starts[0]).toBe(0);
      expect([...starts, endBit]).toEqual([...starts, endBit].sort((a, b) => a - b));
      if (!kinds.includes('stored')) expect(same(Uint8Array.from(seen), bytes)).toBe(true);
      for (let i = 0; i < starts.length; i++) {
        const type = ['stored', 'fixed', 'dynamic'].indexOf(kinds[i]!);
        const read = (k: number) => (raw[(starts[i]! + k) >> 3]! >> ((starts[i]! + k) & 7)) & 1;
        expect(read(0)).toBe(i === starts.length - 1 ? 1 : 0);
        expect(read(1) + 2 * read(2)).toBe(type);
      }
    }
  });

  test('passes the tokens that zlib chose, none of which copies from the first byte', () => {
    const tokens: unknown[] = [];
    const visit = {
      block: (kind: string, startBit: number) => tokens.push([kind, startBit]),
      literal: (byte: number) => tokens.push(byte),
      match: (length: number, distance: number) => tokens.push([length, distance]),
    };
    inflateRaw(deflateRawSync(bytesOf('abcabcabcabc!')), { visit });
    expect(tokens).toEqual([['fixed', 0], 97, 98, 99, 97, [8, 3], 33]);
  });

  test('stops a bomb at exactly maxBytes', () => {
    const bomb = deflateRawSync(new Uint8Array(10_000_000), { level: 9 });
    const run = (maxBytes: number) => () => inflateRaw(bomb, { maxBytes });
    const message = (n: number) =>
      new UsageError(`output would exceed ${n} bytes; a higher maxBytes (--max-bytes) allows more`);
    expect(run(100_000)).toThrow(message(100_000));
    expect(run(9_999_999)).toThrow(message(9_999_999));
    expect(run(0)).toThrow(message(0));
    expect(run(10_000_000)().bytes).toHaveLength(10_000_000);
    const oneMatch = deflateRawSync(new Uint8Array(259), { level: 9 });
    expect(inflateRaw(oneMatch, { maxBytes: 259 }).bytes).toHaveLength(259);
    expect(() => inflateRaw(oneMatch, { maxBytes: 258 })).toThrow(UsageError);
    const literals = deflateRawSync(bytesOf(TEXT), { strategy: strategies.huffmanOnly });
    expect(() => inflateRaw(literals, { maxBytes: TEXT.length - 1 })).toThrow(UsageError);
    expect(inflateRaw(literals, { maxBytes: TEXT.length }).bytes).toEqual(bytesOf(TEXT));
    const stored = deflateRawSync(bytesOf(TEXT), { level: 0 });
    expect(() => inflateRaw(stored, { maxBytes: TEXT.length - 1 })).toThrow(UsageError);
  });

  test('validates its options', () => {
    const data = Uint8Array.of(3, 0);
    const offsetMessage = '"offset" expected integer 0–2, got ';
    expect(() => inflateRaw(data, { offset: 3 })).toThrow(new RangeError(`${offsetMessage}3`));
    expect(() => inflateRaw(data, { offset: -1 })).toThrow(new RangeError(`${offsetMessage}-1`));
    expect(() => inflateRaw(data, { offset: 0.5 })).toThrow(RangeError);
    expect(() => inflateRaw(data, { maxBytes: -1 })).toThrow(RangeError);
  });
});

describe('invalid streams', () => {
  const empty = [256, 1] as const; // a code of nothing but end of block, one bit long
  const only = (n = 257) => lengths(n, { [empty[0]]: empty[1] });
  const someLiterals = { 97: 2, 256: 2, 257: 2, 258: 2 }; // a 00, end 01, length 3 10, length 4 11

  const cases: [string, Uint8Array, string, number][] = [
    ['block type 3', Uint8Array.of(0b111), 'block type 3 does not exist', 0],
    [
      'block type 3 behind a stored block',
      Uint8Array.of(0, 2, 0, 0xfd, 0xff, 104, 105, 0b110),
      'block type 3 does not exist',
      7,
    ],
    [
      'a stored length that disagrees with its complement',
      Uint8Array.of(1, 2, 0, 0xfd, 0xfe, 104, 105),
      'stored block lengths disagree',
      1,
    ],
    [
      'more than 286 literal/length symbols',
      stream((w) => codeLengthHeader(w, [0, 0, 0, 1, 1], 287)),
      'too many literal/length symbols',
      0,
    ],
    [
      'more than 30 distance symbols',
      stream((w) => codeLengthHeader(w, [0, 0, 0, 1, 1], 286, 31)),
      'too many distance symbols',
      0,
    ],
    [
      'an over-subscribed code length code',
      stream((w) => codeLengthHeader(w, [1, 1, 1, 0])),
      'code length code is over-subscribed',
      0,
    ],
    [
      'an incomplete code length code',
      stream((w) => codeLengthHeader(w, [2, 2, 2, 0])),
      'code length code is incomplete',
      0,
    ],
    [
      'a code length code of one code word',
      stream((w) => codeLengthHeader(w, [0, 0, 0, 1])),
      'code length code is incomplete',
      0,
    ],
    [
      'an empty code length code',
      stream((w) => codeLengthHeader(w, [0, 0, 0, 0])),
      'code length code is incomplete',
      0,
    ],
    [
      'a repeat with no code length before it',
      stream((w) => {
        codeLengthHeader(w, [1, 0, 0, 1]); // 16 and 0; 29 bits
        w.writeBits(0b1, 3);
        w.alignToByte();
      }),
      'no code length to repeat',
      3,
    ],
    [
      'a repeat of more code lengths than there are',
      stream((w) => {
        codeLengthHeader(w, [0, 0, 1, 1]); // 18 and 0; 29 bits
        writeCode(w, 1, 1);
        w.writeBits(127, 7);
        writeCode(w, 1, 1); // at bit 37
        w.writeBits(127, 7);
      }),
      'too many code lengths repeated',
      4,
    ],
    [
      'no code for end of block',
      stream((w) => writeDynamicHeader(w, lengths(257, { 0: 1, 1: 1 }), [0])),
      'end-of-block code is missing',
      0,
    ],
    [
      'an over-subscribed literal/length code',
      stream((w) => writeDynamicHeader(w, lengths(257, { 0: 1, 1: 1, 256: 1 }), [0])),
      'literal/length code is over-subscribed',
      0,
    ],
    [
      'an incomplete literal/length code',
      stream((w) => writeDynamicHeader(w, lengths(257, { 0: 2, 256: 1 }), [0])),
      'literal/length code is incomplete',
      0,
    ],
    [
      'an end-of-block code of two bits and no other',
      stream((w) => writeDynamicHeader(w, lengths(257, { 256: 2 }), [0])),
      'literal/length code is incomplete',
      0,
    ],
    [
      'an over-subscribed distance code',
      stream((w) => writeDynamicHeader(w, only(), [1, 1, 1])),
      'distance code is over-subscribed',
      0,
    ],
    [
      'an incomplete distance code',
      stream((w) => writeDynamicHeader(w, only(), [1, 2])),
      'distance code is incomplete',
      0,
    ],
    [
      'a single distance code of two bits',
      stream((w) => writeDynamicHeader(w, only(), [2])),
      'distance code is incomplete',
      0,
    ],
    [
      'the block of a bad code when it is not the first',
      stream((w) => {
        w.writeBits(0, 3);
        w.alignToByte();
        w.writeBytes(Uint8Array.of(3, 0, 0xfc, 0xff, 1, 2, 3));
        writeDynamicHeader(w, only(), [1, 2]);
      }),
      'distance code is incomplete',
      8,
    ],
    [
      'the unused half of a literal/length code of one code word',
      stream((w) => {
        writeDynamicHeader(w, only(), [0]); // 17 + 57 + 4 · 258 bits
        w.writeBits(1, 1);
      }),
      'literal/length code word is invalid',
      138,
    ],
    [
      'a match in a block without distance codes',
      stream((w) => {
        writeDynamicHeader(w, lengths(259, someLiterals), [0]); // 17 + 57 + 4 · 260 bits
        writeCode(w, 0b00, 2);
        writeCode(w, 0b10, 2);
        w.writeBits(0, 1);
      }),
      'distance code word is invalid',
      139,
    ],
    [
      'the unused half of a distance code of one code word',
      stream((w) => {
        writeDynamicHeader(w, lengths(259, someLiterals), [1]);
        writeCode(w, 0b00, 2);
        writeCode(w, 0b10, 2);
        w.writeBits(1, 1);
      }),
      'distance code word is invalid',
      139,
    ],
    [
      'literal/length symbol 286',
      stream((w) => {
        w.writeBits(0b011, 3);
        for (let i = 0; i < 3; i++) writeCode(w, 0x30 + 97, 8);
        writeCode(w, 0b11000110, 8);
      }),
      'literal/length code word is invalid',
      3,
    ],
    [
      'literal/length symbol 287',
      stream((w) => {
        w.writeBits(0b011, 3);
        writeCode(w, 0b11000111, 8);
      }),
      'literal/length code word is invalid',
      0,
    ],
    ...[30, 31].map((code): [string, Uint8Array, string, number] => [
      `distance code ${code}`,
      stream((w) => {
        w.writeBits(0b011, 3);
        writeCode(w, 0x30 + 97, 8);
        writeCode(w, 1, 7);
        writeCode(w, code, 5);
      }),
      'distance code word is invalid',
      2,
    ]),
    [
      'a distance of 2 behind one byte',
      stream((w) => {
        w.writeBits(0b011, 3);
        writeCode(w, 0x30 + 97, 8);
        writeCode(w, 1, 7);
        writeCode(w, 1, 5);
        writeCode(w, 0, 7);
      }),
      'distance reaches before the first byte',
      2,
    ],
    [
      'a match at the very beginning',
      stream((w) => {
        w.writeBits(0b011, 3);
        writeCode(w, 1, 7);
        writeCode(w, 0, 12);
      }),
      'distance reaches before the first byte',
      1,
    ],
    ['nothing at all', new Uint8Array(0), 'deflate stream ends too soon', 0],
  ];

  // Behind each bad part come zeros, so that none is refused for ending too soon.
  test.each(cases)('%s: refused with an offset', (title, bad, message, offset) => {
    const padded =
      title === 'nothing at all' ? bad : Uint8Array.of(...bad, ...new Array(200).fill(0));
    expect(failure(() => inflateRaw(padded))).toEqual({
      message: `${message} at byte ${offset}`,
      offset,
    });
    expect(zlibVerdict(padded)).toBeNull();
    const shifted = Uint8Array.of(0, 0, 0, ...padded);
    expect(failure(() => inflateRaw(shifted, { offset: 3 })).offset).toBe(offset + 3);
  });

  test('unusual code sets that zlib accepts are accepted', () => {
    const odd = [
      stream((w) => {
        writeDynamicHeader(w, only(), [0]); // one code word in all, no distances
        w.writeBits(0, 1);
      }),
      stream((w) => {
        writeDynamicHeader(w, lengths(259, someLiterals), [1]); // one distance code word
        for (const word of [0b00, 0b10]) writeCode(w, word, 2);
        writeCode(w, 0, 1);
        writeCode(w, 0b01, 2);
      }),
      stream((w) => {
        writeDynamicHeader(w, lengths(259, someLiterals), [0, 0, 1]); // the same for distance 3
        for (const word of [0b00, 0b00, 0b00, 0b11]) writeCode(w, word, 2);
        writeCode(w, 0, 1);
        writeCode(w, 0b01, 2);
      }),
    ];
    const contents = odd.map((raw) => new TextDecoder().decode(inflateRaw(raw).bytes));
    expect(contents).toEqual(['', 'aaaa', 'aaaaaaa']);
    expect(odd.every((raw) => same(zlibVerdict(raw), inflateRaw(raw).bytes))).toBe(true);
  });

  test('every truncated stream is refused at its end', () => {
    for (const whole of smallStreams()) {
      for (let length = 0; length < whole.length; length++) {
        expect(failure(() => inflateRaw(whole.subarray(0, length)))).toEqual({
          message: `deflate stream ends too soon at byte ${length}`,
          offset: length,
        });
      }
    }
  });

  test('zlib and pako agree on what is valid among damaged streams', () => {
    const random = createRandom('damage');
    const streams = smallStreams();
    const count = FULL ? 6000 : 1000;
    let accepted = 0;
    for (let i = 0; i < count; i++) {
      const damaged = damage(streams[i % streams.length]!, random);
      const ours = verdict(damaged);
      const hex = () => Buffer.from(damaged).toString('hex');
      if (!same(ours, zlibVerdict(damaged))) expect.fail(`zlib differs on ${hex()}`);
      if (!same(ours, pakoVerdict(damaged))) expect.fail(`pako differs on ${hex()}`);
      if (ours !== null) accepted++;
    }
    expect(accepted).toBeGreaterThan(count / 10);
    expect(accepted).toBeLessThan(0.9 * count);
  });

  test('zlib agrees on blocks of random codes', () => {
    const random = createRandom('codes');
    let accepted = 0;
    const count = FULL ? 150 : 40;
    for (let i = 0; i < count; i++) {
      const raw = randomDynamicStream(random);
      const ours = verdict(raw);
      expect(same(ours, zlibVerdict(raw))).toBe(true);
      if (ours !== null) accepted++;
    }
    expect(accepted).toBeGreaterThan(count / 10);
    expect(accepted).toBeLessThan(0.9 * count);
  });
});

describe('gzip and zlib containers', () => {
  const data = bytesOf(TEXT);
  const raw = new Uint8Array(deflateRawSync(data));

  test('are written exactly as pako writes them at every level and window', () => {
    for (const level of FULL ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] : [0, 1, 4, 9]) {
      for (let windowBits = 8; windowBits <= 15; windowBits++) {
        const options = { level, windowBits, legacyHash: true };
        const stream = pako.deflate(data, options);
        expect(wrapZlib(stream.slice(2, -4), data, level, windowBits)).toEqual(stream);
        if (windowBits === 8) continue; // zlib has no gzip stream with so small a window
        const file = pako.gzip(data, options);
        expect(wrapGzip(file.slice(10, -8), data, level)).toEqual(file);
      }
    }
  });

  test('are read as written by zlib', () => {
    for (const sample of samples(createRandom('containers'))) {
      for (const level of [0, 1, 6, 9]) {
        expect(same(unwrapGzip(gzipSync(sample, { level })), sample)).toBe(true);
        expect(same(unwrapZlib(deflateSync(sample, { level, windowBits: 10 })), sample)).toBe(true);
      }
    }
  });

  test('are read by zlib as we write them', () => {
    expect(same(gunzipSync(wrapGzip(raw, data, 9)), data)).toBe(true);
    expect(same(inflateSync(wrapZlib(raw, data, 9, 15)), data)).toBe(true);
  });

  /** A gzip file with every optional field; `crc` is added to its header CRC. */
  function fullHeader(crc = 0, flags = 0x1f): Uint8Array {
    const extra = [4, 0, 65, 66, 0, 0];
    const header = [0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255];
    if (flags & 4) header.push(...extra);
    if (flags & 8) header.push(...bytesOf('name'), 0);
    if (flags & 16) header.push(...bytesOf('comment'), 0);
    const check = (crc32(Uint8Array.from(header)) + crc) & 0xffff;
    if (flags & 2) header.push(check & 255, check >> 8);
    return Uint8Array.of(...header, ...wrapGzip(raw, data, 6).subarray(10));
  }

  test('gzip: every optional header field is read', () => {
    for (let flags = 0; flags < 32; flags++) {
      const file = fullHeader(0, flags);
      expect(same(unwrapGzip(file), data)).toBe(true);
      expect(same(gunzipSync(file), data)).toBe(true);
    }
  });

  test('gzip: several members followed by zeros are one file', () => {
    const file = Uint8Array.of(...gzipSync('ab'), ...fullHeader(), ...gzipSync(''), 0, 0, 0);
    expect(new TextDecoder().decode(unwrapGzip(file))).toBe(`ab${TEXT}`);
  });

  test('gzip: a member cannot copy from the previous one', () => {
    const match = stream((w) => {
      w.writeBits(0b011, 3);
      writeCode(w, 1, 7);
      writeCode(w, 0, 12);
    });
    const first = wrapGzip(raw, data, 6);
    const file = Uint8Array.of(...first, ...wrapGzip(match, bytesOf('!!!'), 6));
    expect(failure(() => unwrapGzip(file)).message).toBe(
      `distance reaches before the first byte at byte ${first.length + 11}`,
    );
  });

  test('gzip: maxBytes counts all members together', () => {
    const file = Uint8Array.of(...gzipSync('hello'), ...gzipSync('world'));
    expect(unwrapGzip(file, { maxBytes: 10 })).toHaveLength(10);
    const message = 'output would exceed 9 bytes; a higher maxBytes (--max-bytes) allows more';
    expect(() => unwrapGzip(file, { maxBytes: 9 })).toThrow(new UsageError(message));
    const zlib = deflateSync('hello');
    expect(unwrapZlib(zlib, { maxBytes: 5 })).toHaveLength(5);
    expect(() => unwrapZlib(zlib, { maxBytes: 4 })).toThrow(UsageError);
  });

  const gzip = wrapGzip(raw, data, 6);
  const zlib = wrapZlib(raw, data, 6, 15);
  const change = (file: Uint8Array, at: number, to: number) => {
    const changed = file.slice();
    changed[at < 0 ? file.length + at : at] = to;
    return changed;
  };

  const badGzip: [string, Uint8Array, string, number][] = [
    ['an empty file', new Uint8Array(0), 'gzip file ends too soon', 0],
    ['another magic number', change(gzip, 1, 0x8c), 'not a gzip header', 0],
    ['another method', change(gzip, 2, 7), 'unknown gzip method 7', 2],
    ['a reserved flag', change(gzip, 3, 0x20), 'reserved gzip flag is set', 3],
    ['a wrong header CRC', fullHeader(1), 'gzip header CRC does not match', 29],
    [
      'a wrong CRC-32',
      change(gzip, -8, gzip.at(-8)! ^ 1),
      'gzip CRC-32 does not match the contents',
      gzip.length - 8,
    ],
    [
      'a wrong length',
      change(gzip, -1, 1),
      'gzip length does not match the contents',
      gzip.length - 4,
    ],
    [
      'trailing data',
      Uint8Array.of(...gzip, 1),
      'gzip file is followed by other data',
      gzip.length,
    ],
    [
      'trailing data after zeros',
      Uint8Array.of(...gzip, 0, 0, 5),
      'gzip file is followed by other data',
      gzip.length + 2,
    ],
    [
      'a second member cut short',
      Uint8Array.of(...gzip, 0x1f),
      'gzip file ends too soon',
      gzip.length + 1,
    ],
    ['a bad block', change(gzip, 10, 7), 'block type 3 does not exist', 10],
  ];
  test.each(badGzip)('gzip: %s is refused', (_, file, message, offset) => {
    expect(failure(() => unwrapGzip(file))).toEqual({
      message: `${message} at byte ${offset}`,
      offset,
    });
  });

  const badZlib: [string, Uint8Array, string, number][] = [
    ['one byte', zlib.subarray(0, 1), 'zlib file ends too soon', 1],
    ['a wrong header check', change(zlib, 1, 0x9d), 'not a zlib header', 0],
    ['another method', Uint8Array.of(0x77, 0x85, 3, 0), 'unknown zlib method 7', 0],
    [
      'a window of 64 KiB',
      Uint8Array.of(0x88, 0x1c, 3, 0),
      'zlib window is larger than 32768 bytes',
      0,
    ],
    [
      'a preset dictionary',
      deflateSync(data, { dictionary: Buffer.from('crocodile') }),
      'zlib preset dictionary (FDICT) is not supported',
      1,
    ],
    [
      'a wrong Adler-32',
      change(zlib, -1, zlib.at(-1)! ^ 1),
      'zlib Adler-32 does not match the contents',
      zlib.length - 4,
    ],
    [
      'a byte after the checksum',
      Uint8Array.of(...zlib, 0),
      'zlib stream is followed by other data',
      zlib.length,
    ],
  ];
  test.each(badZlib)('zlib: %s is refused', (_, file, message, offset) => {
    expect(failure(() => unwrapZlib(file))).toEqual({
      message: `${message} at byte ${offset}`,
      offset,
    });
  });

  test('are refused if cut short anywhere', () => {
    const full = fullHeader();
    for (let length = 0; length < full.length; length++) {
      expect(failure(() => unwrapGzip(full.subarray(0, length))).offset).toBe(length);
    }
    for (let length = 0; length < zlib.length; length++) {
      expect(failure(() => unwrapZlib(zlib.subarray(0, length))).offset).toBe(length);
    }
  });
});
