// Context tree weighting for bytes (Willems, Shtarkov & Tjalkens 1995) as a predictor. The model
// itself is native/ctw/, compiled to WebAssembly. Its table is in linear memory. Once forks share a
// table, it does not change, each fork keeps the lines it writes on the host, and linear memory has
// copies of the lines of one byte.

import { Lines } from '../../bits/lines.js';
import { Spare } from '../../bits/spare.js';
import { compileWasm, instantiateWasm, type WasmModule } from '../../bits/wasm.js';
import type { BitCoder, Predictor } from '../../types.js';
import { modelCode } from './model-code.js';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  addressOf(what: number): number;
  groupsEnd(): number;
  create(order: number, memoryLog: number): void;
  share(): void;
  resume(): void;
  chanceOf(symbol: number): number;
  update(symbol: number): void;
  learn(count: number): void;
  predict(): void;
  chanceOfOne(node: number): number;
}

// Arguments of `addressOf`.
const PAST = 0;
const STAGE = 1;
const INDEX = 2;
const GROUPS = 3;
/** Cells of a group of lines. */
const WIDTH = 16;
/** Most bytes that `learn` takes at once. */
const STAGED = 256;

/** What the forks that share an instance have in common. */
interface Host {
  /** The model whose state is in linear memory. */
  active: CtwModel | undefined;
  /** Its lines and all of linear memory; undefined while the table belongs to one model. */
  lines: Table | undefined;
  cells: Int32Array | undefined;
}

type Table = Lines<Int32Array<ArrayBuffer>>;

interface Instance {
  readonly run: Exports;
  readonly host: Host;
}

/** The compiled model, for any number of models. */
export interface CtwCode {
  readonly module: WasmModule;
  readonly spare: Spare<Instance>;
}

export function compileCtw(): CtwCode {
  return { module: compileWasm(modelCode), spare: new Spare() };
}

function instantiate(module: WasmModule): Instance {
  const host: Host = { active: undefined, lines: undefined, cells: undefined };
  return { run: instantiateWasm(module, { host: importsOf(host) }) as Exports, host };
}

/**
 * CTW of order `depth` bytes over bitwise-decomposed bytes.
 *
 * Its redundancy is bounded for every message (Willems et al. 1995, theorem 2, with contexts of
 * bytes). Take any tree S of contexts no deeper than D, and any probability for each bit-tree node
 * v in each leaf s. The message costs at most its cost under these probabilities plus, summed over
 * all v,
 *
 *   Σ (½ log2 n(v, s) + 1) over the leaves s in which v was visited, n(v, s) times
 *   + 1 bit for each node of S above depth D, leaf or not, in which v was visited.
 *
 * By concavity the first sum is at most |S_v| γ(T_v / |S_v|), where v was visited T_v times in
 * |S_v| leaves; the second is Γ_D, less the nodes never visited. The paper's 2 bits for the arithmetic
 * coder are not included. S may differ for each v. Bytes before the first are 0. The bound holds
 * until a context in the table of 2^memoryLog × 16 bytes is replaced by another one, and up to the
 * rounding of 32-bit weights, less than 1e-6 bits a decision.
 */
export class CtwModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  readonly #code: CtwCode;
  readonly #run: Exports;
  readonly #host: Host;
  /** Undefined while the table belongs to this model alone. */
  #lines: Table | undefined;
  /** The previous bytes, kept here while another model is active. */
  #past: Uint8Array | undefined;

  private constructor(code: CtwCode, { run, host }: Instance) {
    this.#code = code;
    this.#run = run;
    this.#host = host;
  }

  /**
   * Creates an untrained model.
   *
   * @param depth order, 0 to 12.
   * @param memoryLog log2 of the size of its table in units of 16 bytes, 10 to 25. The index of the
   *   table takes 1/16 more.
   */
  static create(depth: number, memoryLog: number, code = compileCtw()): CtwModel {
    const instance = code.spare.take() ?? instantiate(code.module);
    instance.run.create(depth, memoryLog);
    const model = new CtwModel(code, instance);
    instance.host.active = model;
    return model;
  }

  release(): void {
    const run = this.#run;
    const host = this.#host;
    if (host.active !== this || this.#lines) return;
    host.active = undefined;
    this.#code.spare.leave({ run, host }, run.groupsEnd());
  }

  fork(): CtwModel {
    this.#activate();
    this.#lines ??= this.#share();
    const fork = new CtwModel(this.#code, { run: this.#run, host: this.#host });
    fork.#lines = this.#lines.fork();
    fork.#past = this.#pastInMemory().slice();
    return fork;
  }

  /** `out[b]` = −log2 P(b) of each next byte. */
  predict(out: Float64Array): void {
    this.#activate();
    this.#run.predict();
    const chances = this.#staged(256);
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(chances[b]!);
  }

  /** −log2 P of one next byte. */
  surprisal(symbol: number): number {
    this.#activate();
    return -Math.log2(this.#run.chanceOf(symbol));
  }

  code(coder: BitCoder, symbol: number): number {
    this.#activate();
    let node = 1;
    for (let i = 7; i >= 0; i--) {
      node = 2 * node + coder.code((symbol >> i) & 1, this.#run.chanceOfOne(node));
    }
    return node - 256;
  }

  /**
   * Learns a byte. The probabilities of all 8 bits are computed before the first bit is learnt,
   * also if they were requested before.
   */
  update(symbol: number): void {
    this.#activate();
    this.#run.update(symbol);
  }

  /** Learns bytes and returns their code length in bits. */
  learn(bytes: Uint8Array): number {
    this.#activate();
    let bits = 0;
    for (let at = 0; at < bytes.length; at += STAGED) {
      const part = bytes.subarray(at, at + STAGED);
      new Uint8Array(this.#run.memory.buffer, this.#run.addressOf(STAGE), part.length).set(part);
      this.#run.learn(part.length);
      for (const chance of this.#staged(part.length)) bits -= Math.log2(chance);
    }
    return bits;
  }

  /** Makes this model the one whose state is in linear memory. */
  #activate(): void {
    const host = this.#host;
    if (host.active === this) return;
    if (host.active) host.active.#past = this.#pastInMemory().slice();
    host.active = this;
    host.lines = this.#lines;
    this.#pastInMemory().set(this.#past!);
    this.#run.resume();
  }

  /** Leaves the table in linear memory as it is from here on. */
  #share(): Table {
    const run = this.#run;
    const { buffer } = run.memory;
    const [index, groups] = [run.addressOf(INDEX), run.addressOf(GROUPS)];
    run.share();
    const base = new Int32Array(buffer, groups, (run.groupsEnd() - groups) / 4);
    const lines = Lines.over(base, new Int32Array(buffer, index, (groups - index) / 4), WIDTH);
    this.#host.lines = lines;
    this.#host.cells = new Int32Array(buffer);
    return lines;
  }

  #pastInMemory(): Uint8Array {
    return new Uint8Array(this.#run.memory.buffer, this.#run.addressOf(PAST), 16);
  }

  /** Probabilities on the stage; valid until the next call. */
  #staged(count: number): Float64Array {
    return new Float64Array(this.#run.memory.buffer, this.#run.addressOf(STAGE), count);
  }
}

/** Functions that read and write the groups of a shared table, in linear memory from `at`. */
function importsOf(host: Host): object {
  const copyTo = (at: number): void => {
    const { array, offset } = host.lines!;
    const cells = host.cells!;
    for (let i = 0; i < WIDTH; i++) cells[(at >> 2) + i] = array[offset + i]!;
  };
  return {
    read(group: number, at: number): void {
      host.lines!.read(group);
      copyTo(at);
    },
    own(group: number, at: number): void {
      host.lines!.write(group);
      copyTo(at);
    },
    write(at: number): void {
      const { array, offset } = host.lines!;
      const cells = host.cells!;
      for (let i = 0; i < WIDTH; i++) array[offset + i] = cells[(at >> 2) + i]!;
    },
  };
}
