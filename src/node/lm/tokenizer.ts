// Reads the tokenizer.json of a model of tokens, by Hugging Face's package.

import { CompressorUnavailableError, UsageError } from '../../errors.js';
import { isRecord, type Json, readJson } from './json.js';
import { Vocabulary } from './vocabulary.js';

/**
 * Reads a tokenizer.json.
 *
 * @throws FileError if it cannot be read.
 * @throws UsageError if its tokens are not those of bytes.
 * @throws CompressorUnavailableError if the package to read it is missing.
 */
export async function openVocabulary(path: string): Promise<Vocabulary> {
  const json = await readJson(path);
  const { Tokenizer } = await loadTokenizers();
  const alphabet = alphabetOf(json);
  if (!alphabet) {
    throw new UsageError(`"${path}" is neither byte-level nor with ▁ for a space: cannot be bytes`);
  }
  const added = (Array.isArray(json.added_tokens) ? json.added_tokens : []).filter(isRecord);
  const isPiece = piecesOf(json);
  let vocabulary: Vocabulary;
  try {
    const tokenizer = new Tokenizer(losslessly(json, alphabet), {});
    const ids = (tokens: readonly Json[]): Set<number> =>
      new Set(tokens.map(({ id }) => Number(id)));
    vocabulary = new Vocabulary({
      tokens: tokenizer.get_vocab(),
      alphabet,
      special: ids(added.filter(({ special }) => special)),
      // An added token that is a piece too, as Gemma's runs of ▁, is written as pieces are.
      added: ids(added.filter(({ content }) => !isPiece(String(content)))),
      encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    });
  } catch (error) {
    throw new UsageError(`"${path}" is not a tokenizer that can be read`, { cause: error });
  }
  const missing = vocabulary.missingByte();
  if (missing !== undefined) {
    throw new UsageError(`"${path}" has no token for byte ${missing}: it cannot write every file`);
  }
  return vocabulary;
}

/** Tells the tokens of the model itself: names of an object, or heads of pairs (Unigram). */
function piecesOf({ model }: Json): (token: string) => boolean {
  const vocab = isRecord(model) ? model.vocab : undefined;
  if (!Array.isArray(vocab)) return (token) => isRecord(vocab) && Object.hasOwn(vocab, token);
  const pieces = new Set(vocab.map((pair) => (Array.isArray(pair) ? pair[0] : undefined)));
  return (token) => pieces.has(token);
}

async function loadTokenizers(): Promise<typeof import('@huggingface/tokenizers')> {
  try {
    return await import('@huggingface/tokenizers');
  } catch (error) {
    throw new CompressorUnavailableError(
      'language models of tokens need the package @huggingface/tokenizers',
      'npm install @huggingface/tokenizers',
      { cause: error },
    );
  }
}

/** How tokens are written, read off the parts that turn them into text and back. */
function alphabetOf(json: Json): 'byte-level' | 'sentencepiece' | undefined {
  const parts = JSON.stringify([json.normalizer, json.pre_tokenizer, json.decoder]);
  if (parts.includes('"ByteLevel"')) return 'byte-level';
  return parts.includes('▁') || parts.includes('"Metaspace"') ? 'sentencepiece' : undefined;
}

/** The tokenizer without what changes the text or finds special tokens in it. */
function losslessly(json: Json, alphabet: 'byte-level' | 'sentencepiece'): Json {
  const added = Array.isArray(json.added_tokens) ? json.added_tokens : [];
  const plain = {
    ...json,
    added_tokens: added.filter(({ special }) => !special),
    post_processor: null,
  };
  if (alphabet === 'sentencepiece') {
    const normalizer = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
    return { ...plain, normalizer, pre_tokenizer: null };
  }
  const unprefixed = JSON.stringify(json.pre_tokenizer ?? null, (key, value) =>
    key === 'add_prefix_space' ? false : value,
  );
  return { ...plain, normalizer: null, pre_tokenizer: JSON.parse(unprefixed) };
}
