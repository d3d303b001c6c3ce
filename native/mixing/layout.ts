// Where everything lies. Below IMAGE are constants, the small state and scratch; from there on the
// image of what a model has learnt: it can be shared by forks (versions.ts).

/** Contexts that have bit histories. */
export const CONTEXTS: usize = 24;
/** Contexts, this one and those behind it, of which whole bytes are remembered too. */
export const RUN_CONTEXT: usize = 2;
export const RUNS: usize = 8;
/** Inputs of a mixer: three of each context, those of the match model, a constant, and of runs. */
export const MATCH_INPUT: usize = 3 * CONTEXTS;
export const RUN_INPUT: usize = MATCH_INPUT + 4;
export const WIDTH: usize = 3 * CONTEXTS + 16;
export const ROW: usize = 4 * WIDTH;
/** Sets of weights of the first layer, and rows of each. */
export const SETS: usize = 8;
export const SET_ROWS: usize = 2048;
/** Sets of the second layer, and rows of each. */
export const FINALS: usize = 3;
export const FINAL_ROWS: usize = 2048;
export const FINAL_ROW: usize = 4 * SETS;
/** Refinements of the end, and rows of each. */
export const APMS: usize = 3;
export const APM_ROWS: usize = 1 << 13;
export const APM_ROW: usize = 4 * 32;

export const BUCKET: usize = 64;
export const SLOT: usize = 16;

export const MAPS: usize = 0;
export const MATCH_MAP: usize = MAPS + CONTEXTS * 256 * 4;
export const RUN_MAP: usize = MATCH_MAP + 4 * 256;
export const WEIGHTS: usize = RUN_MAP + 4 * 64 * RUNS;
export const FINAL_WEIGHTS: usize = WEIGHTS + SETS * SET_ROWS * ROW;
export const APM: usize = FINAL_WEIGHTS + FINALS * FINAL_ROWS * FINAL_ROW;
export const FOLLOWERS: usize = APM + APMS * APM_ROWS * APM_ROW;
export const BYTES: usize = FOLLOWERS + 2 * 4096;
/** Lines of the parts where single cells are looked up. */
export const LINE: usize = 16;
