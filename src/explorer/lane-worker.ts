// A worker that is replaced if it does not answer a new turn in time, for example because one step of
// a slow compressor blocks it. The page never waits for it.

/** A worker that has not started a new turn after this time is replaced. */
const PATIENCE_MS = 500;

interface Reply {
  readonly kind: string;
  readonly turn: number;
}

export class LaneWorker<Request extends { readonly turn: number }, Answer extends Reply> {
  readonly #onReply: (reply: Answer) => void;
  readonly #onFailure: (message: string) => void;
  #worker: Worker | undefined;
  #turn = 0;
  #begun = 0;
  /** True once the worker has loaded and answered. */
  #isAwake = false;
  #timer = 0;

  constructor(onReply: (reply: Answer) => void, onFailure: (message: string) => void) {
    this.#onReply = onReply;
    this.#onFailure = onFailure;
  }

  /** Loads the worker before there is work for it. */
  start(): void {
    try {
      this.#worker ??= this.#open();
    } catch {
      this.#onFailure('this browser starts no module workers, which this page needs');
    }
  }

  get turn(): number {
    return this.#turn;
  }

  /** Starts a turn; replies to earlier turns are dropped from then on. */
  begin(request: (turn: number) => Request): void {
    const turn = ++this.#turn;
    const message = request(turn);
    const send = (): void => {
      this.start();
      this.#worker?.postMessage(message);
    };
    send();
    clearTimeout(this.#timer);
    if (!this.#isAwake) return;
    this.#timer = window.setTimeout(() => {
      if (this.#begun >= turn) return;
      this.#worker?.terminate();
      this.#worker = undefined;
      this.#isAwake = false;
      send();
    }, PATIENCE_MS);
  }

  /** Sends another request within the turn. */
  send(request: (turn: number) => Request): void {
    this.#worker?.postMessage(request(this.#turn));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isAwake = false;
    this.#turn++;
  }

  #open(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Answer>): void => {
      this.#isAwake = true;
      if (data.kind === 'begun') this.#begun = Math.max(this.#begun, data.turn);
      if (data.turn === this.#turn) this.#onReply(data);
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      worker.terminate();
      if (this.#worker === worker) this.#worker = undefined;
      this.#isAwake = false;
      this.#onFailure(event.message || 'the browser could not start its worker');
    };
    return worker;
  }
}
