// Runs one compressor on a text, in a worker: its next distribution, the surprisal of each byte, and
// what it draws. Long work is done in slices and stops when a new text arrives.

import { createRandom } from '../bits/random.js';
import { openFromOutside } from '../registry.js';
import { ShareCourse, type ShareStretch } from '../report/shares.js';
import { alphabetOf, keepsToGiven } from '../sampling/constraints.js';
import { pushDrawn } from '../sampling/continuation.js';
import { CopyGuard } from '../sampling/copy-guard.js';
import { type GenerateOptions, generate } from '../sampling/generate.js';
import { AFTER_CORPUS, CONTEXT_BYTES, nextOverlapping } from '../sampling/overlap.js';
import type { CodeLengthModel, Compressor, Random, Reading, TokenSource } from '../types.js';
import { Batch, ENTRY_SIZE, writeEntry } from './entries.js';
import {
  type BeginRequest,
  commonLength,
  type DrawRequest,
  SHOWN_BYTES,
  type TakeRequest,
  type TextReply,
  type TextRequest,
} from './messages.js';
import { parseMessage } from './parse.js';
import { createPacer } from './pause.js';
import { textRegistry } from './rows.js';

/** Bytes pushed between two looks at the clock. Few at a time cost gzip and lzma 4 and 20 times more. */
const PUSH_BYTES = 4096;
/** The same for a blend, whose members' shares are measured as well. */
const SHARE_BYTES = 64;
const BATCH_MS = 40;
/** Messages up to here are parsed by the compressor itself. */
const MAX_PARSED_BYTES = 2 ** 17;
/** Stretches of the context in the strip of a blend; of what was drawn, each byte is one. */
const SHARE_STRETCHES = 512;

/** A model part of the way through the context. */
interface Reader {
  readonly model: CodeLengthModel;
  /** The first byte with an entry. */
  readonly first: number;
  /** Bytes of the context that it has read. */
  length: number;
}

export class TextEngine {
  readonly #post: (reply: TextReply) => void;
  readonly #pause: () => Promise<void>;
  #turn = -1;
  #key = '';
  #compressor: Compressor | undefined;
  #reading: Reading | undefined;
  /** A model that has read the corpus. */
  #primed: CodeLengthModel | undefined;
  #corpus: Uint8Array = new Uint8Array();
  #context: Uint8Array = new Uint8Array();
  /** A model that has read corpus and context. */
  #given: CodeLengthModel | undefined;
  /** The reader that has measured the latest entry. */
  #measured: Reader | undefined;
  /** A model that has read everything, including drawn bytes. */
  #model: CodeLengthModel | undefined;
  #tokens: TokenSource | undefined;
  #drawn: number[] = [];
  /** For a blend: the members' shares of the context and of each drawn byte. */
  #givenStretches: ShareStretch[] = [];
  #drawnStretches: ShareStretch[] = [];
  /** After a corpus no copy is long; see `BeginRequest.overlap`. Without one, some keep to the bytes given. */
  #held: Pick<GenerateOptions, 'overlap' | 'copyGuard' | 'alphabet'> = {};
  #random: Random = createRandom(0);
  /** Draws run one after another. */
  #queue: Promise<void> = Promise.resolve();

  constructor(post: (reply: TextReply) => void, pause: () => Promise<void>) {
    this.#post = post;
    this.#pause = pause;
  }

  /** Never rejects; errors are posted as `failed`. */
  handle(request: TextRequest): Promise<void> {
    if (request.kind === 'text') {
      this.#turn = request.turn;
      this.#post({ kind: 'begun', turn: request.turn });
      this.#queue = this.#queue.then(() =>
        this.#attempt(request.turn, async () => {
          if ((await this.#begin(request)) && request.after) await this.#go(request.after);
        }),
      );
      return this.#queue;
    }
    this.#queue = this.#queue.then(() =>
      this.#attempt(request.turn, async () => {
        await this.#go(request);
      }),
    );
    return this.#queue;
  }

  async #go(request: DrawRequest | TakeRequest): Promise<void> {
    if (request.kind === 'draw') await this.#draw(request);
    else await this.#take(request);
  }

  async #attempt(turn: number, work: () => Promise<void>): Promise<void> {
    if (turn !== this.#turn) return;
    try {
      await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#post({ kind: 'failed', turn, message });
    }
  }

  /** @returns false if a new text arrived meanwhile. */
  async #begin(text: BeginRequest): Promise<boolean> {
    const { turn, spec, reading, corpus, context, seed, overlap } = text;
    const started = performance.now();
    const key = `${spec} ${reading}`;
    if (key !== this.#key) {
      this.#key = '';
      this.#primed = undefined;
      this.#compressor = await openFromOutside(spec, textRegistry);
      this.#reading = reading ?? this.#compressor.readings[0]!;
      this.#key = key;
    }
    const compressor = this.#compressor!;
    const name = compressor.name;
    this.#post({
      kind: 'opened',
      turn,
      version: compressor.version,
      readings: compressor.readings,
      reading: this.#reading!,
      hasTokens: compressor.startTokens !== undefined && this.#reading === 'decode',
      options: textRegistry[name]!.options,
    });
    if (!this.#primed || !equalBytes(corpus, this.#corpus)) {
      this.#context = new Uint8Array();
      this.#measured = undefined;
      this.#primed = undefined;
      const model = compressor.start(this.#reading);
      if (!(await this.#push(model, corpus))) return false;
      this.#primed = model;
      this.#corpus = corpus;
      this.#given = model;
    }
    const same = commonLength(context, this.#context);
    const grows = same === this.#context.length && this.#given !== undefined;
    const given = (grows ? this.#given! : this.#primed).fork();
    this.#given = undefined;
    if (!(await this.#push(given, context.subarray(grows ? same : 0)))) return false;
    const first = Math.max(0, context.length - SHOWN_BYTES);
    const measured = this.#measured;
    if (measured && (measured.length > same || measured.first > first)) this.#measured = undefined;
    this.#given = given;
    this.#context = context;
    this.#model = given.fork();
    this.#drawn = [];
    this.#givenStretches = [];
    this.#drawnStretches = [];
    const hasCorpus = corpus.length > 0;
    const asked = overlap === 'auto' ? (hasCorpus ? AFTER_CORPUS.overlap : 0) : overlap;
    this.#held = {};
    if (asked !== 0 && given.nextOverlapping) {
      const copyGuard = hasCorpus && CopyGuard.of(AFTER_CORPUS.noCopy, [corpus, context]);
      this.#held = { overlap: asked, ...(copyGuard && { copyGuard }) };
    } else if (keepsToGiven(compressor, this.#reading, [corpus, context])) {
      this.#held = { alphabet: alphabetOf(corpus, context) };
    }
    this.#tokens = undefined;
    // The seed of `zipdream sample`: it draws the same.
    this.#random = createRandom(`${seed}:0`);
    await this.#postNext(performance.now() - started);
    // Not waited for: draws need not wait for it either.
    void this.#attempt(turn, () => this.#measure(turn));
    return true;
  }

  /** Pushes in slices; false if a new text arrived meanwhile. */
  async #push(model: CodeLengthModel, bytes: Uint8Array): Promise<boolean> {
    const turn = this.#turn;
    const pace = createPacer(this.#pause);
    for (let at = 0; at < bytes.length; at += PUSH_BYTES) {
      model.push(bytes.subarray(at, at + PUSH_BYTES));
      const pause = pace();
      if (pause) await pause;
      if (turn !== this.#turn) return false;
    }
    return true;
  }

  async #postNext(ms: number): Promise<void> {
    const bits = new Float64Array(256);
    const turn = this.#turn;
    await this.#model!.next(bits);
    const { overlap, alphabet } = this.#held;
    let held: Float64Array | undefined;
    if (overlap) {
      held = new Float64Array(256);
      await nextOverlapping(this.#model!, overlap, this.#lastBytes(), held);
    } else if (alphabet) {
      held = new Float64Array(256).fill(Infinity);
      for (const byte of alphabet) held[byte] = bits[byte]!;
    }
    this.#post({ kind: 'next', turn, bits, held, ms });
  }

  /** The last bytes of the context, or of the corpus if there is no context, and all drawn ones. */
  #lastBytes(): Uint8Array {
    const given = this.#context.length > 0 ? this.#context : this.#corpus;
    return Uint8Array.from([...given.slice(-CONTEXT_BYTES), ...this.#drawn]);
  }

  /** Entries for the end of the context, from where the last text was the same. */
  async #measure(turn: number): Promise<void> {
    const context = this.#context;
    const first = Math.max(0, context.length - SHOWN_BYTES);
    this.#measured ??= { model: this.#primed!.fork(), first, length: 0 };
    const reader = this.#measured;
    const bits = new Float64Array(256);
    const pace = createPacer(this.#pause);
    while (reader.length < context.length) {
      const start = Math.max(first, reader.length);
      const since = performance.now();
      const entries = new Float32Array((context.length - start) * ENTRY_SIZE);
      while (reader.length < context.length && performance.now() - since < BATCH_MS) {
        const at = reader.length;
        if (at >= first) {
          await reader.model.next(bits);
          if (turn !== this.#turn) return;
          writeEntry(entries, at - start, bits, context[at]!);
        }
        reader.model.push(context.subarray(at, at + 1));
        reader.length++;
        const pause = pace();
        if (pause) await pause;
        if (turn !== this.#turn) return;
      }
      const some = entries.slice(0, Math.max(0, reader.length - start) * ENTRY_SIZE);
      if (some.length > 0) this.#post({ kind: 'entries', turn, start, entries: some });
    }
    await this.#postParse(turn, first);
    await this.#postShares(turn, first);
  }

  /** Reads the context once more, as nothing else asks a blend for the parts of its members. */
  async #postShares(turn: number, first: number): Promise<void> {
    const { members } = this.#compressor!;
    const model = this.#primed!.fork();
    if (!members || !model.pushShares || turn !== this.#turn) return;
    const context = this.#context;
    if (!(await this.#push(model, context.subarray(0, first)))) return;
    const shown = context.subarray(first);
    const course = new ShareCourse(members.length, shown.length, SHARE_STRETCHES);
    const pace = createPacer(this.#pause);
    for (let at = 0; at < shown.length; at += SHARE_BYTES) {
      const bytes = shown.subarray(at, at + SHARE_BYTES);
      course.add(at, await model.pushShares(bytes));
      const pause = pace();
      if (pause) await pause;
      if (turn !== this.#turn) return;
    }
    this.#givenStretches = course.stretches.map((stretch) => ({
      ...stretch,
      start: first + stretch.start,
      end: first + stretch.end,
    }));
    this.#postAllShares(turn);
  }

  #postAllShares(turn: number): void {
    const members = this.#compressor!.members ?? [];
    const stretches = [...this.#givenStretches, ...this.#drawnStretches];
    this.#post({ kind: 'shares', turn, members, stretches });
  }

  /** Posts the compressor's own parse of the given and drawn bytes. */
  async #postParse(turn: number, first: number): Promise<void> {
    const before = this.#corpus.length + first;
    const drawn = Uint8Array.from(this.#drawn);
    const message = new Uint8Array(this.#corpus.length + this.#context.length + drawn.length);
    if (message.length > MAX_PARSED_BYTES) return;
    message.set(this.#corpus);
    message.set(this.#context, this.#corpus.length);
    message.set(drawn, this.#corpus.length + this.#context.length);
    const tokens = await parseMessage(this.#compressor!, message, before);
    const placed = tokens.map((token) => ({ ...token, start: token.start + first }));
    if (turn === this.#turn) this.#post({ kind: 'parsed', turn, tokens: placed });
  }

  async #draw({ turn, unit, count, temperature, topK }: DrawRequest): Promise<void> {
    const batch = new Batch(this.#context.length);
    const pace = createPacer(this.#pause);
    const settings = { temperature, ...(topK < 256 && { topK }), random: this.#random };
    const held = { ...this.#held, context: this.#lastBytes() };
    const steps = generate(this.#model!, { ...settings, ...held, length: count });
    for (let i = 0; i < count; i++) {
      if (unit === 'token') await this.#drawToken(batch, temperature);
      else {
        const before = await this.#before();
        const { value } = await steps.next();
        await this.#note(batch, before, value!.byte);
        this.#tokens?.push(Uint8Array.of(value!.byte));
      }
      const pause = pace();
      if (pause) await pause;
      if (turn !== this.#turn) return;
      if (batch.isDue()) await this.#flush(batch);
    }
    await this.#end(batch);
  }

  async #drawToken(batch: Batch, temperature: number): Promise<void> {
    const { startTokens } = this.#compressor!;
    if (!startTokens || this.#reading !== 'decode') {
      throw new Error(`${this.#compressor!.name} has no tokens to draw with this reading`);
    }
    if (!this.#tokens) {
      this.#tokens = startTokens();
      for (const part of [this.#corpus, this.#context, Uint8Array.from(this.#drawn)]) {
        this.#tokens.push(part);
      }
    }
    const token = await this.#tokens.draw(this.#random, temperature);
    const { length } = token.bytes;
    batch.token(this.#drawn.length, length, token.distance ?? 0);
    for (const byte of token.bytes) {
      await this.#note(batch, await this.#before(), byte, true);
      this.#held.copyGuard?.push(byte);
      pushDrawn(this.#model!, Uint8Array.of(byte), temperature);
    }
  }

  async #take({ bytes, drawnAt }: TakeRequest): Promise<void> {
    const turn = this.#turn;
    const batch = new Batch(this.#context.length);
    const pace = createPacer(this.#pause);
    for (const byte of bytes) {
      await this.#note(batch, await this.#before(), byte);
      this.#held.copyGuard?.push(byte);
      const one = Uint8Array.of(byte);
      if (drawnAt === undefined) this.#model!.push(one);
      else {
        pushDrawn(this.#model!, one, drawnAt);
        this.#random();
      }
      this.#tokens?.push(one);
      const pause = pace();
      if (pause) await pause;
      if (turn !== this.#turn) return;
    }
    await this.#end(batch);
  }

  async #end(batch: Batch): Promise<void> {
    const turn = this.#turn;
    await this.#flush(batch);
    this.#post({ kind: 'done', turn });
    // Bytes are parsed as they would be written; tokens stay as they were drawn.
    if (!this.#tokens) await this.#postParse(turn, Math.max(0, this.#context.length - SHOWN_BYTES));
  }

  /** The model's state before the next byte. */
  async #before(): Promise<Before> {
    const bits = new Float64Array(256);
    await this.#model!.next(bits);
    return { bits, blend: this.#model!.pushShares && this.#model!.fork() };
  }

  async #note(batch: Batch, { bits, blend }: Before, byte: number, inToken = false): Promise<void> {
    batch.add(bits, byte);
    const at = this.#drawn.push(byte) - 1;
    if (!inToken) batch.token(at, 1, 0);
    if (!blend?.pushShares) return;
    const { weights, shares } = await blend.pushShares(Uint8Array.of(byte));
    const start = this.#context.length + at;
    this.#drawnStretches.push({
      start,
      end: start + 1,
      weights: [...weights],
      shares: [...shares],
    });
  }

  async #flush(batch: Batch): Promise<void> {
    if (batch.length > 0) this.#post({ kind: 'drawn', turn: this.#turn, ...batch.take() });
    if (this.#drawnStretches.length > 0) this.#postAllShares(this.#turn);
    await this.#postNext(0);
  }
}

interface Before {
  /** Δ bits of each next byte. */
  readonly bits: Float64Array;
  /** The model as it was, if it is a blend. */
  readonly blend: CodeLengthModel | undefined;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && commonLength(a, b) === a.length;
}
