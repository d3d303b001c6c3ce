// A queue of cells on Redis that other machines work on: where it is, how it is reached, and what
// compare() and its workers keep there. BullMQ and ioredis are loaded when they are needed.

import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { CompressorUnavailableError, UsageError } from '../errors.js';
import type { CellTask, CompareRow } from '../measure/compare-row.js';
import type { Abort } from '../types.js';
import { QueueError } from './queue-error.js';
import type { Runner } from './runner.js';

/** The queue's name, and the start of all keys. */
export const QUEUE = 'zipdream-cells';

/** Bytes that are not asked for again are removed after so long. */
const BYTES_SECONDS = 24 * 3600;
/** For which a result waits for who asked for it, should that have been killed. */
const RESULT_SECONDS = 3600;
/** Cells in the queue at a time: enough for the cores of many machines. */
const WIDTH = 256;
const SWEEP_MS = 2_000;
const CONNECT_MS = 5_000;
/** Tries to get a connection back, one a second. */
const RETRIES = 10;

/** Where Redis is, and who we are there. */
export interface QueuePlace {
  /** Without user and password. */
  readonly shown: string;
  readonly options: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly username?: string;
    readonly password?: string;
    readonly tls?: Record<string, never>;
  };
}

/**
 * Reads `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`, `rediss://` for TLS. Where it has no password,
 * that of `environmentUrl` is taken if it is of the same host and port.
 *
 * @throws UsageError for anything else; no part of what was given is in the message.
 */
export function queuePlace(text: string, environmentUrl?: string): QueuePlace {
  const place = parse(text);
  if (!place) throw new UsageError('--queue expected redis://HOST or redis://HOST:PORT');
  const known = environmentUrl === undefined ? undefined : parse(environmentUrl);
  if (place.options.password !== undefined || !known) return place;
  const same =
    known.options.host === place.options.host && known.options.port === place.options.port;
  const { username, password } = known.options;
  if (!same || password === undefined) return place;
  return { ...place, options: { ...place.options, ...(username && { username }), password } };
}

function parse(text: string): QueuePlace | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return undefined;
  const [username, password] = [url.username, url.password].map(decode);
  const db = /^\/?(\d*)$/.exec(url.pathname)?.[1];
  if (db === undefined) return undefined;
  const port = Number(url.port || 6379);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    shown: `${url.protocol}//${url.hostname}:${port}`,
    options: {
      ...{ host, port, db: Number(db) },
      ...(username && { username }),
      ...(password && { password }),
      ...(url.protocol === 'rediss:' && { tls: {} }),
    },
  };
}

/** @throws UsageError for percent signs that are no codes. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const message =
      'the user or password of the Redis URL has a % that is no code; write it as %25';
    throw new UsageError(message);
  }
}

/** What a job of the queue holds: a cell but for its bytes, which lie under their hash. */
export type CellJob = Pick<CellTask, 'row'> & { readonly bytesSha256: string };

const bytesKey = (sha256: string): string => `${QUEUE}:bytes:${sha256}`;

export interface Connected {
  readonly bullmq: typeof import('bullmq');
  readonly redis: Redis;
  /** What BullMQ connects with. */
  readonly connection: QueuePlace['options'] & {
    readonly maxRetriesPerRequest: null;
    readonly retryStrategy: (times: number) => number | null;
  };
  /** Rejects when Redis is gone and does not come back. */
  readonly lost: Promise<never>;
}

/**
 * @throws CompressorUnavailableError without the packages.
 * @throws QueueError if Redis does not answer within seconds, or refuses.
 */
async function connectQueue({ shown, options }: QueuePlace): Promise<Connected> {
  const { bullmq, ioredis } = await loadPackages();
  const retryStrategy = (times: number): number | null => (times > RETRIES ? null : 1000);
  let isOpen = false;
  const redis = new ioredis.Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isOpen ? retryStrategy(times) : null),
  });
  let problem: Error | undefined;
  redis.on('error', (error: Error) => {
    problem = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new QueueError(`cannot use ${shown}: ${reasonOf(problem ?? (error as Error))}`);
  }
  isOpen = true;
  const lost = new Promise<never>((_, reject) => {
    redis.once('end', () => {
      const why = problem ? `: ${reasonOf(problem)}` : '';
      reject(new QueueError(`${shown} is gone${why}`));
    });
  });
  lost.catch(() => {});
  return {
    bullmq,
    redis,
    connection: { ...options, maxRetriesPerRequest: null, retryStrategy },
    lost,
  };
}

async function loadPackages() {
  try {
    return { bullmq: await import('bullmq'), ioredis: await import('ioredis') };
  } catch (error) {
    const hint = 'npm install bullmq ioredis';
    throw new CompressorUnavailableError('a queue needs bullmq and ioredis', hint, {
      cause: error,
    });
  }
}

/** In words that have nothing of the password. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused; is redis-server running?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host';
  if (/WRONGPASS|invalid password/.test(error.message)) return 'wrong user or password';
  if (/NOAUTH/.test(error.message)) return 'it wants a password; give it in the URL or REDIS_URL';
  if (/NOPERM/.test(error.message)) return 'the user may not do that';
  if (code === 'ETIMEDOUT' || /ETIMEDOUT|timed? ?out/i.test(error.message)) return 'no answer';
  return code ?? 'it does not answer as Redis does';
}

/** A cell that was asked for. */
interface Pending {
  readonly task: CellTask;
  readonly settle: (row: CompareRow) => void;
  readonly fail: (error: QueueError) => void;
  isLookedAt: boolean;
}

/** Whether it is the whole row of the task: what is in Redis may be anybody's. */
function isRowOf({ row }: CellTask, value: CompareRow | null | undefined): boolean {
  if (typeof value !== 'object' || value?.id !== row.id) return false;
  const results = [value.measure, value.drawn, value.prefixes, value.control, value.error];
  return results.filter((result) => result !== undefined && result !== null).length === 1;
}

/** Whether a job has no result yet, or one without an error. */
function isMeasured(value: CompareRow | null | undefined): boolean {
  return value?.error === undefined;
}

/**
 * A runner whose cells are measured by the queue's workers. Each cell is a job under its identity,
 * so that one that a killed comparison had asked for is found again, and none is measured twice.
 *
 * @param onWait hears that there is no worker yet.
 */
export async function openCellQueue(
  place: QueuePlace,
  onWait: () => void = () => {},
): Promise<Runner<CellTask, CompareRow>> {
  const { bullmq, redis, connection, lost } = await connectQueue(place);
  const queue = new bullmq.Queue<CellJob, CompareRow>(QUEUE, { connection });
  const events = new bullmq.QueueEvents(QUEUE, { connection });
  queue.on('error', () => {});
  events.on('error', () => {});
  const pending = new Map<string, Pending>();

  const add = async ({ bytes, row }: CellTask): Promise<void> => {
    const bytesSha256 = createHash('sha256').update(bytes).digest('hex');
    await redis.set(bytesKey(bytesSha256), Buffer.from(bytes), 'EX', BYTES_SECONDS);
    const keep = { age: RESULT_SECONDS };
    const settings = { jobId: row.id, removeOnComplete: keep, removeOnFail: keep };
    await queue.add('cell', { row, bytesSha256 }, settings);
  };
  const look = async (id: string, { task, settle }: Pending): Promise<void> => {
    // The state first: a job read before it has none of the result that it has by now.
    const state = await queue.getJobState(id);
    const isDone = state === 'completed' || state === 'failed';
    const job = isDone ? await queue.getJob(id) : undefined;
    if (state === 'unknown' || (isDone && !job)) return add(task);
    if (!job) return;
    const { returnvalue } = job;
    const error = state === 'failed' ? job.failedReason : 'the worker gave no whole row back';
    settle(
      state === 'completed' && isRowOf(task, returnvalue) ? returnvalue : { ...task.row, error },
    );
    pending.delete(id);
    await job.remove();
  };
  const check = async (id: string): Promise<void> => {
    const waiting = pending.get(id);
    if (!waiting || waiting.isLookedAt) return;
    waiting.isLookedAt = true;
    try {
      await look(id, waiting);
    } catch (error) {
      // What Redis says to a command; a connection that is down comes back, or is lost.
      if ((error as Error).name === 'ReplyError' && redis.status === 'ready') {
        waiting.fail(new QueueError(`cannot use ${place.shown}: ${reasonOf(error as Error)}`));
      }
    } finally {
      waiting.isLookedAt = false;
    }
  };
  const checkSoon = ({ jobId }: { jobId: string }): void => void check(jobId);
  events.on('completed', checkSoon);
  events.on('failed', checkSoon);
  // Events may be missed, and jobs removed by others: what is pending is looked at now and then.
  const sweep = setInterval(() => {
    for (const id of pending.keys()) checkSoon({ jobId: id });
  }, SWEEP_MS);
  if ((await queue.getWorkersCount()) === 0) onWait();

  return {
    width: WIDTH,
    run(task) {
      const { id } = task.row;
      const settled = new Promise<CompareRow>((settle, fail) => {
        pending.set(id, { task, settle, fail, isLookedAt: false });
      });
      const begin = async (): Promise<void> => {
        // What a killed comparison had asked for is taken up, unless it went wrong.
        const old = await queue.getJob(id);
        if (old && ((await old.isFailed()) || !isMeasured(old.returnvalue))) await old.remove();
        await check(id);
      };
      begin().catch(() => {});
      return Promise.race([lost, settled]);
    },
    async close() {
      clearInterval(sweep);
      const ids = [...pending.keys()];
      pending.clear();
      const isUp = redis.status === 'ready';
      if (isUp) await Promise.allSettled(ids.map((id) => queue.remove(id)));
      await Promise.allSettled([events.close(), queue.close()]);
      redis.disconnect();
    },
  };
}

export interface ServeOptions {
  /** Cells at a time. */
  readonly threads: Runner<CellTask, CompareRow>;
  readonly version: string;
  /** Whether cells may run programs of this machine and open files on it. */
  readonly programs?: boolean | undefined;
  readonly signal: Abort;
  /** Called once Redis has accepted the connection. */
  readonly onReady?: (() => void) | undefined;
  readonly onCell?: ((row: CompareRow) => void) | undefined;
}

/**
 * Measures cells of the queue until the signal comes; those that are not done then go back to it.
 *
 * @throws QueueError if Redis is gone, and for a cell of another version of zipdream.
 */
export async function serveQueue(place: QueuePlace, options: ServeOptions): Promise<void> {
  const { threads, version, programs = false, signal, onCell } = options;
  const { bullmq, redis, connection, lost } = await connectQueue(place);
  options.onReady?.();
  let refuse: (error: QueueError) => void = () => {};
  const refused = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  refused.catch(() => {});
  const ended = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const worker = new bullmq.Worker<CellJob, CompareRow>(
    QUEUE,
    async (job, token) => {
      const { bytesSha256, row: cell } = job.data;
      const giveBack = async (): Promise<never> => {
        await job.moveToWait(token);
        throw new bullmq.WaitingError();
      };
      if (cell.zipdream !== version) {
        const wanted = `the queue has cells of zipdream ${cell.zipdream}, and this is ${version}`;
        refuse(new QueueError(`${wanted}; use the same version`));
        return giveBack();
      }
      const bytes = await redis.getBuffer(bytesKey(bytesSha256));
      if (!bytes) throw new Error('the bytes of the cell are gone; run compare again');
      const row = await Promise.race([
        threads.run({ row: cell, bytes: new Uint8Array(bytes), fromOutside: !programs }),
        ended,
        refused.catch(() => undefined),
      ]);
      if (!row) return giveBack();
      onCell?.(row);
      return row;
    },
    {
      connection,
      name: String(process.pid),
      concurrency: threads.width,
      // A worker that was killed is noticed within seconds, however often that happens to a cell.
      ...{ lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 100 },
    },
  );
  worker.on('error', () => {});
  try {
    await Promise.race([ended, refused, lost]);
  } finally {
    await worker.close(redis.status !== 'ready');
    redis.disconnect();
  }
}
