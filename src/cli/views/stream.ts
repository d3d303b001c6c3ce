// The three forms of output of `sample` for text: on a screen, as exact bytes, and as JSON lines.
// Each is a view that gets one drawing step at a time.

import type { Drawn } from '../../passage/drawers.js';
import type { Sink } from '../output.js';
import { heatLegend, type Palette } from './colour.js';
import { Screen } from './screen.js';

/** Shows samples one after another; `end` is called once, after the last. */
export interface View {
  /** Begins sample `index` (from 0) of `samples`. */
  begin(index: number, samples: number): void;
  /** Shows one drawing step; its first byte is at `index` of the sample. */
  drawn(step: Drawn, index: number): void;
  end(): void;
}

/** For a terminal: the dimmed prompt, then what is drawn. */
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
    drawn(step) {
      if (step.kind === 'token') return screen.token(step.token);
      for (const byte of step.bytes) screen.byte(byte, step.bits / step.bytes.length);
    },
    end() {
      screen.end();
      if (heat && palette.depth !== 'none') sink.write(`${heatLegend(palette)}\n`);
    },
  };
}

const FIRST_PROMPT_LINES = 10;
const LATER_PROMPT_LINES = 2;

/**
 * For pipes and files: the continuation alone, byte for byte.
 *
 * @param brackets true to enclose all tokens but literals in brackets.
 */
export function rawView(sink: Sink, brackets: boolean): View {
  return {
    begin(index) {
      if (index > 0) sink.write('\n\n');
    },
    drawn(step) {
      const marked = brackets && step.kind === 'token' && step.token.kind !== 'literal';
      if (marked) sink.write('[');
      sink.write(step.bytes);
      if (marked) sink.write(']');
    },
    end() {},
  };
}

/** One line of JSON for each byte, token, span or word. */
export function jsonView(sink: Sink): View {
  let sample: { readonly sample?: number } = {};
  return {
    begin(index, samples) {
      if (samples > 1) sample = { sample: index };
    },
    drawn(step, index) {
      sink.write(`${JSON.stringify({ ...sample, index, ...recordOf(step) })}\n`);
    },
    end() {},
  };
}

function recordOf(step: Drawn): object {
  const { bits } = step;
  const bytes = Array.from(step.bytes);
  if (step.kind === 'byte') return { byte: bytes[0], bits, probability: step.probability };
  if (step.kind === 'token') {
    const { kind: token, distance } = step.token;
    return { token, length: bytes.length, distance, bits, bytes };
  }
  if (step.kind === 'span') return { ...step.span, bytes };
  if (step.kind === 'word') {
    return { choice: step.choice, bytes, bits, probability: step.probability };
  }
  return { bytes };
}
