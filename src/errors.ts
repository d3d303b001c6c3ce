// The errors that callers may want to catch, and how to suggest the name that was meant.

/** A binary, package or model file is missing; `hint` says how to get it. */
export class CompressorUnavailableError extends Error {
  /** What to install or where to put it: a sentence without its final full stop. */
  readonly hint: string;
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CompressorUnavailableError';
    this.hint = hint;
  }
}

/** Compressed data that no encoder could have written, or that are truncated. */
export class CorruptDataError extends Error {
  /** Position of the problem in the input, in bytes. */
  readonly offset: number;
  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(`${message} at byte ${offset}`, options);
    this.name = 'CorruptDataError';
    this.offset = offset;
  }
}

/** A valid request that cannot be fulfilled; the message is one line for the user to read. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** The name closest to `wrong`, if within edit distance 2, which suggests a typing error. */
export function nearestName(wrong: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const name of names) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance && distance < name.length) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Insertions, deletions, replacements and transpositions of adjacent characters (optimal string
 * alignment).
 */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let d = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        d = Math.min(d, before[j - 2]! + 1);
      }
      row.push(d);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
