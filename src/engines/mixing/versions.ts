// The versions of a model: the states of its forks, which share one image. What differs from the
// image is kept in stores (native/mixing/versions.ts). A store has the contents of one version. Other
// versions near it are kept as logs of what differs from their neighbour, which are exchanged with the
// contents of the store on the way to such a version (Baker 1978, "Shallow binding in Lisp 1.5").
// Logs lie on the host, where they are garbage-collected with the version. Stores lie in linear memory
// after the image, and are moved to the host when there is no room.

import type { Image } from './image.js';

/** Sizes of a new store, and of the room for stores until some must move to the host, in bytes. */
const STORE_BYTES = 2 ** 17;
const ROOM_BYTES = 2 ** 25;
/** Limit on the growth of that room, in bytes. */
const MAX_ROOM_BYTES = 2 ** 30;
/** A version gets a copy of its store when more than this many times its size has been exchanged. */
const EXCHANGE_SHARE = 1;
/** A fork starts a new store when the logs behind it exceed this many times the size of its store. */
const LOG_SHARE = 4;
/** A store that exceeds this share of the image's size, and this many bytes, becomes an image. */
const FLATTEN_SHARE = 1 / 4;
const FLATTEN_MIN_BYTES = 2 ** 21;

/** A block with the contents of one version. */
interface Store {
  size: number;
  /** Address in linear memory, 0 if the contents are in `bytes`. */
  at: number;
  bytes: Uint8Array | undefined;
  /** The version to which the open log belongs. */
  logged: Version | undefined;
  /** Bytes of logs exchanged since a version left with a copy. */
  exchanged: number;
}

/** A state of a model. Equal to the image if it has neither a store nor a neighbour. */
export interface Version {
  /** The model state outside the image, unless this version is active and changing. */
  state: Uint8Array | undefined;
  /** Whether it may not change, because it has been forked or others are relative to it. */
  isFrozen: boolean;
  store: Store | undefined;
  /** The version from which this one differs by the logs. */
  next: Version | undefined;
  logs: Uint8Array[];
  /** Bytes of logs of the versions before this one in its store. */
  depth: number;
}

const createVersion = (store?: Store, depth = 0): Version => ({
  state: undefined,
  isFrozen: false,
  store,
  next: undefined,
  logs: [],
  depth,
});

/** The versions that share an image; one of them is active. */
export class Versions {
  readonly image: Image;
  #active: Version = createVersion();
  /** The stores in linear memory. */
  readonly #placed = new Set<Store>();
  /** Bounds of the room for stores, its first address never used, and free blocks by size. */
  #start = 0;
  #end = 0;
  #free = 0;
  readonly #freed = new Map<number, number[]>();
  /** Bytes of stores that moved back from the host since the room was full. */
  #returned = 0;

  constructor(image: Image) {
    this.image = image;
  }

  get active(): Version {
    return this.#active;
  }

  /** Makes a version active and returns it, or an equal one that takes its place. */
  activate(version: Version): Version {
    if (version === this.#active) return version;
    this.#suspend();
    const path: Version[] = [];
    let end = version;
    for (; end.next; end = end.next) path.push(end);
    const { store } = end;
    if (!store) {
      this.image.run.useStore(0, 0);
    } else if (path.length === 0) {
      this.#load(store);
    } else {
      for (const { logs } of path) for (const log of logs) store.exchanged += log.length;
      if (store.exchanged > EXCHANGE_SHARE * store.size) {
        store.exchanged = 0;
        return this.#resume(this.#copy(version, store, path));
      }
      this.#load(store);
      this.#exchange(store, path, end);
    }
    return this.#resume(version);
  }

  /** Freezes a version, so that models can share it; returns it or an equal one. */
  freeze(version: Version): Version {
    let frozen = version;
    if (version.store && version.depth > LOG_SHARE * version.store.size) {
      this.activate(version);
      this.#suspend();
      frozen = this.#resume(this.#copy(version, version.store, []));
    }
    frozen.isFrozen = true;
    return frozen;
  }

  /** Activates a new version equal to the active, frozen one. */
  derive(): Version {
    this.#suspend();
    const from = this.#active;
    const { store } = from;
    const version = createVersion(store ?? this.#create(), from.depth);
    if (store) {
      from.store = undefined;
      from.next = version;
      store.logged = from;
      this.image.run.openLog();
    }
    this.#active = version;
    return version;
  }

  /** Whether the active version shares the image and should have an own one. */
  mustLeave(): boolean {
    const { store, isFrozen } = this.#active;
    const limit = Math.max(FLATTEN_MIN_BYTES, FLATTEN_SHARE * this.image.size);
    return store || isFrozen ? this.image.run.isFull() !== 0 || (store?.size ?? 0) > limit : false;
  }

  /** Copies the active version to a new image that belongs to it alone. */
  leave(): Versions {
    this.#suspend();
    const { store, state } = this.#active;
    return new Versions(this.image.flatten(state!, store && this.#contents(store)));
  }

  /** Makes room for the changes of the next byte. */
  prepare(): void {
    const { run } = this.image;
    if (run.isLogFull()) this.#takeLog();
    if (run.isStoreFull()) this.#grow(this.#active.store!);
  }

  /** Saves what linear memory has of the active version outside its store. */
  #suspend(): void {
    this.#takeLog();
    this.#active.state ??= this.image.state();
  }

  #resume(version: Version): Version {
    this.image.resume(version.state!);
    if (!version.isFrozen) version.state = undefined;
    this.#active = version;
    return version;
  }

  /** Moves the open log to the host. */
  #takeLog(): void {
    const log = this.image.takeLog();
    if (!log) return;
    this.#active.store!.logged!.logs.push(log);
    this.#active.depth += log.length;
  }

  /** Turns the contents of a store from the version at the end of a path into that at its start. */
  #exchange(store: Store, path: Version[], end: Version): void {
    let from = end;
    for (const version of path.reverse()) {
      for (const log of version.logs) this.image.swapLog(log, log);
      from.store = undefined;
      from.next = version;
      from.logs = version.logs;
      version.logs = [];
      from = version;
    }
    from.next = undefined;
    from.store = store;
    from.isFrozen = true;
    store.logged = undefined;
  }

  /** An equal version with a store of its own, by a path from the one that a store contains. */
  #copy(version: Version, store: Store, path: Version[]): Version {
    const copy = this.#add(store.size, (at) => this.#write(at, store));
    for (const { logs } of path.reverse()) for (const log of logs) this.image.swapLog(log);
    return { ...createVersion(copy), state: version.state };
  }

  #create(): Store {
    return this.#add(STORE_BYTES, (at) => this.image.run.startStore(at));
  }

  /** Activates a new store. */
  #add(size: number, write: (at: number) => void): Store {
    const at = this.#allocate(size);
    write(at);
    this.image.run.indexStore(at, size);
    const store = { size, at, bytes: undefined, logged: undefined, exchanged: 0 };
    this.#placed.add(store);
    return store;
  }

  /** Activates a store. */
  #load(store: Store): void {
    if (store.at === 0) {
      this.#returned += store.size;
      this.#move(store, store.size);
    }
    this.image.run.useStore(store.at, store.logged ? 1 : 0);
  }

  #grow(store: Store): void {
    this.#takeLog();
    this.#move(store, 2 * store.size);
    this.image.run.useStore(store.at, store.logged ? 1 : 0);
    this.image.run.resume();
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
    this.image.run.indexStore(at, size);
  }

  /** Copies a store to an address. */
  #write(at: number, store: Store): void {
    if (store.bytes) this.image.write(at, store.bytes);
    else this.image.run.copyStore(at, store.at);
  }

  #contents(store: Store): Uint8Array {
    return store.bytes ?? this.image.read(store.at, this.image.run.storeEnd(store.at));
  }

  /** Returns a free block, after moving all stores to the host if necessary. */
  #allocate(size: number): number {
    let freed = this.#freed.get(size);
    if (!freed) this.#freed.set(size, (freed = []));
    if (freed.length > 0) return freed.pop()!;
    if (this.#start === 0) this.#start = this.#end = this.#free = this.image.size;
    if (this.#free + size > this.#end) {
      const room = this.#end - this.#start;
      const isBusy = this.#returned > room / 2 && room < MAX_ROOM_BYTES;
      if (room < ROOM_BYTES || room < size || isBusy) {
        this.#end = this.#start + Math.max(2 * room, 4 * size);
      } else {
        for (const store of this.#placed) {
          store.bytes = this.#contents(store);
          store.at = 0;
        }
        this.#placed.clear();
        this.#freed.clear();
        this.#free = this.#start;
      }
      this.#returned = 0;
      return this.#allocate(size);
    }
    const at = this.#free;
    this.#free += size;
    this.image.run.reserveTo(this.#free);
    return at;
  }
}
