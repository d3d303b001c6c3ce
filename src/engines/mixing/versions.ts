// The versions of a model: the states of its forks, which share one image. A store (stores.ts) has
// the contents of one version. A version made from it changes the store, and logs what differs; the
// logs are exchanged with the contents of the store on the way back to an earlier version (Baker 1978,
// "Shallow binding in Lisp 1.5"). Only recent logs are kept. A version whose logs are lost learns its
// bytes again, from an earlier version.

import type { Image } from './image.js';
import { type LogPart, type Store, Stores } from './stores.js';

/** Size of each half of the memory for logs; when one is full, the other is overwritten. */
const LOG_BYTES = 2 ** 22;
/** Limit on the bytes of the message that a version may have to learn again. */
const REPLAY_BYTES = 512;
/** Learning a byte takes as long as copying about as many bytes of a store. */
const COPIED_PER_BYTE = 2 ** 15;
/** A version gets a store of its own when more than this many times its size was exchanged. */
const EXCHANGE_SHARE = 1;
/** A version whose store exceeds this share of its image's size, and this many bytes, leaves. */
const LEAVE_SHARE = 1 / 2;
const LEAVE_MIN_BYTES = 2 ** 21;

/** A state of a model. It has a store, or a neighbour and logs, or it is the root. */
export interface Version {
  /** Whether it may not change, because it was forked or its store was needed. */
  isFrozen: boolean;
  store: Store | undefined;
  /** The neighbour, from which this version differs by the logs. */
  next: Version | undefined;
  logs: LogPart[];
  /** The version that becomes this one by learning `bytes`; none if that would take too long. */
  parent: Version | undefined;
  bytes: number[];
  /** The guest's logits of their bits. */
  bitLogits: number[];
  /** Number of bytes since a version that has no parent. */
  depth: number;
}

function createVersion(store?: Store, parent?: Version): Version {
  const depth = parent?.parent ? parent.depth : 0;
  return {
    isFrozen: false,
    store,
    next: undefined,
    logs: [],
    parent,
    bytes: [],
    bitLogits: [],
    depth,
  };
}

/** Makes a version independent of its parent. */
function detach(version: Version): void {
  version.parent = undefined;
  version.bytes = [];
  version.bitLogits = [];
}

/** The versions that share an image; one of them is active. */
export class Versions {
  readonly image: Image;
  /** The version that equals the image. */
  readonly #root = createVersion();
  #rootState: Uint8Array | undefined;
  #active = this.#root;
  /** Created with the first store. */
  #stores: Stores | undefined;
  /** Address of the memory for logs, the number of the half in use, and its free address. */
  #logs = 0;
  #half = 0;
  #logEnd = 0;
  /** The versions without a parent or a store, except the root. Their logs must not be lost. */
  readonly #kept = new Set<Version>();
  #isReleased = false;

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
    this.#active = this.#reach(version);
    this.image.run.resume();
    return this.#active;
  }

  /** Freezes a version, so that several models can share it. */
  freeze(version: Version): void {
    if (version.isFrozen) return;
    version.isFrozen = true;
    if (version === this.#root) this.#rootState = this.image.state();
  }

  /** Activates a new version equal to the active, frozen one. */
  derive(): Version {
    this.#suspend();
    const from = this.#active;
    const store = from.store ?? this.#createStore();
    const version = createVersion(store, from);
    this.#yield(from, version, []);
    store.log = from.logs;
    this.image.run.openLog();
    this.#active = version;
    return version;
  }

  /** Whether others share the image of the active version. */
  get isShared(): boolean {
    return this.#active.store !== undefined || this.#active.isFrozen;
  }

  /** Leaves the image, which must not be used any more, to the next model unless forks share it. */
  release(): void {
    if (this.isShared || this.#stores || this.#isReleased) return;
    this.#isReleased = true;
    this.image.release();
  }

  /** Whether the active version shares its image and should have its own. */
  mustLeave(): boolean {
    const { store } = this.#active;
    return !!store && store.size > Math.max(LEAVE_MIN_BYTES, LEAVE_SHARE * this.image.size);
  }

  /** Copies the active version to a new image that belongs to it alone. */
  leave(): Versions {
    this.#suspend();
    const { store } = this.#active;
    const contents = store && this.#stores!.read(store);
    return new Versions(this.image.flatten(this.image.state(), contents));
  }

  /** Makes room for the changes of the next byte. */
  prepare(): void {
    const { run } = this.image;
    if (run.isLogFull()) this.#turn();
    if (!run.isStoreFull()) return;
    this.#takeLog();
    this.#stores!.grow(this.#active.store!);
  }

  /** Records what the active version has learnt. */
  record(bytes: ArrayLike<number>, bitLogits: ArrayLike<number>): void {
    const version = this.#active;
    if (!version.parent) return;
    version.depth += bytes.length;
    if (version.depth > REPLAY_BYTES) {
      detach(version);
    } else {
      for (let i = 0; i < bytes.length; i++) version.bytes.push(bytes[i]!);
      for (let i = 0; i < bitLogits.length; i++) version.bitLogits.push(bitLogits[i]!);
    }
  }

  #suspend(): void {
    this.#takeLog();
    this.image.run.saveState();
  }

  #takeLog(): void {
    const length = this.image.run.takeLog();
    if (length === 0) return;
    const { log, layout } = this.#active.store!;
    log!.push({ at: this.#logEnd, length, half: this.#half, layout });
    this.#logEnd += length;
  }

  /** Activates the store of a version, or of an equal one, and returns that version. */
  #reach(version: Version): Version {
    const path = this.#path(version);
    if (path) {
      const store = path.at(-1)!.store!;
      for (const { logs } of path) for (const { length } of logs) store.exchanged += length;
      if (path.length > 1 && store.exchanged > EXCHANGE_SHARE * store.size) {
        store.exchanged = 0;
        return this.#isNearRoot(version, store.size / COPIED_PER_BYTE)
          ? createVersion(this.#learn(version, true), version)
          : createVersion(this.#copyStore(path));
      }
      this.#use(store);
      this.#exchange(path, store);
    } else if (version === this.#root) {
      this.#useRoot();
    } else {
      this.#settle(version, this.#learn(version, false));
      detach(version);
    }
    return version;
  }

  #isNearRoot(version: Version, limit: number): boolean {
    let top = version;
    while (top.parent) top = top.parent;
    return top === this.#root && version.depth < limit;
  }

  /** The versions from a given one to one with a store, unless logs between them are lost. */
  #path(version: Version): Version[] | undefined {
    const path = [version];
    for (let at = version; at.next; at = at.next) {
      if (!this.#has(at.logs)) return undefined;
      path.push(at.next);
    }
    const layout = path.at(-1)!.store?.layout;
    const fits = path.every(({ logs }) => logs.every((part) => part.layout === layout));
    return layout && fits ? path : undefined;
  }

  #has(logs: readonly LogPart[]): boolean {
    return logs.every(({ half }) => half >= this.#half - 1);
  }

  /** Turns the contents of a store from the version at the end of a path into that at its start. */
  #exchange(path: readonly Version[], store: Store): void {
    for (let i = path.length - 2; i >= 0; i--) {
      const version = path[i]!;
      for (const { at, length } of version.logs) this.image.run.writeLog(at, length, 1);
      this.#yield(path[i + 1]!, version, version.logs);
      this.#settle(version, store);
      store.log = undefined;
    }
  }

  /** Leaves the store of a version to a neighbour. */
  #yield(version: Version, next: Version, logs: LogPart[]): void {
    version.isFrozen = true;
    version.store = undefined;
    version.next = next;
    version.logs = logs;
    if (!version.parent && version !== this.#root) this.#kept.add(version);
  }

  /** Gives a store to a version whose contents it has. */
  #settle(version: Version, store: Store): void {
    version.store = store;
    version.next = undefined;
    version.logs = [];
    this.#kept.delete(version);
  }

  /** Activates a new store for a version, which learns its bytes since the root or a nearer one. */
  #learn(version: Version, isFromRoot: boolean): Store {
    const lost: Version[] = [];
    const pathOf = (at: Version) => (isFromRoot ? undefined : this.#path(at));
    let from = version;
    let path = pathOf(from);
    for (; !path && from !== this.#root; path = pathOf(from)) {
      lost.push(from);
      from = from.parent!;
    }
    const { run } = this.image;
    if (!path) this.#useRoot();
    const store = path ? this.#copyStore(path) : this.#createStore();
    store.layout = {};
    run.resume();
    for (const { bytes, bitLogits } of lost.reverse()) {
      for (const [i, byte] of bytes.entries()) {
        if (run.isStoreFull()) this.#stores!.grow(store);
        this.image.stageLogits(bitLogits.slice(8 * i, 8 * i + 8));
        run.update(byte);
      }
    }
    return store;
  }

  #useRoot(): void {
    this.image.run.useStore(0, 0);
    this.image.resume(this.#rootState!);
  }

  #use(store: Store): void {
    if (store.log && !this.#has(store.log)) store.log = undefined;
    this.#stores!.use(store);
  }

  #createStore(): Store {
    if (!this.#stores) {
      this.#logs = (this.image.size + 63) & ~63;
      this.#stores = new Stores(this.image, this.#logs + 2 * LOG_BYTES);
      this.#placeLog();
    }
    return this.#stores.create();
  }

  /** Activates a store that has the contents of the version at the start of a path. */
  #copyStore(path: readonly Version[]): Store {
    const store = this.#stores!.copy(path.at(-1)!.store!);
    for (let i = path.length - 2; i >= 0; i--) {
      for (const { at, length } of path[i]!.logs) this.image.run.writeLog(at, length, 0);
    }
    return store;
  }

  #placeLog(): void {
    this.#logEnd = this.#logs + (this.#half & 1) * LOG_BYTES;
    this.image.run.placeLog(this.#logEnd, this.#logEnd + LOG_BYTES);
  }

  /** Turns to the other half of the memory for logs, after copying the versions it is kept for. */
  #turn(): void {
    this.#suspend();
    for (const version of this.#kept) {
      const path = this.#path(version)!;
      if (path.some(({ logs }) => logs.some(({ half }) => half < this.#half))) {
        const store = this.#copyStore(path);
        this.image.run.saveState();
        this.#settle(version, store);
      }
    }
    this.#half++;
    this.#placeLog();
    this.#use(this.#active.store!);
    this.image.run.resume();
  }
}
