// Linear memory whose contents are the whole state of a model, so that a copy of it is a fork.

/** Most bytes by which linear memory grows in one step, beside those that are needed. */
const MAX_STEP: usize = 1 << 25;

let free: usize = (__heap_base + 15) & ~15;

/** Reserves zeroed memory, which is never freed. Traps if there is none. */
export function allocate(bytes: usize): usize {
  const at = free;
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
  if (end > <usize>memory.size() << 16) reserve(end + min(end, MAX_STEP));
}

/** Makes linear memory reach up to `end`; traps if it cannot. */
export function reserve(end: usize): void {
  const pages = <i32>((end + 0xffff) >> 16);
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) unreachable();
}

/** Size of the memory in use. */
export function used(): usize {
  return free;
}

/** Continues with memory of that size, which the host copied from another instance. */
export function resume(size: usize): void {
  free = size;
}
