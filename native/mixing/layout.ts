// Memory layout of the mixing model: sizes, and offsets within the image, in bytes. Constants, the
// small state and scratch arrays lie below the image. The image holds the trained state, which forks
// can share (versions.ts).

/** Size of the state outside the image. */
export const STATE_BYTES: usize = 128 + 512;

/** Number of contexts with bit histories. */
export const CONTEXTS: usize = 18;
/** First context with a run model, and number of such contexts. */
export const RUN_CONTEXT: usize = 2;
export const RUNS: usize = 8;
/** Number of predictions in the chain. */
export const CHAIN: usize = 6;
/**
 * Inputs of a mixer: per context a logit, and again where its history is of equal bits; two of the
 * match model, a constant, one per run model, those of the chain, that of the guest. Two before the
 * second group stay 0.
 */
export const EQUAL_INPUT: usize = CONTEXTS + 2;
export const MATCH_INPUT: usize = EQUAL_INPUT + CONTEXTS;
export const RUN_INPUT: usize = MATCH_INPUT + 3;
export const CHAIN_INPUT: usize = RUN_INPUT + RUNS;
export const GUEST_INPUT: usize = CHAIN_INPUT + CHAIN;
export const WIDTH: usize = GUEST_INPUT + 1;
export const ROW: usize = 4 * WIDTH;
/** Weight sets of the first layer, and rows of each. */
export const SETS: usize = 8;
export const SET_ROWS: usize = 2048;
/** Weight sets of the second layer, and rows of each. */
export const FINALS: usize = 3;
export const FINAL_ROWS: usize = 2048;
export const FINAL_ROW: usize = 4 * SETS;
/** Final refinement stages (adaptive probability maps), and rows of each. */
export const APMS: usize = 4;
export const APM_ROWS: usize = 1 << 13;
export const APM_ROW: usize = 4 * 32;

export const BUCKET: usize = 64;
export const SLOT: usize = 16;

export const MAPS: usize = 0;
export const MATCH_MAP: usize = MAPS + CONTEXTS * 256 * 4;
export const RUN_MAP: usize = MATCH_MAP + 4 * 256;
export const CHAIN_MAP: usize = RUN_MAP + 4 * 64 * RUNS;
export const WEIGHTS: usize = CHAIN_MAP + CHAIN * 256 * 8;
/** Size of the maps, which lie before the weights. */
export const MAPS_BYTES: usize = WEIGHTS - MAPS;
export const FINAL_WEIGHTS: usize = WEIGHTS + SETS * SET_ROWS * ROW;
export const APM: usize = FINAL_WEIGHTS + FINALS * FINAL_ROWS * FINAL_ROW;
export const BYTES: usize = APM + APMS * APM_ROWS * APM_ROW;
/** Line size in the parts of the image that are read by single cells. */
export const LINE: usize = 16;
