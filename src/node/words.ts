// Splits a command line into words as a shell does, for quotes and backslashes only: no variables,
// patterns, pipes or redirections (POSIX.1-2017, Shell Command Language §2.2).

import { UsageError } from '../errors.js';

/**
 * The words of a command line, at least one.
 *
 * @throws UsageError for an unclosed quote, or if there is no word.
 */
export function splitWords(line: string): [string, ...string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote === "'") {
      if (c === quote) quote = '';
      else word += c;
    } else if (
      c === '\\' &&
      i + 1 < line.length &&
      (quote === '' || '"\\'.includes(line[i + 1]!))
    ) {
      word = (word ?? '') + line[++i];
    } else if (c === quote) {
      quote = '';
    } else if (quote === '' && (c === '"' || c === "'")) {
      quote = c;
      word ??= '';
    } else if (quote === '' && /\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== '') throw new UsageError(`the command ${line} has an unclosed ${quote}`);
  if (word !== undefined) words.push(word);
  const [program, ...rest] = words;
  if (!program) throw new UsageError('the command names no program');
  return [program, ...rest];
}
