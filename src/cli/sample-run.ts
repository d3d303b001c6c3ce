// What `zipdream sample` does: opens the compressor, primes it once, draws samples from forks of
// that state and shows them, and keeps what was drawn when it is interrupted.

import { randomInt } from 'node:crypto';
import { createRandom } from '../bits/random.js';
import { UsageError } from '../errors.js';
import { FileError, readInput } from '../node/files.js';
import { openCompressor } from '../node/open.js';
import { ALPHABETS, alphabetOf, namedAlphabet } from '../sampling/constraints.js';
import { generate, generateTokens } from '../sampling/generate.js';
import type { CodeLengthModel, Compressor, Reading, TokenSource } from '../types.js';
import { VERSION } from '../version.js';
import { colourDepth, createPalette } from './colour.js';
import { chooseReading } from './flags.js';
import { type Context, type ContextFlags, readContext } from './input.js';
import { type Interrupt, listenForInterrupt } from './interrupt.js';
import { createPacer, openSink, type Sink } from './output.js';
import { count } from './screen.js';
import { jsonView, rawView, screenView, type View } from './views.js';

export interface SampleFlags extends ContextFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  readonly length: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly seed?: string;
  readonly count: number;
  readonly stop?: readonly Uint8Array[];
  readonly alphabet?: string;
  readonly utf8?: boolean;
  readonly units: 'bytes' | 'tokens';
  readonly heat?: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

/** What was drawn so far, over all samples. */
interface Totals {
  samples: number;
  bytes: number;
  /** Surprisal under the model, in bits. */
  bits: number;
}

/** @throws UsageError, FileError or CompressorUnavailableError, each with a message of one line. */
export async function runSample(prompt: string | undefined, flags: SampleFlags): Promise<void> {
  checkTogether(flags);
  const compressor = await openCompressor(flags.compressor);
  const reading = chooseReading(compressor, flags.reading);
  const start = flags.units === 'tokens' ? tokenStart(compressor, flags) : undefined;
  const alphabet = flags.alphabet === undefined ? undefined : await readAlphabet(flags.alphabet);
  const context = await readContext(prompt, flags);
  const sink = await openSink(flags.output, flags.force ?? false);
  const view = chooseView(sink, flags, context.prompt);

  const seed = flags.seed ?? String(randomInt(2 ** 32));
  if (flags.seed === undefined) notify(`seed ${seed}`);
  const totals: Totals = { samples: 0, bytes: 0, bits: 0 };
  const interrupt = listenForInterrupt();
  const primed = prime(start ?? compressor.start(reading), context);
  const session: Session = { flags, seed, alphabet, context, view, sink, totals, interrupt };
  const startMs = performance.now();
  let failure: unknown;
  await Promise.race([drawAll(primed, session), interrupt.arrived]).catch((error) => {
    failure = error;
  });

  view.end();
  if (flags.json && !failure) sink.write(lastLine(compressor, reading, session));
  if (failure && totals.bytes === 0) await sink.flush();
  else await sink.finish();
  interrupt.release();
  if (failure) throw failure;
  summarise(totals, performance.now() - startMs, flags);
  if (interrupt.exitCode !== undefined) process.exit(interrupt.exitCode);
}

interface Session {
  readonly flags: SampleFlags;
  readonly seed: string;
  readonly alphabet: readonly number[] | undefined;
  readonly context: Context;
  readonly view: View;
  readonly sink: Sink;
  readonly totals: Totals;
  readonly interrupt: Interrupt;
}

type Start = CodeLengthModel | TokenSource;

function prime<T extends Start>(start: T, { corpus, prompt }: Context): T {
  for (const part of corpus) start.push(part);
  start.push(prompt);
  return start;
}

async function drawAll(primed: Start, session: Session): Promise<void> {
  const { flags, seed, view, sink, totals, interrupt } = session;
  const pace = createPacer(sink);
  for (let i = 0; i < flags.count; i++) {
    view.begin(i, flags.count);
    totals.samples++;
    const state = i === flags.count - 1 ? primed : primed.fork();
    const random = createRandom(`${seed}:${i}`);
    for await (const { bytes, bits, show } of draws(state, random, session)) {
      if (interrupt.exitCode !== undefined) return;
      show();
      totals.bytes += bytes;
      totals.bits += bits;
      const pause = pace();
      if (pause) await pause;
    }
  }
}

interface Draw {
  readonly bytes: number;
  readonly bits: number;
  show(): void;
}

/** The bytes or tokens of one sample, each with the way to show it. */
async function* draws(
  state: Start,
  random: () => number,
  { flags, alphabet, context, view }: Session,
): AsyncGenerator<Draw> {
  if ('draw' in state) {
    for (const step of generateTokens(state, { ...flags, random })) {
      const { bytes, bits } = step.token;
      yield { bytes: bytes.length, bits, show: () => view.token(step) };
    }
    return;
  }
  const before = context.prompt.length > 0 ? context.prompt : context.corpus.at(-1);
  const options = { ...flags, random, alphabet, context: before?.slice(-4) };
  for await (const step of generate(state, options)) {
    yield { bytes: 1, bits: step.bits, show: () => view.byte(step) };
  }
}

function checkTogether(flags: SampleFlags): void {
  if (flags.json && flags.heat) throw new UsageError('--json and --heat exclude each other');
  if (flags.force && flags.output === undefined) throw new UsageError('--force needs --output');
  if (flags.units === 'bytes') return;
  for (const name of ['topK', 'topP', 'minP', 'alphabet', 'utf8', 'stop'] as const) {
    if (flags[name] === undefined) continue;
    const flag = `--${name.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)}`;
    throw new UsageError(`${flag} works on bytes; it cannot go with --units tokens`);
  }
}

function tokenStart(compressor: Compressor, { reading }: SampleFlags): TokenSource {
  if (reading !== undefined && reading !== 'decode') {
    throw new UsageError(`--units tokens needs --reading decode, got "${reading}"`);
  }
  if (!compressor.startTokens) {
    throw new UsageError(`${compressor.name} draws no tokens; --units tokens works with gzip`);
  }
  return compressor.startTokens();
}

/** A named alphabet, or the bytes that a file has. */
async function readAlphabet(name: string): Promise<readonly number[]> {
  if (Object.hasOwn(ALPHABETS, name)) return namedAlphabet(name);
  let data: Uint8Array;
  try {
    data = await readInput(name);
  } catch (error) {
    const names = Object.keys(ALPHABETS).join(', ');
    const message = `--alphabet expected ${names} or a file: ${(error as Error).message}`;
    throw new FileError(message, { cause: error });
  }
  if (data.length === 0) throw new UsageError(`--alphabet: "${name}" has no bytes`);
  return alphabetOf(data);
}

function chooseView(sink: Sink, flags: SampleFlags, prompt: Uint8Array): View {
  if (flags.json) return jsonView(sink);
  const toScreen = flags.output === undefined && process.stdout.isTTY === true;
  const depth = flags.output === undefined ? colourDepth(process.stdout, process.env) : 'none';
  const heat = flags.heat === true && depth !== 'none';
  if (flags.heat && !heat) notify('no colours here, so --heat shows none; FORCE_COLOR=1 insists');
  if (!toScreen && !heat) return rawView(sink);
  return screenView(sink, { palette: createPalette(depth), heat, prompt });
}

/** The totals: the last line of `--json`. */
function lastLine(
  compressor: Compressor,
  reading: Reading,
  { flags, seed, context, totals, interrupt }: Session,
): string {
  const { samples, bytes, bits } = totals;
  const last = {
    seed: /^(0|[1-9]\d{0,14})$/.test(seed) ? Number(seed) : seed,
    compressor: compressor.name,
    version: compressor.version,
    reading,
    zipdream: VERSION,
    units: flags.units,
    temperature: flags.temperature,
    corpusBytes: context.corpusBytes,
    promptBytes: context.prompt.length,
    samples,
    bytes,
    bits,
    bpb: bytes === 0 ? 0 : bits / bytes,
    ...(interrupt.exitCode !== undefined && { interrupted: true }),
  };
  return `${JSON.stringify(last)}\n`;
}

function summarise({ bytes, bits }: Totals, ms: number, flags: SampleFlags): void {
  if (!process.stderr.isTTY) return;
  const rate = bytes === 0 ? '' : `, ${(bits / bytes).toFixed(2)} bits each`;
  const place = flags.output === undefined ? '' : ` in ${flags.output}`;
  notify(`${count(bytes)} bytes${place}${rate}, ${(ms / 1000).toFixed(1)} s`);
}

function notify(text: string): void {
  const { dim, reset } = createPalette(colourDepth(process.stderr, process.env));
  process.stderr.write(`${dim}${text}${reset}\n`);
}
