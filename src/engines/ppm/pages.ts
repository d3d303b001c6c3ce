// Memory of 32-bit words with cheap copies: pages are shared between forks and copied on the first
// write. Pages are reached through directories, which are shared the same way, so a fork copies a
// few dozen pointers whatever the size of the memory.

/** An address is a page number with the word index in its low bits. */
export const OFFSET_BITS = 10;
export const OFFSET_MASK = (1 << OFFSET_BITS) - 1;
/** Word 0 of a page stores its owner; `FIRST_WORD` and later words are free for use. */
export const FIRST_WORD = 1;
export const PAGE_WORDS = 513;
export const PAGE_BYTES = 4 * PAGE_WORDS;

const DIRECTORY_BITS = 8;
const DIRECTORY_PAGES = 1 << DIRECTORY_BITS;
const DIRECTORY_SHIFT = OFFSET_BITS + DIRECTORY_BITS;
const MAX_OWNER = 0x7fffffff;

/** Placeholder for a page not yet added; it has no owner. */
const NO_PAGE = new Int32Array(1);

/** Issues the ids by which the forks of one memory distinguish their pages. */
interface Family {
  lastOwner: number;
}

export class Pages {
  #family: Family;
  #owner: number;
  readonly #directories: Int32Array[][];
  /** Owner of each directory. */
  readonly #owners: number[];

  /** Room for `pageCount` pages, none allocated yet; with `parent`, a fork of it. */
  constructor(pageCount: number, parent?: Pages) {
    if (parent) {
      this.#directories = parent.#directories.slice();
      this.#owners = parent.#owners.slice();
      this.#family = parent.#family;
    } else {
      const empty = new Array<Int32Array>(DIRECTORY_PAGES).fill(NO_PAGE);
      const count = Math.ceil(pageCount / DIRECTORY_PAGES);
      this.#directories = new Array<Int32Array[]>(count).fill(empty);
      this.#owners = new Array<number>(count).fill(0);
      this.#family = { lastOwner: 0 };
    }
    this.#owner = ++this.#family.lastOwner;
  }

  /** An independent copy; each side copies a page before writing to it. */
  fork(): Pages {
    if (this.#family.lastOwner > MAX_OWNER - 2) this.#leaveFamily();
    this.#owner = ++this.#family.lastOwner;
    return new Pages(0, this);
  }

  /** The page of an address for reading only. */
  page(address: number): Int32Array {
    return this.#directories[address >>> DIRECTORY_SHIFT]![
      (address >>> OFFSET_BITS) & (DIRECTORY_PAGES - 1)
    ]!;
  }

  /** The page of an address for writing; valid until the next `fork`. */
  own(address: number): Int32Array {
    const page =
      this.#directories[address >>> DIRECTORY_SHIFT]![
        (address >>> OFFSET_BITS) & (DIRECTORY_PAGES - 1)
      ]!;
    return page[0] === this.#owner ? page : this.#put(address, page.slice());
  }

  /** Adds the page of an address, filled with zeros. */
  add(address: number): Int32Array {
    return this.#put(address, new Int32Array(PAGE_WORDS));
  }

  #put(address: number, page: Int32Array): Int32Array {
    const at = address >>> DIRECTORY_SHIFT;
    let directory = this.#directories[at]!;
    if (this.#owners[at] !== this.#owner) {
      directory = directory.slice();
      this.#directories[at] = directory;
      this.#owners[at] = this.#owner;
    }
    page[0] = this.#owner;
    directory[(address >>> OFFSET_BITS) & (DIRECTORY_PAGES - 1)] = page;
    return page;
  }

  /** Copies everything, so that owner ids can restart from 1: once in 2³⁰ forks. */
  #leaveFamily(): void {
    this.#family = { lastOwner: 1 };
    this.#owner = 1;
    for (let i = 0; i < this.#directories.length; i++) {
      this.#owners[i] = 1;
      this.#directories[i] = this.#directories[i]!.map((page) => {
        if (page === NO_PAGE) return page;
        const copy = page.slice();
        copy[0] = 1;
        return copy;
      });
    }
  }
}
