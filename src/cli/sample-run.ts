// What `zipdream sample` does: opens the compressor, primes it once, draws samples from forks of
// that state and shows them, and keeps what was drawn when it is interrupted.

import { randomInt } from 'node:crypto';
import { createRandom } from '../bits/random.js';
import { openMeasured } from '../node/workers.js';
import type { Compressor } from '../types.js';
import { colourDepth, createPalette } from './colour.js';
import { checkReading } from './flags.js';
import { type Context, readContext } from './input.js';
import { type Interrupt, listenForInterrupt } from './interrupt.js';
import { notify } from './notify.js';
import { plural } from './numbers.js';
import { createPacer, openSink, type Sink } from './output.js';
import { copyNotice, DrawnBytes, findCopy } from './sample-copies.js';
import { openStart, type Start } from './sample-draws.js';
import {
  checkSampleFlags,
  drawingSpec,
  type SampleFlags,
  withDrawingDefaults,
} from './sample-flags.js';
import { type Totals, totalsLine, totalsNotice } from './sample-totals.js';
import { jsonView, rawView, screenView, type View } from './views.js';

/** @throws UsageError, FileError or CompressorUnavailableError, each with a message of one line. */
export async function runSample(prompt: string | undefined, said: SampleFlags): Promise<void> {
  const compressor = await openMeasured({ ...said, compressor: drawingSpec(said) });
  const reading = checkReading(compressor, said.reading);
  const flags = withDrawingDefaults(said, reading, compressor);
  checkSampleFlags(flags);
  const context = await readContext(prompt, flags);
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  const sink = await openSink(flags.output, flags.force ?? false);
  const start = await openStart({ compressor, reading, flags, context, seed });
  const view = chooseView(sink, flags, context.prompt);
  if (flags.seed === undefined) notify(`seed ${seed}`);
  notifyOfLittle(compressor, context);

  const totals: Totals = { samples: 0, bytes: 0, bits: 0, tokens: 0, matches: 0 };
  const drawn = new DrawnBytes();
  const interrupt = listenForInterrupt();
  const session: Session = { flags, seed, view, sink, totals, drawn, interrupt };
  const startMs = performance.now();
  let failure: unknown;
  await Promise.race([drawAll(start, session), interrupt.arrived]).catch((error) => {
    failure = error;
  });
  const ms = performance.now() - startMs;

  view.end();
  const interrupted = interrupt.exitCode !== undefined;
  const longestCopy = findCopy(context, flags.corpus ?? [], drawn.samples());
  if (flags.json && !failure) {
    const way = start.record;
    const record = { compressor, reading, seed, flags, context, way, longestCopy };
    sink.write(totalsLine(record, totals, interrupted));
  }
  if (failure && totals.bytes === 0) await sink.flush();
  else await sink.finish();
  interrupt.release();
  if (failure) throw failure;
  if (process.stderr.isTTY) notify(totalsNotice(totals, ms, flags));
  notify(copyNotice(longestCopy));
  if (interrupted) process.exit(interrupt.exitCode);
}

/** What has read less than this draws noise. */
const LITTLE_BYTES = 1000;

function notifyOfLittle({ name, modelBytes }: Compressor, { corpusBytes, prompt }: Context): void {
  const read = corpusBytes + prompt.length;
  if (read >= LITTLE_BYTES || modelBytes !== undefined) return;
  notify(
    `${name} has read ${plural(read, 'byte')}; give it something to learn from: --corpus FILE, or --corpus tale`,
  );
}

interface Session {
  readonly flags: SampleFlags;
  readonly seed: string;
  readonly view: View;
  readonly sink: Sink;
  readonly totals: Totals;
  readonly drawn: DrawnBytes;
  readonly interrupt: Interrupt;
}

async function drawAll(primed: Start, session: Session): Promise<void> {
  const { flags, seed, view, sink, totals, drawn, interrupt } = session;
  const pace = createPacer(sink);
  for (let i = 0; i < flags.count; i++) {
    view.begin(i, flags.count);
    totals.samples++;
    const start = i === flags.count - 1 ? primed : primed.fork();
    const random = createRandom(`${seed}:${i}`);
    for await (const { bytes, bits, isMatch, show } of start.draw(random)) {
      if (interrupt.exitCode !== undefined) return;
      show(view);
      drawn.add(bytes);
      totals.bytes += bytes.length;
      totals.bits += bits;
      if (isMatch !== undefined) totals.tokens++;
      if (isMatch) totals.matches++;
      const pause = pace();
      if (pause) await pause;
    }
    drawn.endSample();
  }
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
