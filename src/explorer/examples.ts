// Example texts: a corpus that is read first, and a prompt to continue.

import tale from '../../samples/text/tale.txt?raw';

interface Example {
  /** The label of its button. */
  readonly label: string;
  /** The text after "after reading". */
  readonly name: string;
  readonly prompt: string;
  readonly load: () => Promise<{ readonly default: string }>;
}

export const EXAMPLES = {
  tale: {
    label: 'tale',
    name: 'a fairy tale',
    prompt: 'Once upon a time the river said to the miller, ',
    // Bundled with the page, which shows it first.
    load: async () => ({ default: tale }),
  },
  program: {
    label: 'code',
    name: 'a program',
    prompt: 'function readList(tokens) {\n  ',
    load: () => import('../../samples/text/program.txt?raw'),
  },
  poem: {
    label: 'poem',
    name: 'a poem',
    prompt: 'This is the river,\n',
    load: () => import('../../samples/text/poem.txt?raw'),
  },
  table: {
    label: 'table',
    name: 'a table',
    prompt: '2023-03-28,00:00,',
    load: () => import('../../samples/text/table.csv?raw'),
  },
  maerchen: {
    label: 'German',
    name: 'a German fairy tale',
    prompt: 'Es war einmal ein Brunnen, der ',
    load: () => import('../../samples/text/maerchen.txt?raw'),
  },
} satisfies Readonly<Record<string, Example>>;

export type ExampleName = keyof typeof EXAMPLES;

export const EXAMPLE_NAMES = Object.keys(EXAMPLES) as ExampleName[];
