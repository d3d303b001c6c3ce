// Pauses in long work, in which a worker hears what the page has to say.

const SLICE_MS = 12;

/** To be asked for after each step: a promise now and then, nothing in between. */
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
