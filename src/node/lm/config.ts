// What config.json, or the genai_config.json of onnxruntime-genai, says of a model.

import { UsageError } from '../../errors.js';
import { isRecord, type Json } from './json.js';

/** A field is undefined if the file does not contain it. */
export interface ModelConfig {
  /** The most tokens that the model can see at once. */
  readonly context?: number;
  /** The token before a text. */
  readonly start?: number;
  /** Symbols of the graph. */
  readonly vocabulary?: number;
  /** Heads of the keys and values, and numbers in each. */
  readonly heads?: number;
  readonly headWidth?: number;
  /** Tokens that some layers see at once. */
  readonly slidingWindow?: number;
}

/**
 * @param path of the file, for messages.
 * @throws UsageError if a value that must be a whole number is not one.
 */
export function readConfig(path: string, json: Json): ModelConfig {
  // Models of text and pictures keep the numbers of their text model in `text_config`.
  const parts = [json, json.text_config].filter(isRecord);
  return configOf(path, parts, {
    context: ['max_position_embeddings', 'n_positions', 'n_ctx'],
    start: ['bos_token_id', 'eos_token_id'],
    vocabulary: ['vocab_size'],
    heads: ['num_key_value_heads', 'num_attention_heads', 'n_head'],
    headWidth: ['head_dim'],
    slidingWindow: ['sliding_window', 'window_size'],
  });
}

/** As `readConfig`, of a genai_config.json. */
export function readGenaiConfig(path: string, json: Json): ModelConfig {
  const model = isRecord(json.model) ? json.model : {};
  return configOf(path, [model, model.decoder].filter(isRecord), {
    context: ['context_length'],
    start: ['bos_token_id', 'eos_token_id'],
    vocabulary: ['vocab_size'],
    heads: ['num_key_value_heads', 'num_attention_heads'],
    headWidth: ['head_size'],
    slidingWindow: [],
  });
}

/** The file that a genai_config.json names as the graph. */
export function genaiGraph(json: Json): string | undefined {
  const model = isRecord(json.model) ? json.model : {};
  const name = isRecord(model.decoder) ? model.decoder.filename : undefined;
  return typeof name === 'string' ? name : undefined;
}

function configOf(
  path: string,
  parts: readonly Json[],
  names: Readonly<Record<keyof ModelConfig, readonly string[]>>,
): ModelConfig {
  const found = Object.entries(names).map(([key, keys]) => [key, integerOf(path, parts, keys)]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** The value of the first name that is present; the first element if it is a list. */
function integerOf(
  path: string,
  parts: readonly Json[],
  names: readonly string[],
): number | undefined {
  for (const name of names) {
    for (const part of parts) {
      const value = Array.isArray(part[name]) ? part[name][0] : part[name];
      if (value === undefined || value === null) continue;
      if (Number.isInteger(value) && Number(value) >= 0) return Number(value);
      throw new UsageError(`"${path}" has a "${name}" that is no whole number`);
    }
  }
  return undefined;
}
