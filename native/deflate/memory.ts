// Accessors of i32 arrays at fixed addresses, indexed in elements. Fixed addresses are the fastest
// and need no runtime. Each module reserves its arrays with `memory.data`.

// @ts-ignore: decorator
@inline
export function get(array: usize, i: i32): i32 {
  return load<i32>(array + ((<usize>i) << 2));
}

// @ts-ignore: decorator
@inline
export function set(array: usize, i: i32, value: i32): void {
  store<i32>(array + ((<usize>i) << 2), value);
}

// @ts-ignore: decorator
@inline
export function add(array: usize, i: i32, value: i32): void {
  set(array, i, get(array, i) + value);
}

/** Copies the blocks of 16 bytes that hold the first `bytes` bytes; for few, faster than `memory.copy`. */
// @ts-ignore: decorator
@inline
export function copyBlocks(target: usize, source: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(target + at, v128.load(source + at));
}
