// Options as data: one table of specifications serves spec strings (`gzip:level=9`), checks and
// --help.

import { nearestName, UsageError } from './errors.js';

/** A checked value of one option. */
export type OptionValue = number | string;

/** Checked values of all options of a compressor, by key. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** Specification of one option of a compressor; flags, `--help` and checks are derived from it. */
export type OptionSpec =
  | {
      /** An integer. */
      readonly type: 'integer';
      /** Smallest allowed value. */
      readonly min: number;
      /** Largest allowed value. */
      readonly max: number;
      /** Default value; if there is none, the compressor chooses one. */
      readonly default?: number;
      /** One-line description. */
      readonly summary: string;
    }
  | {
      /** One of a fixed set of words. */
      readonly type: 'choice';
      /** The allowed words. */
      readonly choices: readonly string[];
      /** Default value. */
      readonly default: string;
      /** One-line description. */
      readonly summary: string;
    }
  | {
      /** A required text without commas, such as a file name. */
      readonly type: 'text';
      /** One-line description. */
      readonly summary: string;
    }
  | {
      /** Everything after the colon of a spec, including commas; it must be the only option. */
      readonly type: 'rest';
      /** One-line description. */
      readonly summary: string;
    }
  | {
      /** Required specs joined by `+`, before all other options; see specs.ts. */
      readonly type: 'specs';
      /** One-line description. */
      readonly summary: string;
    }
  | {
      /** Numbers separated by commas, kept as written; empty by default. */
      readonly type: 'numbers';
      /** One-line description. */
      readonly summary: string;
    };

/** An option whose value is an integer. */
export type IntegerOption = Extract<
  OptionSpec,
  {
    /** An integer. */
    readonly type: 'integer';
  }
>;

/** The options of a compressor, by key. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Option values as given from code: all are optional except texts. */
export type OptionsOf<Specs extends OptionSpecs> = {
  readonly [Key in keyof Specs as Specs[Key]['type'] extends 'text' | 'rest' ? Key : never]: string;
} & {
  readonly [Key in keyof Specs as Specs[Key]['type'] extends 'text' | 'rest'
    ? never
    : Key]?: Specs[Key] extends IntegerOption
    ? number
    : Specs[Key] extends {
          /** The allowed words. */
          readonly choices: readonly (infer Choice)[];
        }
      ? Choice
      : string | number;
};

/** A compressor's name and its options as written, not yet checked. */
export interface ParsedSpec {
  readonly name: string;
  readonly text: string;
}

/** Splits `gzip:level=9` into its name and the text after the colon. */
export function splitSpec(spec: string): ParsedSpec {
  const colon = spec.indexOf(':');
  if (colon < 0) return { name: spec.trim(), text: '' };
  return { name: spec.slice(0, colon).trim(), text: spec.slice(colon + 1) };
}

/** The spec with one more option at its end, as written: `wrap=0`. */
export function withOption(spec: string, option: string): string {
  const { name, text } = splitSpec(spec);
  return `${name}:${text}${text === '' ? '' : ','}${option}`;
}

/**
 * Parses and checks the options after the colon of a spec; missing ones get their defaults.
 *
 * @throws UsageError for an unknown option or a value out of range.
 */
export function parseOptions(owner: string, specs: OptionSpecs, text: string): OptionValues {
  const rest = Object.entries(specs).find(([, spec]) => spec.type === 'rest');
  if (rest) {
    const [key] = rest;
    if (text.trim() === '')
      throw new UsageError(`"${owner}" expected ${owner}:${key.toUpperCase()}`);
    return { [key]: text.trim() };
  }
  const given: Record<string, OptionValue> = {};
  const [members] = Object.entries(specs).find(([, spec]) => spec.type === 'specs') ?? [];
  const parts = members === undefined ? text.split(',') : splitOutside(text, ',');
  if (members !== undefined) given[members] = parts.shift()!.trim();
  let last = '';
  for (const part of parts) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    if (equals < 0 && Object.hasOwn(specs, last) && specs[last]!.type === 'numbers') {
      given[last] += `,${part.trim()}`;
      continue;
    }
    last = (equals < 0 ? part : part.slice(0, equals)).trim();
    given[last] = equals < 0 ? '' : part.slice(equals + 1).trim();
  }
  return checkOptions(owner, specs, given);
}

/**
 * Checks option values, from a spec string or from code, and adds the defaults.
 *
 * @throws UsageError for an unknown option or a value out of range.
 */
export function checkOptions(owner: string, specs: OptionSpecs, given: OptionValues): OptionValues {
  const values: Record<string, OptionValue> = {};
  for (const [key, spec] of Object.entries(specs)) {
    if ('default' in spec && spec.default !== undefined) values[key] = spec.default;
  }
  for (const [key, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, key) ? specs[key] : undefined;
    if (!spec) throw new UsageError(unknownOption(owner, key, Object.keys(specs)));
    if (spec.type === 'rest' || spec.type === 'text' || spec.type === 'specs') {
      values[key] = String(value);
      continue;
    }
    if (spec.type === 'numbers') {
      const numbers = String(value).split(',');
      const wrong = numbers.find((one) => one.trim() === '' || !Number.isFinite(Number(one)));
      if (wrong !== undefined) {
        throw new UsageError(
          `"${owner}:${key}" expected numbers, got ${wrong.trim() === '' ? 'nothing' : wrong}`,
        );
      }
      values[key] = String(value);
      continue;
    }
    if (spec.type === 'choice') {
      if (!spec.choices.includes(String(value))) {
        throw new UsageError(
          `"${owner}:${key}" expected ${spec.choices.join(' or ')}, got ${value === '' ? 'nothing' : value}`,
        );
      }
      values[key] = String(value);
      continue;
    }
    const number = typeof value === 'string' && value === '' ? Number.NaN : Number(value);
    if (!Number.isInteger(number) || number < spec.min || number > spec.max) {
      throw new UsageError(
        `"${owner}:${key}" expected integer from ${spec.min} to ${spec.max}, got ${value === '' ? 'nothing' : value}`,
      );
    }
    values[key] = number;
  }
  for (const [key, { type }] of Object.entries(specs)) {
    if (type === 'text' && !values[key]) {
      throw new UsageError(`"${owner}" expected ${owner}:${key}=${key.toUpperCase()}`);
    }
    if (type === 'specs' && !values[key]) {
      throw new UsageError(
        `"${owner}" expected specs joined by "+", for example ${owner}:gzip+ppm`,
      );
    }
  }
  return values;
}

function unknownOption(owner: string, key: string, known: string[]): string {
  const nearest = nearestName(key, known);
  if (nearest) return `unknown option "${key}" of ${owner}; did you mean "${nearest}"?`;
  if (known.length === 0) return `unknown option "${key}": ${owner} takes no options`;
  return `unknown option "${key}" of ${owner}; it takes ${known.join(', ')}`;
}

/**
 * Splits a text at separators outside brackets, and outside JSON strings at the start of a part.
 *
 * @throws UsageError for unbalanced brackets or quotes.
 */
export function splitOutside(text: string, separator: ',' | '+'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"' && depth === 0 && /(^|[+,:])\s*$/.test(text.slice(start, i))) {
      i = endOfString(text, i);
    } else if (c === '[') {
      depth++;
    } else if (c === ']') {
      if (--depth < 0) throw new UsageError(`"${text}" has a "]" without "["`);
    } else if (c === separator && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  if (depth > 0) throw new UsageError(`"${text}" has a "[" without "]"`);
  return [...parts, text.slice(start)];
}

/** The end of the JSON string that starts at `from`. */
function endOfString(text: string, from: number): number {
  const [string] = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(from)) ?? [];
  if (string === undefined) throw new UsageError(`"${text}" has an unclosed quote`);
  return from + string.length - 1;
}
