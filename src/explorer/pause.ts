// Pauses in long work, in which a worker receives messages of the page.

const SLICE_MS = 12;

/** Called after each step; returns a promise from time to time, otherwise undefined. */
export type Pacer = () => Promise<void> | undefined;

export function createPacer(pause: () => Promise<void>): Pacer {
  let last = performance.now();
  return () => {
    if (performance.now() - last < SLICE_MS) return undefined;
    return pause().then(() => {
      last = performance.now();
    });
  };
}

/** Lets one round of other events pass; unlike a timer it is not slowed down. */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
