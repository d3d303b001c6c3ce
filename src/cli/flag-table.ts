// The flags of all commands, as data. Commands and media refer to them by name (flags.ts).

import { MOST_CHUNK_BYTES } from '../coding/zd-format.js';
import { METRICS } from '../measure/compare-row.js';
import type { Reading } from '../types.js';
import { integer, number, readOverlap, share, stopText } from './flag-values.js';

export const READINGS: readonly Reading[] = ['decode', 'exact', 'recompress'];

/** A flag of the command line. */
interface Flag {
  /** Flags and value name in commander's syntax: `-n, --length <bytes>`. */
  readonly text: string;
  readonly help: string;
  readonly parse?: (text: string, before: never) => unknown;
  readonly choices?: readonly string[];
  readonly default?: unknown;
  /** Flags of which at least one is required for this flag, if the command has them. */
  readonly needs?: FlagName | readonly FlagName[];
  /** Flags that cannot be combined with this flag. */
  readonly excludes?: readonly FlagName[];
}

const repeated = (value: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

export const FLAGS = table({
  compressor: {
    text: '-c, --compressor <spec>',
    help: 'compressor and its options, such as gzip:level=6 (default: gzip; of pictures png)',
  },
  reading: {
    text: '--reading <reading>',
    help: "way to get a distribution (default: the compressor's best)",
    choices: READINGS,
  },
  workers: {
    text: '--workers <n>',
    help: 'threads for a black box whose steps are long, 1 for none (default: as many as cores)',
    parse: integer('--workers', { min: 1 }),
  },
  cellThreads: {
    text: '--workers <n>',
    help: 'threads, 0 to measure in the main thread (default: as many as cores)',
    parse: integer('--workers', { min: 0 }),
  },
  threads: {
    text: '--workers <n>',
    help: 'threads (default: as many as cores)',
    parse: integer('--workers', { min: 1 }),
  },
  promptFile: {
    text: '--prompt-file <file>',
    help: 'the prompt from a file (- for stdin), byte for byte',
  },
  corpus: {
    text: '--corpus <files...>',
    help: 'files to learn from, before the prompt; tale is bundled',
  },
  length: {
    text: '-n, --length <bytes>',
    help: 'bytes to draw (default: 256); of a sound samples, or 2s',
  },
  temperature: {
    text: '--temperature <t>',
    help: 'divides bits: 0 the likeliest, 1 as is, inf uniform',
    parse: number('--temperature', { min: 0 }),
    default: 1,
  },
  topK: {
    text: '--top-k <k>',
    help: 'keep the k likeliest bytes',
    parse: integer('--top-k', { min: 1 }),
  },
  topP: {
    text: '--top-p <p>',
    help: 'keep the likeliest bytes that reach this probability',
    parse: share('--top-p'),
  },
  minP: {
    text: '--min-p <p>',
    help: 'drop bytes below this fraction of the likeliest',
    parse: number('--min-p', { min: 0, max: 1 }),
  },
  seed: {
    text: '--seed <seed>',
    help: 'number or word; the same seed draws the same (default: random)',
  },
  count: {
    text: '--count <samples>',
    help: 'samples from the same start',
    parse: integer('--count', { min: 1 }),
    default: 1,
  },
  stop: {
    text: '--stop <text>',
    help: 'end a sample after this text, \\n for a newline; can be repeated',
    parse: (text: string, before: Uint8Array[] | undefined) => [...(before ?? []), stopText(text)],
  },
  alphabet: {
    text: '--alphabet <name|file>',
    help: 'draw only printable or text bytes, those of a file or those given, or all (default: given for lzma and language models that have read 1000 bytes, else all)',
  },
  utf8: { text: '--utf8', help: 'draw only well-formed UTF-8, whole characters' },
  units: {
    text: '--units <units>',
    help: "draw single bytes, or a codec's or language model's own tokens",
    choices: ['bytes', 'tokens'],
    default: 'bytes',
  },
  overlap: {
    text: '--overlap <bytes|word>',
    help: 'go on with copies that cover so many of the last bytes, or the word (default with a corpus: word; 0 for all parses)',
    parse: readOverlap,
    excludes: ['beam', 'spans', 'proposal', 'vocabulary'],
  },
  noCopy: {
    text: '--no-copy <bytes>',
    help: 'never copy more than this many bytes in a row (default with the overlap of a corpus: 24)',
    parse: integer('--no-copy', { min: 1 }),
  },
  maxMatch: {
    text: '--max-match <bytes>',
    help: 'longest match of lzma, whose long ones are hardly trained (default: 16)',
    parse: integer('--max-match', { min: 2, max: 273 }),
  },
  beam: {
    text: '--beam <beams>',
    help: 'look ahead: follow this many of the likeliest continuations',
    parse: integer('--beam', { min: 1 }),
    excludes: ['spans', 'proposal', 'vocabulary'],
  },
  horizon: {
    text: '--horizon <bytes>',
    help: 'how far, the next byte counted (default: 4)',
    parse: integer('--horizon', { min: 1 }),
    needs: 'beam',
  },
  commit: {
    text: '--commit <what>',
    help: 'look again after each byte, or after the span',
    choices: ['byte', 'span'],
    needs: 'beam',
  },
  spans: {
    text: '--spans <bytes>',
    help: 'draw spans, of pictures within a row: a proposal makes candidates, the compressor weighs them',
    parse: integer('--spans', { min: 1 }),
    excludes: ['vocabulary', 'protocol', 'temperature', 'topK', 'topP', 'minP'],
  },
  candidates: {
    text: '--candidates <count>',
    help: 'candidates for each span (default: 64; of pictures 16)',
    parse: integer('--candidates', { min: 1 }),
    needs: ['spans', 'proposal'],
  },
  proposal: {
    text: '--proposal <name>',
    help: 'ppm, order3, corpus or any compressor (default: ppm; of pictures mix); of pictures patch, byte by byte',
    excludes: ['vocabulary', 'protocol', 'topK', 'topP', 'minP'],
  },
  beta: {
    text: '--beta <share>',
    help: "the compressor's share, 0 to 1 (default: what the candidates bear)",
    parse: number('--beta', { min: 0, max: 1 }),
    needs: ['spans', 'proposal'],
  },
  vocabulary: {
    text: '--vocabulary <file>',
    help: 'draw words: one a line, or a tokenizer.json',
  },
  heat: { text: '--heat', help: 'colour by surprisal: dark is expected, bright is not' },
  scoreHeat: {
    text: '--heat',
    help: 'show the text, coloured by surprisal; of a picture a map, with -o',
    excludes: ['json'],
  },
  sampleJson: {
    text: '--json',
    help: 'one JSON object a line, the last with seed, names and totals',
    excludes: ['heat'],
  },
  json: { text: '--json', help: 'one JSON object' },
  sampleOutput: { text: '-o, --output <file>', help: 'write what was drawn to a file' },
  sampleForce: {
    text: '--force',
    help: 'replace the output file; draw spans by a compressor that is mostly noise',
    needs: ['sampleOutput', 'sheet', 'spans'],
  },
  scoreOutput: { text: '-o, --output <file>', help: 'where to write the map, as PNG' },
  scoreForce: { text: '--force', help: 'replace it', needs: 'scoreOutput' },
  given: {
    text: '--given <part>',
    help: 'of a sound 2s, 500ms, samples or all; of a picture left, top, left:0.3, top:64 or none (default: half)',
  },
  protocol: {
    text: '--protocol <name>',
    help: "the paper's: 1024 samples of 8 bits; each row of a grey picture alone",
    choices: ['paper'],
  },
  maxSize: {
    text: '--max-size <pixels>',
    help: 'make a picture smaller',
    parse: integer('--max-size', { min: 1 }),
  },
  grey: { text: '--grey', help: 'take a picture in grey' },
  width: {
    text: '--width <pixels>',
    help: 'of a picture of which none is given',
    parse: integer('--width', { min: 1, max: 65_535 }),
  },
  height: {
    text: '--height <pixels>',
    help: 'the same',
    parse: integer('--height', { min: 1, max: 65_535 }),
  },
  sheet: { text: '--sheet <file>', help: 'draw the truth and what was drawn, as SVG' },
  beside: {
    text: '--beside <spec>',
    help: 'another compressor for the sheet; can be repeated',
    parse: repeated,
    needs: 'sheet',
  },
  chunk: {
    text: '--chunk <bytes>',
    help: 'cut the file in chunks, each a fresh context (default: the whole)',
    parse: integer('--chunk', { min: 1 }),
  },
  from: {
    text: '--from <bytes>',
    help: 'bytes of each chunk that are given, and not scored (default: 0)',
    parse: integer('--from', { min: 0 }),
  },
  limit: {
    text: '--limit <chunks>',
    help: 'chunks to score at most',
    parse: integer('--limit', { min: 1 }),
    needs: 'chunk',
  },
  top: {
    text: '--top <k>',
    help: 'how many to show',
    parse: integer('--top', { min: 1, max: 256 }),
    default: 20,
  },
  packer: {
    text: '-c, --compressor <spec>',
    help: 'compressor and its options, such as gzip:level=6 (default: gzip)',
  },
  codedReading: {
    text: '--reading <reading>',
    help: "code with this distribution, as .zd (default: the compressor's own format, if it has one)",
    choices: READINGS,
  },
  output: {
    text: '-o, --output <file>',
    help: 'where to write (- for stdout; default: beside FILE)',
  },
  codedChunk: {
    text: '--chunk <bytes>',
    help: 'for .zd: bytes that are coded together, and lost together (default: 4194304)',
    parse: integer('--chunk', { min: 1, max: MOST_CHUNK_BYTES }),
  },
  effort: {
    text: '--effort <effort>',
    help: 'how small a PNG is to be: as zlib makes it, by a search for the best parse (default), or for the best filters too',
    choices: ['zlib', 'parse', 'max'],
  },
  verify: { text: '--verify', help: 'decompress and compare before the output gets its name' },
  codedForce: { text: '--force', help: 'replace the output, or write to a terminal' },
  writer: {
    text: '-c, --compressor <spec>',
    help: 'what wrote the file, where its contents do not say',
  },
  restored: {
    text: '-o, --output <file>',
    help: 'where to write (- for stdout; default: FILE without .zd, .gz …)',
  },
  salvage: {
    text: '--salvage',
    help: 'for .zd: zeros in the place of damaged chunks, which are named',
  },
  maxBytes: {
    text: '--max-bytes <bytes>',
    help: 'refuse to write more (default: 1 GiB)',
    parse: integer('--max-bytes', { min: 0 }),
  },
  compressors: {
    text: '-c, --compressors <specs>',
    help: 'compressors with commas between',
    default: 'gzip,lzma,bzip2,zstd,ppm,mix',
  },
  readings: {
    text: '--readings <readings>',
    help: `best, all, or some of ${READINGS.join(', ')}; gzip=all or gzip=exact+decode for one`,
    default: 'best',
  },
  metrics: {
    text: '--metrics <metrics>',
    help: `${METRICS.join(', ')} with commas between, or all`,
    default: 'rates',
  },
  compareChunk: {
    text: '--chunk <bytes>',
    help: 'each a fresh context; of sounds in samples; or whole: all of a file',
    parse: (text: string) => (text === 'whole' ? text : integer('--chunk', { min: 1 })(text)),
    default: 2048,
  },
  compareFrom: {
    text: '--from <bytes>',
    help: 'as much of each chunk is given (default: half of it)',
    parse: integer('--from', { min: 0 }),
  },
  compareLimit: {
    text: '--limit <chunks>',
    help: 'chunks of each input at most',
    parse: integer('--limit', { min: 1 }),
  },
  compareGiven: {
    text: '--given <part>',
    help: 'of pictures left, top, left:0.3, top:64 (default: left)',
  },
  whole: { text: '--whole', help: 'the rate of all chunks as one file, too' },
  judge: {
    text: '--judge <spec>',
    help: 'model that judges samples, never its own',
    default: 'ppm',
  },
  wordCorpus: {
    text: '--corpus <file>',
    help: 'text whose words exist (default: the rest of the input); can be repeated',
    parse: repeated,
  },
  compareSeed: { text: '--seed <text>', help: 'for samples', default: '0' },
  queue: {
    text: '--queue <url>',
    help: 'redis://HOST, where workers of zipdream measure the cells',
  },
  results: {
    text: '-o, --output <file>',
    help: 'JSONL, a line a cell; what is in it is not measured again',
  },
  retryFailed: { text: '--retry-failed', help: 'measure again what failed before' },
  linesJson: { text: '--json', help: 'a JSON object for each line of the table' },
  wide: { text: '--wide', help: 'every column, wider than 80' },
  csv: {
    text: '--csv',
    help: 'every column as CSV, an interval as two',
    excludes: ['linesJson', 'wide'],
  },
  page: {
    text: '-o, --output <file>',
    help: 'where to write the page, - for stdout',
    default: 'report.html',
  },
  title: { text: '--title <text>', help: 'its title (default: Which compressor imagines best?)' },
  force: { text: '--force', help: 'replace files that are there' },
  data: { text: '--data <folder>', help: 'text/, image/ and audio/ in chunks of 2048 bytes' },
  input: {
    text: '--input <file>',
    help: 'of fig3, figc1 and figc3: a picture, text or sound instead',
  },
  figureLimit: {
    text: '--limit <n>',
    help: 'chunks (sequences, samples) of each set at most',
    parse: integer('--limit', { min: 1 }),
  },
  folder: {
    text: '-o, --output <folder>',
    help: 'write JSON, Markdown, SVG; go on with cells.jsonl there',
  },
  figureJson: { text: '--json', help: 'the figure as JSON' },
  markdown: { text: '--markdown', help: 'the figure as Markdown', excludes: ['figureJson'] },
  queueToServe: {
    text: '--queue <url>',
    help: 'redis://HOST; a password in it, or in REDIS_URL',
  },
  programs: {
    text: '--programs',
    help: 'also cells of command: and onnx:, which run and open what is here',
  },
  arrayJson: { text: '--json', help: 'a JSON array' },
  port: {
    text: '--port <n>',
    help: 'port to serve on (default: one that is free)',
    parse: integer('--port', { min: 0, max: 65_535 }),
  },
  noOpen: { text: '--no-open', help: 'do not open a browser' },
});

export type FlagName = keyof typeof FLAGS & string;

function table<Names extends string>(flags: Record<Names, LooseFlag>): Record<Names, Flag> {
  return flags as unknown as Record<Names, Flag>;
}

/** A flag whose references to other flags are not checked yet; the whole table is the check. */
interface LooseFlag extends Omit<Flag, 'parse' | 'needs' | 'excludes'> {
  // biome-ignore lint/suspicious/noExplicitAny: what commander hands over depends on the flag.
  readonly parse?: (text: string, before: any) => unknown;
  readonly needs?: string | readonly string[];
  readonly excludes?: readonly string[];
}
