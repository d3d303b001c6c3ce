// Ctrl-C while something is being drawn: the loop is told to stop, so that what was drawn stays.

import { constants } from 'node:os';

export interface Interrupt {
  /** The exit status once a signal came: 130 for Ctrl-C. */
  readonly exitCode: number | undefined;
  /** Resolves when a signal comes; otherwise never. */
  readonly arrived: Promise<void>;
  /** Gives the signals back to the system. */
  release(): void;
}

/** Catches SIGINT and SIGTERM; a second one ends the program at once. */
export function listenForInterrupt(): Interrupt {
  let exitCode: number | undefined;
  let announce = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (exitCode !== undefined) process.exit(exitCode);
    exitCode = 128 + constants.signals[signal];
    announce();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    get exitCode() {
      return exitCode;
    },
    arrived,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
