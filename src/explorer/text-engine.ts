// One compressor at work on a text, in a worker: what it expects next, how surprising each byte was,
// and what it draws. Long work is done in slices, and given up when a new text has come.

import { createRandom } from '../bits/random.js';
import { openFromOutside } from '../registry.js';
import { CarriedCourse } from '../report/carried.js';
import { pushDrawn } from '../sampling/continuation.js';
import { CopyGuard } from '../sampling/copy-guard.js';
import { type GenerateOptions, generate } from '../sampling/generate.js';
import { AFTER_CORPUS, CONTEXT_BYTES } from '../sampling/overlap.js';
import type { CodeLengthModel, Compressor, Random, Reading, TokenSource } from '../types.js';
import { ENTRY_SIZE, writeEntry } from './entries.js';
import type { PlacedToken, TextReply, TextRequest } from './messages.js';
import { parseMessage } from './parse.js';
import { createPacer } from './pause.js';
import { pageRegistry } from './rows.js';
import { commonLength, SHOWN_BYTES } from './text-shown.js';

/** Bytes pushed between two looks at the clock. */
const PUSH_BYTES = 64;
const BATCH_MS = 40;
/** Messages up to here are parsed by the compressor itself. */
const MAX_PARSED_BYTES = 2 ** 17;

type Text = Extract<TextRequest, { kind: 'text' }>;
type Draw = Extract<TextRequest, { kind: 'draw' }>;

/** A model on its way through the context. */
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
  /** Has read the corpus. */
  #primed: CodeLengthModel | undefined;
  #corpus: Uint8Array = new Uint8Array();
  #context: Uint8Array = new Uint8Array();
  /** Has read corpus and context. */
  #given: CodeLengthModel | undefined;
  /** How far the entries go. */
  #measured: Reader | undefined;
  /** Has read everything, the drawn bytes too. */
  #model: CodeLengthModel | undefined;
  #tokens: TokenSource | undefined;
  #drawn: number[] = [];
  /** As `zipdream sample` draws after a corpus: held to copies, none of them long. */
  #held: Pick<GenerateOptions, 'overlap' | 'copyGuard'> = {};
  #random: Random = createRandom(0);
  /** Draws go one after another. */
  #queue: Promise<void> = Promise.resolve();

  constructor(post: (reply: TextReply) => void, pause: () => Promise<void>) {
    this.#post = post;
    this.#pause = pause;
  }

  /** Never rejects: what goes wrong is posted as `failed`. */
  handle(request: TextRequest): Promise<void> {
    if (request.kind === 'text') {
      this.#turn = request.turn;
      this.#post({ kind: 'begun', turn: request.turn });
      this.#queue = this.#queue.then(() => this.#attempt(request.turn, () => this.#begin(request)));
      return this.#queue;
    }
    this.#queue = this.#queue.then(() =>
      this.#attempt(request.turn, async () => {
        if (request.kind === 'draw') await this.#draw(request);
        else await this.#take(request.byte);
      }),
    );
    return this.#queue;
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

  async #begin(text: Text): Promise<void> {
    const { turn, spec, reading, corpus, context, seed } = text;
    const started = performance.now();
    const key = `${spec} ${reading}`;
    if (key !== this.#key) {
      this.#key = '';
      this.#primed = undefined;
      this.#compressor = await openFromOutside(spec, pageRegistry);
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
      options: pageRegistry[name]!.options,
    });
    if (!this.#primed || !equalBytes(corpus, this.#corpus)) {
      this.#context = new Uint8Array();
      this.#measured = undefined;
      this.#primed = undefined;
      const model = compressor.start(this.#reading);
      if (!(await this.#push(model, corpus))) return;
      this.#primed = model;
      this.#corpus = corpus;
      this.#given = model;
    }
    const same = commonLength(context, this.#context);
    const grows = same === this.#context.length && this.#given !== undefined;
    const given = (grows ? this.#given! : this.#primed).fork();
    this.#given = undefined;
    if (!(await this.#push(given, context.subarray(grows ? same : 0)))) return;
    const first = Math.max(0, context.length - SHOWN_BYTES);
    const measured = this.#measured;
    if (measured && (measured.length > same || measured.first > first)) this.#measured = undefined;
    this.#given = given;
    this.#context = context;
    this.#model = given.fork();
    this.#drawn = [];
    this.#held =
      corpus.length > 0 && given.nextOverlapping
        ? {
            overlap: AFTER_CORPUS.overlap,
            copyGuard: CopyGuard.of(AFTER_CORPUS.noCopy, [corpus, context]),
          }
        : {};
    this.#tokens = undefined;
    // The seed of `zipdream sample`: it draws the same.
    this.#random = createRandom(`${seed}:0`);
    await this.#postNext(performance.now() - started);
    // Not waited for: draws need not wait for it either.
    void this.#attempt(turn, () => this.#measure(turn));
  }

  /** Pushes in slices; false if a new text has come meanwhile. */
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
    this.#post({ kind: 'next', turn, bits, ms });
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
    await this.#postCarried(turn, first);
  }

  /** Reads the context once more, as nothing else asks a blend for the parts of its members. */
  async #postCarried(turn: number, first: number): Promise<void> {
    const { members } = this.#compressor!;
    const model = this.#primed!.fork();
    if (!members || !model.carried || turn !== this.#turn) return;
    const context = this.#context;
    if (!(await this.#push(model, context.subarray(0, first)))) return;
    const shown = context.subarray(first);
    const course = new CarriedCourse(members.length, shown.length);
    const pace = createPacer(this.#pause);
    for (let at = 0; at < shown.length; at += PUSH_BYTES) {
      const bytes = shown.subarray(at, at + PUSH_BYTES);
      course.add(at, await model.carried(bytes));
      model.push(bytes);
      const pause = pace();
      if (pause) await pause;
      if (turn !== this.#turn) return;
    }
    this.#post({ kind: 'carried', turn, members, stretches: course.stretches });
  }

  async #postParse(turn: number, first: number): Promise<void> {
    const message = new Uint8Array(this.#corpus.length + this.#context.length);
    if (message.length > MAX_PARSED_BYTES) return;
    message.set(this.#corpus);
    message.set(this.#context, this.#corpus.length);
    const tokens = await parseMessage(this.#compressor!, message, this.#corpus.length + first);
    const placed = tokens.map((token) => ({ ...token, start: token.start + first }));
    if (turn === this.#turn) this.#post({ kind: 'parsed', turn, tokens: placed });
  }

  async #draw({ turn, unit, count, temperature, topK }: Draw): Promise<void> {
    const batch = new Batch(this.#context.length);
    const pace = createPacer(this.#pause);
    const settings = { temperature, ...(topK < 256 && { topK }), random: this.#random };
    const context = Uint8Array.from([...this.#context.slice(-CONTEXT_BYTES), ...this.#drawn]);
    const held = { ...this.#held, context };
    const steps = generate(this.#model!, { ...settings, ...held, length: count });
    for (let i = 0; i < count; i++) {
      if (unit === 'token') await this.#drawToken(batch, temperature);
      else {
        const bits = new Float64Array(256);
        await this.#model!.next(bits);
        const { value } = await steps.next();
        this.#note(batch, bits, value!.byte);
        batch.token(this.#drawn.length - 1, 1, 0);
        this.#tokens?.push(Uint8Array.of(value!.byte));
      }
      const pause = pace();
      if (pause) await pause;
      if (turn !== this.#turn) return;
      if (batch.isDue()) await this.#flush(batch);
    }
    await this.#flush(batch);
    this.#post({ kind: 'done', turn });
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
    batch.token(this.#drawn.length, token.bytes.length, token.distance ?? 0);
    const bits = new Float64Array(256);
    for (const byte of token.bytes) {
      await this.#model!.next(bits);
      this.#note(batch, bits, byte);
      this.#held.copyGuard?.push(byte);
      pushDrawn(this.#model!, Uint8Array.of(byte), temperature);
    }
  }

  async #take(byte: number): Promise<void> {
    const batch = new Batch(this.#context.length);
    const bits = new Float64Array(256);
    await this.#model!.next(bits);
    this.#note(batch, bits, byte);
    batch.token(this.#drawn.length - 1, 1, 0);
    this.#held.copyGuard?.push(byte);
    this.#model!.push(Uint8Array.of(byte));
    this.#tokens?.push(Uint8Array.of(byte));
    await this.#flush(batch);
    this.#post({ kind: 'done', turn: this.#turn });
  }

  #note(batch: Batch, bits: Float64Array, byte: number): void {
    batch.add(bits, byte);
    this.#drawn.push(byte);
  }

  async #flush(batch: Batch): Promise<void> {
    if (batch.length > 0) this.#post({ kind: 'drawn', turn: this.#turn, ...batch.take() });
    await this.#postNext(0);
  }
}

/** Drawn bytes that were not posted yet. */
class Batch {
  readonly #contextLength: number;
  #bytes: number[] = [];
  #entries: number[] = [];
  #tokens: PlacedToken[] = [];
  #since = performance.now();

  constructor(contextLength: number) {
    this.#contextLength = contextLength;
  }

  get length(): number {
    return this.#bytes.length;
  }

  isDue(): boolean {
    return performance.now() - this.#since > BATCH_MS;
  }

  add(bits: Float64Array, byte: number): void {
    const entry = new Float32Array(ENTRY_SIZE);
    writeEntry(entry, 0, bits, byte);
    this.#bytes.push(byte);
    this.#entries.push(...entry);
  }

  /** @param start counted from the end of the context. */
  token(start: number, length: number, distance: number): void {
    this.#tokens.push({ start: this.#contextLength + start, length, distance });
  }

  take(): { bytes: Uint8Array; entries: Float32Array; tokens: PlacedToken[] } {
    const bytes = Uint8Array.from(this.#bytes);
    const entries = Float32Array.from(this.#entries);
    const tokens = this.#tokens;
    this.#bytes = [];
    this.#entries = [];
    this.#tokens = [];
    this.#since = performance.now();
    return { bytes, entries, tokens };
  }
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && commonLength(a, b) === a.length;
}
