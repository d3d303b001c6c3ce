// What `zipdream next` does: one look at the distribution over the next byte.

import { byteName } from '../bits/glyphs.js';
import { toProbabilities } from '../bits/units.js';
import { openMeasured } from '../node/workers.js';
import type { Reading } from '../types.js';
import { colourDepth, createPalette } from './colour.js';
import { checkReading } from './flags.js';
import { type ContextFlags, readContext } from './input.js';
import { count, plural } from './numbers.js';
import { writeStdout } from './output.js';

export interface NextFlags extends ContextFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  readonly top: number;
  readonly json?: boolean;
  readonly workers?: number;
}

export async function runNext(prompt: string | undefined, flags: NextFlags): Promise<void> {
  const compressor = await openMeasured(flags);
  const reading = checkReading(compressor, flags.reading);
  const { corpus, prompt: promptBytes } = await readContext(prompt, flags);
  const context = Buffer.concat([...corpus, promptBytes]);

  const model = compressor.start(reading);
  model.push(context);
  const bits = new Float64Array(256);
  await model.next(bits);
  const probabilities = new Float64Array(256);
  toProbabilities(bits, probabilities);
  const { members } = compressor;
  const voices = members && (await model.voices?.());
  const seen: Seen = {
    compressor: compressor.name,
    reading,
    contextBytes: context.length,
    contextBits: await compressor.codeLength(context),
    ...(compressor.codeLengthIn && { contextBitsIn: compressor.codeLengthIn }),
    bits,
    probabilities,
    ...(voices && {
      members: members.map((spec, i) => ({
        spec,
        weight: voices.weights[i]!,
        bits: Array.from(voices.bits[i]!),
      })),
    }),
  };
  await writeStdout(flags.json ? toJson(seen) : toChart(seen, flags.top));
}

interface Seen {
  readonly compressor: string;
  readonly reading: Reading;
  readonly contextBytes: number;
  readonly contextBits: number;
  /** As the compressor says of its `codeLength`. */
  readonly contextBitsIn?: 'tokens';
  readonly bits: Float64Array;
  readonly probabilities: Float64Array;
  /** Of a blend, what each member says by itself. */
  readonly members?: readonly SeenMember[];
}

interface SeenMember {
  readonly spec: string;
  readonly weight: number;
  readonly bits: readonly number[];
}

/** JSON knows no Infinity: an impossible byte has null bits. */
function toJson(seen: Seen): string {
  const { bits, probabilities } = seen;
  const lists = { bits: Array.from(bits), probabilities: Array.from(probabilities) };
  return `${JSON.stringify({ ...seen, ...lists })}\n`;
}

const BAR_CELLS = 40;

function toChart(seen: Seen, top: number): string {
  const { bits, probabilities, members = [] } = seen;
  const { dim, bold, bar, reset } = createPalette(colourDepth(process.stdout, process.env));
  const order = Array.from(bits.keys()).sort((a, b) => bits[a]! - bits[b]! || a - b);
  const most = probabilities[order[0]!]!;
  const rows = order.slice(0, top).map((byte) => {
    const probability = probabilities[byte]!;
    const percent = `${(100 * probability).toFixed(2)} %`.padStart(8);
    const delta = bits[byte]!.toFixed(2).padStart(9);
    const name = byteName(byte).padStart(4);
    const each = members.map((member) => {
      const chance = `${(100 * 2 ** -member.bits[byte]!).toFixed(2)} %`;
      return `${dim}${chance.padStart(columnWidth(member))}${reset} `;
    });
    const filled = drawBar(most === 0 ? 0 : (BAR_CELLS * probability) / most);
    return `${bold}${name}${reset} ${percent} ${delta}  ${each.join('')}${bar}${filled}${reset}\n`;
  });
  const { compressor, reading, contextBytes, contextBits, contextBitsIn } = seen;
  const unit = contextBitsIn ? 'bits of its own tokens' : 'bits';
  const head = `${compressor}, ${reading}: after ${count(contextBytes)} bytes in ${count(contextBits)} ${unit}`;
  const columns = members.map((member) => titleOf(member).padStart(columnWidth(member)));
  const titles = members.length > 0 ? `   ${columns.join(' ')}` : '';
  const values = new Set(bits).size;
  const foot =
    reading === 'decode'
      ? ''
      : `${dim}${plural(values, 'code length')} over the 256 bytes${reset}\n`;
  return `${dim}${head}\nbyte  chance    Δ bits${titles}${reset}\n${rows.join('')}${foot}`;
}

const titleOf = ({ spec, weight }: SeenMember): string => `${spec} ×${weight.toFixed(2)}`;
const columnWidth = (member: SeenMember): number => Math.max(8, titleOf(member).length);

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of so many cells, to an eighth of a cell. */
function drawBar(cells: number): string {
  const eighths = Math.round(8 * cells);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
