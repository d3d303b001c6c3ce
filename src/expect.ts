// Argument checks of the public API: `"title" expected X, got Y`, a TypeError for a wrong type and
// a RangeError for a wrong value.

/** Inclusive bounds, unless the name says otherwise. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Checks a number against bounds; Infinity passes if `max` does not forbid it, NaN never does. */
export function expectNumber(title: string, value: number, bounds: Bounds = {}): void {
  expectKind('number', title, value, bounds, (number) => !Number.isNaN(number));
}

/** Checks a safe integer against bounds. */
export function expectInteger(title: string, value: number, bounds: Bounds = {}): void {
  expectKind('integer', title, value, bounds, Number.isSafeInteger);
}

/**
 * Checks that a value is a Uint8Array: other arrays of numbers would fail later and less clearly.
 */
export function expectBytes(title: string, value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(`"${title}" expected Uint8Array, got ${typeName(value)}`);
  }
}

function expectKind(
  kind: string,
  title: string,
  value: number,
  { min = -Infinity, max = Infinity }: Bounds,
  isKind: (value: number) => boolean,
): void {
  const wanted = `"${title}" expected ${kind}${describe(min, max)}`;
  if (typeof value !== 'number') throw new TypeError(`${wanted}, got ${typeName(value)}`);
  if (!isKind(value) || value < min || value > max) {
    throw new RangeError(`${wanted}, got ${value}`);
  }
}

function describe(min: number, max: number): string {
  if (min !== -Infinity && max !== Infinity) return ` from ${min} to ${max}`;
  if (min !== -Infinity) return ` >= ${min}`;
  return max === Infinity ? '' : ` <= ${max}`;
}

function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
