// The stores of a shared image (native/mixing/versions.ts): blocks of linear memory after the image,
// each with the contents of one version of the model. When there is no room, all move to the host,
// where unused ones are garbage-collected; others return when they are used.

import type { Image } from './image.js';

/** Size of a new store, and of the room for stores until some must move to the host, in bytes. */
const STORE_BYTES = 2 ** 17;
const ROOM_BYTES = 2 ** 26;
/** Limit on the growth of that room, in bytes. */
const MAX_ROOM_BYTES = 2 ** 30;

/** A part of a log: its address, its length, the number of the half in which it lies, and the layout. */
export interface LogPart {
  readonly at: number;
  readonly length: number;
  readonly half: number;
  readonly layout: object;
}

/** A block with the contents of one version. */
export interface Store {
  size: number;
  /** Address in linear memory, 0 if the contents are in `bytes`. */
  at: number;
  bytes: Uint8Array | undefined;
  /** The log that is open. */
  log: LogPart[] | undefined;
  /** Identity of the order of its lines, which logs depend on; a copy has the same. */
  layout: object;
  /** Bytes of logs that were exchanged with it since it was last copied. */
  exchanged: number;
}

/** The stores of an image. Each method that has a store as its result also activates it. */
export class Stores {
  readonly #image: Image;
  /** The stores in linear memory. */
  readonly #placed = new Set<Store>();
  /** Bounds of the room for stores, its first address never used, and free blocks by size. */
  #start: number;
  #end: number;
  #free: number;
  readonly #freed = new Map<number, number[]>();
  /** Bytes of stores that returned from the host since the room was full. */
  #returned = 0;

  /** @param start address after which memory is free. */
  constructor(image: Image, start: number) {
    this.#image = image;
    this.#start = this.#end = this.#free = start;
  }

  /** A store that equals the image, with the present state. */
  create(): Store {
    return this.#add(STORE_BYTES, {}, (at) => this.#image.run.startStore(at));
  }

  copy(store: Store): Store {
    return this.#add(store.size, store.layout, (at) => this.#write(at, store));
  }

  use(store: Store): Store {
    if (store.at === 0) {
      this.#returned += store.size;
      this.#move(store, store.size);
    }
    this.#image.run.useStore(store.at, store.log ? 1 : 0);
    return store;
  }

  /** Doubles the block of the active store. */
  grow(store: Store): void {
    const { run } = this.#image;
    run.saveState();
    this.#move(store, 2 * store.size);
    run.useStore(store.at, store.log ? 1 : 0);
    run.resume();
  }

  /** A copy of the contents. */
  read(store: Store): Uint8Array {
    return store.bytes ?? this.#image.read(store.at, this.#image.run.storeEnd(store.at));
  }

  #add(size: number, layout: object, write: (at: number) => void): Store {
    const at = this.#allocate(size);
    write(at);
    this.#image.run.indexStore(at, size);
    const store = { size, at, bytes: undefined, log: undefined, layout, exchanged: 0 };
    this.#placed.add(store);
    return store;
  }

  /** Moves a store to a block of a given size. */
  #move(store: Store, size: number): void {
    const at = this.#allocate(size);
    this.#write(at, store);
    if (store.at !== 0) this.#freed.get(store.size)!.push(store.at);
    store.at = at;
    store.size = size;
    store.bytes = undefined;
    this.#placed.add(store);
    this.#image.run.indexStore(at, size);
  }

  #write(at: number, store: Store): void {
    if (store.bytes) this.#image.write(at, store.bytes);
    else this.#image.run.copyStore(at, store.at);
  }

  /** Returns a free block. */
  #allocate(size: number): number {
    const freed = this.#freed.get(size)?.pop();
    if (freed !== undefined) return freed;
    if (!this.#freed.has(size)) this.#freed.set(size, []);
    if (this.#free + size > this.#end) this.#makeRoom(size);
    const at = this.#free;
    this.#free += size;
    return at;
  }

  /** Enlarges the room, or moves all stores to the host if that is large and few of them returned. */
  #makeRoom(size: number): void {
    const room = this.#end - this.#start;
    const isBusy = this.#returned > room / 2 && room < MAX_ROOM_BYTES;
    this.#returned = 0;
    if (room < Math.max(ROOM_BYTES, size) || isBusy) {
      this.#end = this.#start + Math.max(2 * room, 4 * size);
      this.#image.run.reserve(this.#end);
      return;
    }
    for (const store of this.#placed) {
      store.bytes = this.read(store);
      store.at = 0;
    }
    this.#placed.clear();
    for (const blocks of this.#freed.values()) blocks.length = 0;
    this.#free = this.#start;
  }
}
