// The three forms in which `sample` shows what it draws: on a screen, as exact bytes, as JSON lines.

import type { ChoiceStep } from '../sampling/choices.js';
import type { Step } from '../sampling/generate.js';
import type { SpanStep } from '../sampling/spans.js';
import type { TokenStep } from '../sampling/tokens.js';
import { heatLegend, type Palette } from './colour.js';
import type { Sink } from './output.js';
import { Screen } from './screen.js';

/** Shows samples one after the other; `end` comes once, after the last. */
export interface View {
  /** Begins sample `index`, from 0, of `samples`. */
  begin(index: number, samples: number): void;
  byte(step: Step): void;
  token(step: TokenStep): void;
  /** Several bytes that were drawn at once. */
  piece(step: SpanStep | ChoiceStep): void;
  end(): void;
}

/** For people: prompt dimmed, then what was drawn. */
export function screenView(
  sink: Sink,
  { palette, heat, prompt }: { palette: Palette; heat: boolean; prompt: Uint8Array },
): View {
  const screen = new Screen({ palette, heat, write: (text) => sink.write(text) });
  return {
    begin(index, samples) {
      if (samples > 1) screen.notice(`── ${index + 1} of ${samples} ${'─'.repeat(40)}`);
      screen.given(prompt, index === 0 ? FIRST_PROMPT_LINES : LATER_PROMPT_LINES);
    },
    byte: (step) => screen.byte(step.byte, step.bits),
    token: (step) => screen.token(step.token),
    piece({ bytes, bits }) {
      for (const byte of bytes) screen.byte(byte, bits / bytes.length);
    },
    end() {
      screen.end();
      if (heat && palette.depth !== 'none') sink.write(`${heatLegend(palette)}\n`);
    },
  };
}

const FIRST_PROMPT_LINES = 10;
const LATER_PROMPT_LINES = 2;

/** For programs: the continuation alone, byte for byte; tokens but literals in brackets. */
export function rawView(sink: Sink): View {
  return {
    begin(index) {
      if (index > 0) sink.write('\n\n');
    },
    byte: ({ byte }) => sink.write(Uint8Array.of(byte)),
    token({ token }) {
      if (token.kind !== 'literal') sink.write('[');
      sink.write(token.bytes);
      if (token.kind !== 'literal') sink.write(']');
    },
    piece: ({ bytes }) => sink.write(bytes),
    end() {},
  };
}

/** One JSON object a line for each byte, token, span or word. */
export function jsonView(sink: Sink): View {
  let sample: { readonly sample?: number } = {};
  const line = (value: object): void => sink.write(`${JSON.stringify(value)}\n`);
  return {
    begin(index, samples) {
      if (samples > 1) sample = { sample: index };
    },
    byte: ({ index, byte, bits, probability }) =>
      line({ ...sample, index, byte, bits, probability }),
    token: ({ index, token: { kind, bytes, distance, bits } }) =>
      line({
        ...sample,
        index,
        token: kind,
        length: bytes.length,
        distance,
        bits,
        bytes: Array.from(bytes),
      }),
    piece: (step) => line({ ...sample, ...step, bytes: Array.from(step.bytes) }),
    end() {},
  };
}
