// The samples in a report: texts coloured by surprisal, completed pictures, and sounds with a
// player, each beside the true continuation.

import { writePng } from '../../engines/png/write.js';
import { type CompareRow, HELD_OUT, isControl } from '../../measure/compare-row.js';
import type { ContinuationMeasure } from '../../measure/continuation.js';
import { readSample } from '../../measure/stored-sample.js';
import { pictureOfBytes } from '../../modality/image.js';
import { writeWav } from '../../modality/wav.js';
import { heldOutSpans } from '../../passage/passage.js';
import { figure } from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { pictureFigure, soundPlayer } from '../../report/media.js';
import { heatLegend, surprisalMap } from '../../report/surprisal-map.js';
import { waveform } from '../../report/waveform.js';
import type { AudioFormat, ImageFormat } from '../../types.js';
import { groupBy, modelName, type Section } from './sections.js';

/** Number of messages whose samples are shown, and bytes shown of each text. */
const MESSAGES = 2;
const GIVEN_BYTES = 280;
const TEXT_BYTES = 400;
/** Number of samples of the first message shown without opening a block: truth and best models. */
const AT_ONCE = 6;

interface Sample {
  readonly row: CompareRow;
  readonly name: string;
  readonly note: string;
  readonly bytes: Uint8Array;
  readonly surprisals: Float64Array | undefined;
}

/** The samples of a section as HTML; empty if the rows contain none. */
export function samplesOf({ rows, summaries }: Section): string {
  const kept = rows.filter((row) => !row.cross && continuationOf(row)?.sample);
  const rank = new Map(summaries.map((summary, i) => [modelName(summary), i]));
  const messages = groupBy(kept, ({ part, start }) => JSON.stringify([part, start]))
    .slice(0, MESSAGES)
    .map((message) =>
      message
        .map(toSample)
        .sort((a, b) => placeOf(a) - placeOf(b) || rank.get(a.name)! - rank.get(b.name)!),
    );
  const [first = []] = messages;
  if (first.length === 0) return '';
  const show = (samples: readonly Sample[], all: readonly Sample[]): string => {
    const { format } = all[0]!.row;
    if (format?.kind === 'image') return picturesOf(samples, all, format);
    return format?.kind === 'audio' ? soundsOf(samples, all, format) : textsOf(samples, all);
  };
  const rest = [first.slice(AT_ONCE), ...messages.slice(1)];
  const more = rest.map((samples, i) => (samples.length === 0 ? '' : show(samples, messages[i]!)));
  const label = `${rest.flat().length} more samples`;
  return `${show(first.slice(0, AT_ONCE), first)}${rest.flat().length === 0 ? '' : `<details><summary>${label}</summary>${more.join('')}</details>`}`;
}

/** Sort key: the true continuation first, the other controls last. */
function placeOf({ row: { spec } }: Sample): number {
  return spec === HELD_OUT ? 0 : isControl(spec) ? 2 : 1;
}

function continuationOf({ control, measure }: CompareRow): ContinuationMeasure | undefined {
  return control ?? measure?.drawn;
}

function toSample(row: CompareRow): Sample {
  const continuation = continuationOf(row)!;
  const { bytes, surprisals } = readSample(continuation.sample!);
  return { row, name: modelName(row), note: noteOf(row, continuation), bytes, surprisals };
}

/** Measures of a single sample, as a caption. */
function noteOf({ measure, spec }: CompareRow, continuation: ContinuationMeasure): string {
  const { judgeBits, bytes, psnr, ssim, spectralDistance } = continuation;
  const own = measure?.drawn?.bits;
  const parts = [
    own !== undefined && `${figure(own / bytes, 2)} bits/byte to itself`,
    judgeBits !== undefined && `${figure(judgeBits / bytes, 2)} to the judge`,
    psnr !== undefined && `PSNR ${figure(psnr, 1)} dB`,
    ssim !== undefined && spec !== HELD_OUT && `SSIM ${figure(ssim, 2)}`,
    spectralDistance !== undefined && spec !== HELD_OUT && `${figure(spectralDistance, 1)} dB off`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

/** The given bytes, which are stored with the sample of the control `held-out`. */
function givenOf(samples: readonly Sample[]): Uint8Array | undefined {
  const control = samples.find(({ row }) => row.spec === HELD_OUT)?.row.control?.sample;
  return control && readSample(control).given;
}

function whereOf({ row }: Sample): string {
  const { part, start } = row;
  const where = start === 0 ? 'from its start' : `from byte ${start.toLocaleString('en-US')}`;
  return part === undefined ? where : `${part}, ${where}`;
}

function textsOf(samples: readonly Sample[], all: readonly Sample[]): string {
  const given = givenOf(all)?.subarray(-GIVEN_BYTES);
  const lead = given
    ? surprisalMap(given, new Float64Array(given.length), {
        ...{ caption: `Given, ${whereOf(all[0]!)}: its last ${given.length} bytes.` },
        ...{ noLegend: true, compact: true },
      })
    : '';
  const cards = samples.map(({ name, note, bytes, surprisals }) => {
    const shown = bytes.subarray(0, TEXT_BYTES);
    const bits = surprisals?.subarray(0, TEXT_BYTES) ?? new Float64Array(shown.length);
    const cut = bytes.length > TEXT_BYTES ? `; its first ${TEXT_BYTES} bytes` : '';
    const options = { caption: `${note}${cut}`, noLegend: true, compact: true };
    return card(name, surprisalMap(shown, bits, options));
  });
  return `${lead}${heatLegend()}<div class="samples">${cards.join('\n')}</div>`;
}

function picturesOf(
  samples: readonly Sample[],
  all: readonly Sample[],
  format: ImageFormat,
): string {
  const whole = givenOf(all);
  if (!whole) return '';
  const message = { ...all[0]!.row, bytes: whole };
  const completed = (bytes: Uint8Array | undefined): Uint8Array => {
    const pixels = whole.slice();
    let at = 0;
    for (const [start, end] of heldOutSpans(message)) {
      if (bytes) pixels.set(bytes.subarray(at, (at += end - start)), start);
      else pixels.fill(MISSING, start, end);
    }
    return pixels;
  };
  const show = (name: string, note: string, pixels: Uint8Array): string =>
    card(
      name,
      pictureFigure(writePng(pictureOfBytes(pixels, format)), {
        ...{ alt: `${message.input}: ${name}`, caption: note },
      }),
    );
  const cards = samples.map(({ name, note, bytes }) => show(name, note, completed(bytes)));
  const given = show('given', 'the grey part is held out', completed(undefined));
  return `<div class="pictures">${[given, ...cards].join('\n')}</div>`;
}

const MISSING = 128;

function soundsOf(samples: readonly Sample[], all: readonly Sample[], format: AudioFormat): string {
  const given = givenOf(all) ?? new Uint8Array();
  const cards = samples.map(({ name, note, bytes }) => {
    const data = new Uint8Array(given.length + bytes.length);
    data.set(given);
    data.set(bytes, given.length);
    const player = soundPlayer(writeWav({ format, data }), { label: name, caption: note });
    return card(name, `${waveform(data, given.length, format)}${player}`);
  });
  const seconds = (bytes: number): string =>
    figure(bytes / ((format.bitsPerSample / 8) * format.channels * format.sampleRate), 2);
  const lead = `<p class="faint">${escapeHtml(`Sound ${whereOf(all[0]!)}`)}: the first ${seconds(given.length)} s are given, what each draws is in colour.</p>`;
  return `${lead}<div class="samples">${cards.join('\n')}</div>`;
}

function card(name: string, content: string): string {
  return `<section><h4>${escapeHtml(name)}</h4>${content}</section>`;
}
