// Runs a program as a filter, stdin to stdout, without a shell: a limited number of processes at a
// time, each with a time limit and a limit on its output. It knows nothing about compressors.

import { type ChildProcess, spawn } from 'node:child_process';
import { CompressorUnavailableError, UsageError } from '../errors.js';

/** Limits on the number of concurrent processes and on their run time. */
export interface ProgramLimits {
  /** Concurrent processes, at least 1; further runs are queued. */
  readonly concurrency: number;
  /** Time in ms after which a process is killed. */
  readonly timeoutMs: number;
}

/**
 * Limits on the output of one run; by default at least one byte, and no more than a compressor
 * would write.
 */
interface OutputBounds {
  readonly mayBeEmpty?: boolean;
  /** If the output exceeds this many bytes, the program is stopped with a UsageError. */
  readonly maxBytes?: number;
}

/** The program ran and exited with a failure status. */
export class ProgramFailedError extends Error {}

interface Job {
  readonly input: Uint8Array;
  readonly take: (chunk: Uint8Array) => void;
  readonly bounds: OutputBounds;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A program with its arguments, and its queue of inputs. */
export class Program {
  readonly #words: readonly [string, ...string[]];
  readonly #title: string;
  readonly #limits: ProgramLimits;
  #waiting: Job[] = [];
  readonly #running = new Map<ChildProcess, Job>();

  /** @param title name in messages: the command as the user wrote it. */
  constructor(title: string, words: readonly [string, ...string[]], limits: ProgramLimits) {
    this.#title = title;
    this.#words = words;
    this.#limits = limits;
  }

  /**
   * Sends `input` through the program; `take` receives the output in pieces. One failure fails all
   * running and queued inputs, as their results are not needed any more.
   *
   * @throws CompressorUnavailableError if the program cannot be started, ProgramFailedError if its
   * exit status is a failure, UsageError past `maxBytes`, Error if it exceeds its time limit or
   * writes too much.
   */
  run(
    input: Uint8Array,
    take: (chunk: Uint8Array) => void,
    bounds: OutputBounds = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, take, bounds, resolve, reject });
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    while (this.#running.size < this.#limits.concurrency) {
      const job = this.#waiting.shift();
      if (!job) break;
      this.#start(job);
    }
    if (this.#running.size === 0) process.off('exit', this.#killAll);
  }

  #start(job: Job): void {
    const [program, ...args] = this.#words;
    const child = spawn(program, args, { stdio: 'pipe', windowsHide: true });
    if (this.#running.size === 0) process.on('exit', this.#killAll);
    this.#running.set(child, job);

    const { timeoutMs } = this.#limits;
    const timer = setTimeout(() => {
      const got = written === 0 ? 'gave no output' : 'did not end its output';
      this.#failAll(new Error(`command ${this.#quoted} ${got} within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    const { mayBeEmpty = false, maxBytes } = job.bounds;
    const mostWritten = maxBytes ?? 16 * job.input.length + 2 ** 20;
    let written = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Uint8Array) => {
      written += chunk.length;
      if (written > mostWritten) {
        this.#failAll(
          maxBytes === undefined
            ? new Error(
                `command ${this.#quoted} wrote far more than its input; check that it is a compressor`,
              )
            : new UsageError(
                `output would exceed ${maxBytes} bytes; a higher maxBytes (--max-bytes) allows more`,
              ),
        );
      } else job.take(chunk);
    });
    child.stderr.on('data', (chunk: Uint8Array) => {
      complaint = (complaint + new TextDecoder().decode(chunk)).slice(-2000);
    });
    // A program may stop reading early; its exit status tells if that was an error.
    child.stdin.on('error', () => {});
    child.stdin.end(job.input);

    child.on('error', (cause) => {
      clearTimeout(timer);
      this.#failAll(cannotStart(program, cause));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (!this.#running.delete(child)) return; // already failed together with others
      const ending = signal ? `was killed by ${signal}` : `failed with exit status ${code}`;
      if (code !== 0) {
        const reason = lastLine(complaint);
        const message = `command ${this.#quoted} ${ending}${reason && `: ${reason}`}`;
        this.#failAll(new ProgramFailedError(message), job);
      } else if (written === 0 && !mayBeEmpty) {
        this.#failAll(new Error(`command ${this.#quoted} gave no output`), job);
      } else {
        job.resolve();
        this.#startWaiting();
      }
    });
  }

  get #quoted(): string {
    return JSON.stringify(this.#title);
  }

  #failAll(error: Error, ended?: Job): void {
    const jobs = [...this.#running.values(), ...this.#waiting];
    if (ended) jobs.push(ended);
    this.#killAll();
    this.#running.clear();
    this.#waiting = [];
    for (const job of jobs) job.reject(error);
    this.#startWaiting();
  }

  readonly #killAll = (): void => {
    for (const child of this.#running.keys()) {
      child.kill('SIGKILL');
      // Its child processes may keep the pipes open, so stop reading them.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    }
  };
}

/** The error for a program that could not be started. */
export function cannotStart(program: string, cause: Error): Error {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    const hint = 'install it, or give the path to it';
    return new CompressorUnavailableError(`program "${program}" not found`, hint, { cause });
  }
  if (code === 'EACCES') {
    const hint = `make it executable: chmod +x ${program}`;
    return new CompressorUnavailableError(`program "${program}" is not executable`, hint, {
      cause,
    });
  }
  return new Error(`program "${program}" cannot be started: ${cause.message}`, { cause });
}

function lastLine(text: string): string {
  return (text.trimEnd().split('\n').at(-1) ?? '').trim();
}
