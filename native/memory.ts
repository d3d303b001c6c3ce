// Linear memory whose contents are the whole state of a model, so that a copy of it is a fork.

/** Most bytes by which linear memory grows in one step, beside those that are needed. */
const MAX_STEP: usize = 1 << 25;

/** Throws an error in the host. */
// @ts-ignore: decorator
@external("memory", "refuse")
declare function refuse(): void;

let free: usize = (__heap_base + 15) & ~15;

/** Reserves zeroed memory, which is never freed. Throws if there is none. */
export function allocate(bytes: usize): usize {
  const at = free;
  if (bytes > ~at) refuse();
  extendTo(at + bytes);
  free = (free + 15) & ~15;
  return at;
}

/** Extends what was reserved last up to `end`. */
export function extendTo(end: usize): void {
  growTo(end);
  free = end;
}

/** Makes linear memory reach up to `end`, in large steps, because the host takes long for each. */
export function growTo(end: usize): void {
  if (end > <usize>memory.size() << 16) reserve(end + min(min(end, MAX_STEP), ~end));
}

/** Makes linear memory reach up to `end`; throws if it cannot. */
export function reserve(end: usize): void {
  const pages = <i32>((end - 1) >> 16) + 1;
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) refuse();
}

/** Size of the memory in use. */
export function used(): usize {
  return free;
}

/** Continues with memory of that size, which the host copied from another instance. */
export function resume(size: usize): void {
  free = size;
}
