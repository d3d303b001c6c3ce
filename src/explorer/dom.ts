// Elements made in code, so that no markup is ever parsed from a string.

type Child = Node | string | undefined;

/** Properties by name, and attributes by name: those with a dash, `role` and `for`. */
export type Properties = Readonly<Record<string, unknown>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (/-|^(role|for)$/.test(name)) element.setAttribute(name, String(value));
    else (element as unknown as Record<string, unknown>)[name] = value;
  }
  for (const child of children) if (child !== undefined) element.append(child);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

let lastId = 0;

/** A unique id. */
export function freshId(stem: string): string {
  return `${stem}-${++lastId}`;
}

/** The element of index.html with this id. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Callbacks from a part of the page to the rest of it. */
export interface PageEvents {
  /** Called when the address must be updated. */
  readonly onChange: () => void;
  /** Shows a message; an empty one removes it. */
  readonly warn: (text: string) => void;
  /** Announces a message to screen readers. */
  readonly say: (text: string) => void;
}
