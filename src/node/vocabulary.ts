// Reads vocabularies from files: one word per line, or a Hugging Face tokenizer.json, whose pieces
// are converted back to the bytes they represent.

import { FileError, readInput } from './files.js';

/**
 * The distinct, non-empty candidates of a vocabulary file, in file order: the lines of a text, byte
 * for byte; for a file that starts with `{`, the tokens of a tokenizer.json except those that
 * represent no text.
 *
 * @throws FileError if it cannot be read, is not a valid tokenizer.json, or has no words.
 */
export async function readVocabulary(path: string): Promise<readonly Uint8Array[]> {
  const data = await readInput(path);
  const words = data[0] === 0x7b ? tokensOf(path, data) : linesOf(data);
  const distinct = new Map<string, Uint8Array>();
  for (const word of words) {
    if (word.length > 0) distinct.set(Buffer.from(word).toString('latin1'), word);
  }
  if (distinct.size === 0) throw new FileError(`"${path}" has no words`);
  return [...distinct.values()];
}

function* linesOf(data: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < data.length; ) {
    const newline = data.indexOf(0x0a, from);
    const to = newline < 0 ? data.length : newline;
    yield data.slice(from, data[to - 1] === 0x0d && to > from ? to - 1 : to);
    from = to + 1;
  }
}

type Json = Readonly<Record<string, unknown>>;

function tokensOf(path: string, data: Uint8Array): Uint8Array[] {
  let file: Json;
  try {
    file = JSON.parse(new TextDecoder().decode(data));
  } catch (error) {
    const message = `"${path}" starts like a tokenizer.json, but is not valid JSON`;
    throw new FileError(message, { cause: error });
  }
  const model = (isObject(file.model) ? file.model : file) as Json;
  const pieces = piecesOf(model.vocab);
  if (!pieces) throw new FileError(`"${path}" has no model.vocab, so it is not a tokenizer.json`);
  const added = Array.isArray(file.added_tokens) ? file.added_tokens.filter(isObject) : [];
  const special = new Set(added.filter((token) => token.special).map((token) => token.content));
  const decode = decoderOf(file, model);
  return pieces.filter((piece) => !special.has(piece)).map(decode);
}

/** The pieces: the keys of an object (BPE, WordPiece) or the first elements of pairs (Unigram). */
function piecesOf(vocab: unknown): string[] | undefined {
  if (isObject(vocab)) return Object.keys(vocab);
  if (!Array.isArray(vocab)) return undefined;
  return vocab.map((pair) => (Array.isArray(pair) ? String(pair[0]) : ''));
}

const encoder = new TextEncoder();

/** The decoder of pieces to bytes. */
function decoderOf(file: Json, model: Json): (piece: string) => Uint8Array {
  if (mentions(file.decoder, 'ByteLevel') || mentions(file.pre_tokenizer, 'ByteLevel')) {
    const bytes = byteLevelAlphabet();
    // A character outside the alphabet belongs to an added token, which is plain text.
    return (piece) =>
      Uint8Array.from([...piece].flatMap((c) => bytes.get(c) ?? [...encoder.encode(c)]));
  }
  if (model.type === 'WordPiece') {
    const prefix = String(model.continuing_subword_prefix ?? '##');
    const isInner = (piece: string): boolean => prefix !== '' && piece.startsWith(prefix);
    return (piece) => encoder.encode(isInner(piece) ? piece.slice(prefix.length) : ` ${piece}`);
  }
  // SentencePiece: ▁ is a space, and <0x0A> the byte.
  return (piece) => {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(piece);
    if (byte) return Uint8Array.of(Number.parseInt(byte[1]!, 16));
    return encoder.encode(piece.replaceAll('\u2581', ' '));
  };
}

/**
 * True if a part of a tokenizer has this type, or is a sequence that contains one with this type.
 */
function mentions(part: unknown, type: string): boolean {
  if (Array.isArray(part)) return part.some((inner) => mentions(inner, type));
  if (!isObject(part)) return false;
  return part.type === type || mentions(part.decoders, type) || mentions(part.pretokenizers, type);
}

/**
 * GPT-2's alphabet: printable bytes represent themselves, the others are U+0100 and up, in order.
 */
function byteLevelAlphabet(): ReadonlyMap<string, number> {
  const alphabet = new Map<string, number>();
  let above = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const prints = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    alphabet.set(String.fromCodePoint(prints ? byte : above++), byte);
  }
  return alphabet;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
