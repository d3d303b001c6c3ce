// What `zipdream sample` does: opens the compressor, primes it once, draws samples from forks of
// that state and shows them, and keeps what was drawn when it is interrupted.

import { randomInt } from 'node:crypto';
import { createRandom } from '../bits/random.js';
import { UsageError } from '../errors.js';
import { openCompressor } from '../node/open.js';
import { generate } from '../sampling/generate.js';
import { generateTokens } from '../sampling/tokens.js';
import type { CodeLengthModel, Compressor, TokenSource } from '../types.js';
import { colourDepth, createPalette } from './colour.js';
import { checkReading } from './flags.js';
import { type Context, readContext } from './input.js';
import { type Interrupt, listenForInterrupt } from './interrupt.js';
import { notify } from './notify.js';
import { createPacer, openSink, type Sink } from './output.js';
import { checkSampleFlags, readAlphabet, type SampleFlags } from './sample-flags.js';
import { type Totals, totalsLine, totalsNotice } from './sample-totals.js';
import { jsonView, rawView, screenView, type View } from './views.js';

/** @throws UsageError, FileError or CompressorUnavailableError, each with a message of one line. */
export async function runSample(prompt: string | undefined, flags: SampleFlags): Promise<void> {
  checkSampleFlags(flags);
  const compressor = await openCompressor(flags.compressor);
  const reading = checkReading(compressor, flags.reading);
  const start =
    flags.units === 'tokens' ? tokenStart(compressor, flags) : compressor.start(reading);
  const alphabet = flags.alphabet === undefined ? undefined : await readAlphabet(flags.alphabet);
  const context = await readContext(prompt, flags);
  const sink = await openSink(flags.output, flags.force ?? false);
  const view = chooseView(sink, flags, context.prompt);
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  if (flags.seed === undefined) notify(`seed ${seed}`);

  for (const part of context.corpus) start.push(part);
  start.push(context.prompt);
  const totals: Totals = { samples: 0, bytes: 0, bits: 0, tokens: 0, matches: 0 };
  const interrupt = listenForInterrupt();
  const session: Session = { flags, seed, alphabet, context, view, sink, totals, interrupt };
  const startMs = performance.now();
  let failure: unknown;
  await Promise.race([drawAll(start, session), interrupt.arrived]).catch((error) => {
    failure = error;
  });
  const ms = performance.now() - startMs;

  view.end();
  const interrupted = interrupt.exitCode !== undefined;
  if (flags.json && !failure) {
    sink.write(totalsLine({ compressor, reading, seed, flags, context }, totals, interrupted));
  }
  if (failure && totals.bytes === 0) await sink.flush();
  else await sink.finish();
  interrupt.release();
  if (failure) throw failure;
  if (process.stderr.isTTY) notify(totalsNotice(totals, ms, flags));
  if (interrupted) process.exit(interrupt.exitCode);
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

async function drawAll(primed: Start, session: Session): Promise<void> {
  const { flags, seed, view, sink, totals, interrupt } = session;
  const pace = createPacer(sink);
  for (let i = 0; i < flags.count; i++) {
    view.begin(i, flags.count);
    totals.samples++;
    const state = i === flags.count - 1 ? primed : primed.fork();
    const random = createRandom(`${seed}:${i}`);
    for await (const { bytes, bits, isMatch, show } of draws(state, random, session)) {
      if (interrupt.exitCode !== undefined) return;
      show();
      totals.bytes += bytes;
      totals.bits += bits;
      if (isMatch !== undefined) totals.tokens++;
      if (isMatch) totals.matches++;
      const pause = pace();
      if (pause) await pause;
    }
  }
}

interface Draw {
  readonly bytes: number;
  readonly bits: number;
  /** Absent for a byte, which is no token. */
  readonly isMatch?: boolean;
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
      const { bytes, bits, kind } = step.token;
      yield { bytes: bytes.length, bits, isMatch: kind === 'match', show: () => view.token(step) };
    }
    return;
  }
  const before = context.prompt.length > 0 ? context.prompt : context.corpus.at(-1);
  const options = { ...flags, random, alphabet, context: before?.slice(-4) };
  for await (const step of generate(state, options)) {
    yield { bytes: 1, bits: step.bits, show: () => view.byte(step) };
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

function chooseView(sink: Sink, flags: SampleFlags, prompt: Uint8Array): View {
  if (flags.json) return jsonView(sink);
  const toScreen = flags.output === undefined && process.stdout.isTTY === true;
  const depth = flags.output === undefined ? colourDepth(process.stdout, process.env) : 'none';
  const heat = flags.heat === true && depth !== 'none';
  if (flags.heat && !heat) notify('no colours here, so --heat shows none; FORCE_COLOR=1 insists');
  if (!toScreen && !heat) return rawView(sink);
  return screenView(sink, { palette: createPalette(depth), heat, prompt });
}
