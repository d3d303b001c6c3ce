// Published results of the paper (Delétang et al. 2024), for comparison.

/** Rates in percent on enwik9, ImageNet, LibriSpeech and random bytes. */
export type Rates = readonly [text: number, image: number, audio: number, random: number];

/** Table 1: raw rates of whole sets, by the names of zipdream's rows. */
export const TABLE1_WHOLE: Readonly<Record<string, Rates>> = {
  gzip: [32.3, 70.7, 36.4, 100.0],
  LZMA2: [23.0, 57.9, 29.9, 100.0],
  PNG: [42.9, 58.5, 32.2, 100.0],
  FLAC: [89.5, 61.9, 30.9, 107.8],
};

/** Table 1: raw rates of chunks of 2048 bytes; rows that only the paper has come last. */
export const TABLE1_CHUNKED: Readonly<Record<string, Rates>> = {
  gzip: [48.1, 68.6, 38.5, 100.1],
  LZMA2: [50.0, 62.4, 38.2, 100.0],
  PNG: [80.6, 61.7, 37.6, 103.2],
  FLAC: [88.9, 60.9, 30.3, 107.2],
  'Transformer 200K': [30.9, 194.0, 146.6, 195.5],
  'Transformer 800K': [21.7, 185.1, 131.1, 200.1],
  'Transformer 3.2M': [17.0, 215.8, 228.2, 224.0],
  'Llama 2 7B': [8.9, 53.4, 23.1, 103.2],
  'Chinchilla 1B': [11.3, 62.2, 24.9, 108.8],
  'Chinchilla 7B': [10.2, 54.7, 23.6, 101.6],
  'Chinchilla 70B': [8.3, 48.0, 21.0, 100.8],
};

/** Table 2: raw rates in percent on enwik9 by tokenizer and model size. */
export const TABLE2: readonly (readonly [tokenizer: string, Readonly<Record<string, number>>])[] = [
  ['bytes', { '200K': 22.9, '6.4M': 13.6, '38M': 6.4 }],
  ['BPE 1K', { '200K': 25.4, '6.4M': 14.8, '38M': 6.9 }],
  ['BPE 2K', { '200K': 25.6, '6.4M': 15.7, '38M': 7.4 }],
  ['BPE 5K', { '200K': 23.1, '6.4M': 17.1, '38M': 8.7 }],
  ['BPE 10K', { '200K': 21.3, '6.4M': 17.0, '38M': 8.9 }],
  ['BPE 20K', { '200K': 19.3, '6.4M': 16.4, '38M': 9.0 }],
];
