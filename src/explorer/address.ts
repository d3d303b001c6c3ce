// The part of the address behind `#`: which part of the page is shown, and the fields of its state.

export const TABS = ['text', 'picture', 'sound'] as const;
export type Tab = (typeof TABS)[number];

export interface Address {
  readonly tab: Tab;
  readonly fields: URLSearchParams;
}

/** @param hash as in `location.hash`; an unknown part means the texts. */
export function readAddress(hash: string): Address {
  const [name, query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  return { tab: TABS.find((tab) => tab === name) ?? 'text', fields: new URLSearchParams(query) };
}

export function writeAddress({ tab, fields }: Address): string {
  return `#${tab}?${fields}`;
}

interface Expected {
  readonly min: number;
  readonly max: number;
  /** The value of a field that is missing, not a number or out of bounds. */
  readonly otherwise: number;
}

export function numberField(
  fields: URLSearchParams,
  name: string,
  { min, max, otherwise }: Expected,
): number {
  const value = Number(fields.get(name) ?? Number.NaN);
  return value >= min && value <= max ? value : otherwise;
}

export function choiceField<T extends string>(
  fields: URLSearchParams,
  name: string,
  choices: readonly T[],
): T {
  return choices.find((choice) => choice === fields.get(name)) ?? choices[0]!;
}

/** Fields as an object, for a saved file; compressors become a list. */
export function settingsOf(fields: URLSearchParams): Record<string, unknown> {
  return { ...Object.fromEntries(fields), c: undefined, compressors: fields.getAll('c') };
}
