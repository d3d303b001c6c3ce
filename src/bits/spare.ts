// Instances of WebAssembly modules that no model uses any more.

/** Limit on the linear memory of an instance that is kept, in bytes. */
const MAX_BYTES = 2 ** 26;

/**
 * Keeps one unused instance for the next model. The system maps fresh memory page by page, which
 * takes longer than to clear it, and as long as to learn a short message.
 */
export class Spare<Instance> {
  #kept: Instance | undefined;

  /** The instance that was left last, which is not kept any longer. */
  take(): Instance | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept;
  }

  /** Leaves an instance with that much memory in use, unless that is too much to keep. */
  leave(instance: Instance, bytes: number): void {
    if (bytes <= MAX_BYTES) this.#kept = instance;
  }
}
