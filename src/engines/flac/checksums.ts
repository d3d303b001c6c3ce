// The checksums of FLAC: CRC-8 of a frame header, CRC-16 of a frame (RFC 9639 §9.1.8, §9.3), and
// MD5 of the samples (RFC 1321).

const crc8Table = new Uint8Array(256);
const crc16Table = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let c8 = byte;
  let c16 = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    c8 = (c8 << 1) ^ (c8 & 0x80 ? 0x107 : 0);
    c16 = (c16 << 1) ^ (c16 & 0x8000 ? 0x18005 : 0);
  }
  crc8Table[byte] = c8;
  crc16Table[byte] = c16;
}

/** CRC with polynomial x^8 + x^2 + x + 1, from 0. */
export function crc8(bytes: Uint8Array): number {
  let c = 0;
  for (let i = 0; i < bytes.length; i++) c = crc8Table[c ^ bytes[i]!]!;
  return c;
}

/** CRC with polynomial x^16 + x^15 + x^2 + 1, from 0. */
export function crc16(bytes: Uint8Array): number {
  let c = 0;
  for (let i = 0; i < bytes.length; i++) {
    c = ((c << 8) & 0xffff) ^ crc16Table[(c >> 8) ^ bytes[i]!]!;
  }
  return c;
}

/** RFC 1321 §3.4: T[i] = ⌊2^32 · |sin(i + 1)|⌋, and the rotations of each round. */
const SINES = Uint32Array.from({ length: 64 }, (_, i) => 2 ** 32 * Math.abs(Math.sin(i + 1)));
const ROTATIONS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

/** The 16 bytes of MD5. */
export function md5(message: Uint8Array): Uint8Array {
  const blocks = Math.floor((message.length + 8) / 64) + 1;
  const tail = new Uint8Array(blocks * 64 - (message.length & ~63));
  tail.set(message.subarray(message.length & ~63));
  tail[message.length & 63] = 0x80;
  const end = new DataView(tail.buffer, tail.length - 8);
  end.setUint32(0, message.length * 8, true);
  end.setUint32(4, Math.floor(message.length / 2 ** 29), true);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const body = new DataView(message.buffer, message.byteOffset, message.length & ~63);
  for (let at = 0; at < body.byteLength; at += 64) md5Block(state, body, at);
  const rest = new DataView(tail.buffer);
  for (let at = 0; at < tail.length; at += 64) md5Block(state, rest, at);
  const digest = new DataView(new ArrayBuffer(16));
  for (let i = 0; i < 4; i++) digest.setInt32(4 * i, state[i]!, true);
  return new Uint8Array(digest.buffer);
}

function md5Block(state: Int32Array, data: DataView, at: number): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    let f: number;
    let word: number;
    if (round === 0) {
      f = (b & c) | (~b & d);
      word = i;
    } else if (round === 1) {
      f = (d & b) | (~d & c);
      word = (5 * i + 1) & 15;
    } else if (round === 2) {
      f = b ^ c ^ d;
      word = (3 * i + 5) & 15;
    } else {
      f = c ^ (b | ~d);
      word = (7 * i) & 15;
    }
    const sum = (a + f + SINES[i]! + data.getInt32(at + 4 * word, true)) | 0;
    const turn = ROTATIONS[4 * round + (i & 3)]!;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
}
