// What `zipdream score` does: surprisal of a file under a reading, beside the compressor's own rate.

import { UsageError } from '../errors.js';
import { type ScoreResult, score } from '../measure/score.js';
import { readInput } from '../node/files.js';
import { openMeasured } from '../node/workers.js';
import { CarriedCourse, type CarriedStretch } from '../report/carried.js';
import { type Reading, type Resolution, resolutionOf } from '../types.js';
import { colourDepth, createPalette, heatLegend, type Palette } from './colour.js';
import { checkReading } from './flags.js';
import { readStdin } from './input.js';
import { count, plural, signed } from './numbers.js';
import { writeStdout } from './output.js';
import { Screen } from './screen.js';

export interface ScoreFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  readonly chunk?: number;
  readonly from: number;
  readonly limit?: number;
  readonly heat?: boolean;
  readonly json?: boolean;
  readonly workers?: number;
}

export async function runScore(file: string | undefined, flags: ScoreFlags): Promise<void> {
  checkTogether(flags);
  const compressor = await openMeasured(flags);
  const reading = checkReading(compressor, flags.reading);
  const all = file === undefined || file === '-' ? await readStdin() : await readInput(file);
  const data = all.subarray(0, (flags.limit ?? Infinity) * (flags.chunk ?? Infinity));

  const surprisals = flags.heat ? new Float64Array(data.length).fill(Number.NaN) : undefined;
  const { members } = compressor;
  const course =
    members && (flags.heat || flags.json)
      ? new CarriedCourse(members.length, data.length)
      : undefined;
  const progress = createProgress();
  const result = await score(compressor, data, {
    reading,
    chunk: flags.chunk,
    from: flags.from,
    clock: () => performance.now(),
    onByte: (_byte, bits, index) => {
      if (surprisals) surprisals[index] = bits;
    },
    onCarried: course && ((...said) => course.note(...said)),
    onProgress: progress.show,
  });
  progress.clear();
  const carried = course && { members, carried: course.stretches };
  if (flags.json) return writeStdout(`${JSON.stringify({ ...result, ...carried })}\n`);
  const palette = createPalette(colourDepth(process.stdout, process.env));
  if (surprisals) await writeStdout(heatText(data, surprisals, palette));
  if (course) await writeStdout(carriedText(members!, course.stretches));
  const resolution = resolutionOf(reading, compressor);
  return writeStdout(toTable(result, resolution, all.length, palette));
}

function checkTogether({ chunk, from, limit, heat, json }: ScoreFlags): void {
  if (heat && json) throw new UsageError('--json and --heat exclude each other');
  if (limit !== undefined && chunk === undefined) throw new UsageError('--limit needs --chunk');
  if (chunk !== undefined && from >= chunk) {
    throw new UsageError(`"--from" expected integer below --chunk ${chunk}, got ${from}`);
  }
}

const PROGRESS_MS = 100;

/** A line on stderr that says how far it is, on a terminal only. */
function createProgress(): { show: (done: number, total: number) => void; clear: () => void } {
  if (!process.stderr.isTTY) return { show() {}, clear() {} };
  let last = performance.now();
  let shown = false;
  return {
    show(done, total) {
      if (performance.now() - last < PROGRESS_MS) return;
      last = performance.now();
      shown = true;
      process.stderr.write(`\r${count(done)} of ${count(total)} bytes\x1b[K`);
    },
    clear() {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
}

/** The scored text in heat colours; of what was only given, a notice. */
function heatText(data: Uint8Array, surprisals: Float64Array, palette: Palette): string {
  let text = '';
  const screen = new Screen({ palette, heat: true, write: (part) => (text += part) });
  if (palette.depth === 'none') screen.notice('no colours here; FORCE_COLOR=1 insists');
  for (let i = 0; i < data.length; ) {
    if (Number.isNaN(surprisals[i])) {
      const start = i;
      while (i < data.length && Number.isNaN(surprisals[i])) i++;
      screen.given(data.subarray(start, i), GIVEN_LINES);
    } else {
      screen.byte(data[i]!, surprisals[i]!);
      i++;
    }
  }
  screen.end();
  return palette.depth === 'none' ? text : `${text}${heatLegend(palette)}\n`;
}

const GIVEN_LINES = 2;

const EIGHTHS = ' ▁▂▃▄▅▆▇█';

/** A line a member: along the text, its part in what the bytes were given. */
function carriedText(members: readonly string[], stretches: readonly CarriedStretch[]): string {
  const widest = Math.max(...members.map((name) => name.length));
  const lines = members.map((name, i) => {
    const mean = stretches.reduce((sum, { shares }) => sum + shares[i]!, 0) / stretches.length;
    const strip = stretches.map(({ shares }) => EIGHTHS[Math.round(8 * shares[i]!)]).join('');
    return `${name.padEnd(widest)} ${`${(100 * mean).toFixed(0)} %`.padStart(5)} ${strip}\n`;
  });
  return stretches.length === 0 ? '' : `who carried what:\n${lines.join('')}`;
}

function toTable(
  result: ScoreResult,
  resolution: Resolution,
  fileBytes: number,
  { bold, dim, reset }: Palette,
): string {
  const { compressor, version, reading, chunks, bytes, codeLengthIn } = result;
  const head = `${compressor}, ${reading} ${dim}(${resolution} resolution, ${version})${reset}\n`;
  if (bytes === 0) return `${head}nothing to score in ${count(fileBytes)} bytes\n`;
  // What is smaller comes of adding up in another order.
  const loss = Math.abs(result.conversionLoss) < 1e-9 ? 0 : result.conversionLoss;
  const rows: readonly [string, string, string][] = [
    ['scored', count(bytes), `bytes of ${count(fileBytes)}, in ${plural(chunks, 'chunk')}`],
    [
      'surprisal',
      result.bpb.toFixed(3),
      codeLengthIn ? 'bits per byte, over all ways to cut the text into tokens' : 'bits per byte',
    ],
    [
      'own rate',
      (result.codeLengthBits / bytes).toFixed(3),
      codeLengthIn ? 'bits per byte in its own tokens' : 'bits per byte when it compresses',
    ],
    [
      'conversion loss',
      signed(loss, 3),
      loss > 0 ? 'bits per byte lost by predicting byte by byte' : 'bits per byte: nothing lost',
    ],
    ['speed', result.msPerByte.toPrecision(3), 'ms per byte'],
  ];
  const widest = Math.max(...rows.map(([, value]) => value.length));
  const lines = rows.map(
    ([name, value, unit]) =>
      `  ${name.padEnd(16)}${bold}${value.padStart(widest)}${reset} ${unit}\n`,
  );
  return head + lines.join('');
}
