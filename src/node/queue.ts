// A queue of cells on Redis that other machines can work on: its address, the connection, and the
// data that compare() and its workers keep there. BullMQ and ioredis are loaded on demand.

import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { CompressorUnavailableError, UsageError } from '../errors.js';
import type { CellTask, CompareRow } from '../measure/compare-row.js';
import type { Abort } from '../types.js';
import { QueueError } from './queue-error.js';
import type { Runner } from './runner.js';

/** Name of the queue, and prefix of all keys. */
export const QUEUE = 'zipdream-cells';

/** Time after which unused message bytes are removed. */
const BYTES_SECONDS = 24 * 3600;
/** Time for which a result is kept in case the process that requested it was killed. */
const RESULT_SECONDS = 3600;
/** Maximum number of cells in the queue: enough for the cores of many machines. */
const WIDTH = 256;
const SWEEP_MS = 2_000;
const CONNECT_MS = 5_000;
/** Number of reconnection attempts, one per second. */
const RETRIES = 10;

/** Address of Redis and credentials. */
export interface QueuePlace {
  /** The URL without user and password. */
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
 * Parses `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`, `rediss://` for TLS. If it has no password,
 * that of `environmentUrl` is used if host and port are the same.
 *
 * @throws UsageError for anything else; the message contains no part of the URL.
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

/** @throws UsageError for percent signs that are not valid escapes. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const message = 'the user or password of the Redis URL has an invalid % escape; write % as %25';
    throw new UsageError(message);
  }
}

/** The data of a queue job: a cell without its bytes, which are stored under their hash. */
type CellJob = Pick<CellTask, 'row'> & { readonly bytesSha256: string };

const bytesKey = (sha256: string): string => `${QUEUE}:bytes:${sha256}`;

interface Connected {
  readonly bullmq: typeof import('bullmq');
  readonly redis: Redis;
  /** Connection options for BullMQ. */
  readonly connection: QueuePlace['options'] & {
    readonly maxRetriesPerRequest: null;
    readonly retryStrategy: (times: number) => number | null;
  };
  /** Rejects when the connection to Redis is lost permanently. */
  readonly lost: Promise<never>;
}

/**
 * @throws CompressorUnavailableError if the packages are missing.
 * @throws QueueError if Redis does not answer within seconds, or rejects the connection.
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
      reject(new QueueError(`${shown} is not reachable any more${why}`));
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

/** The reason of an error in words, without the password. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused; is redis-server running?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host';
  if (/WRONGPASS|invalid password/.test(error.message)) return 'wrong user or password';
  if (/NOAUTH/.test(error.message))
    return 'a password is required; give it in the URL or REDIS_URL';
  if (/NOPERM/.test(error.message)) return 'the user lacks the permission';
  if (code === 'ETIMEDOUT' || /ETIMEDOUT|timed? ?out/i.test(error.message)) return 'no answer';
  return code ?? 'the server does not answer like Redis';
}

/** A requested cell. */
interface Pending {
  readonly task: CellTask;
  readonly settle: (row: CompareRow) => void;
  readonly fail: (error: QueueError) => void;
  isLookedAt: boolean;
}

/** True for a complete row of the task: data in Redis is not trusted. */
function isRowOf({ row }: CellTask, value: CompareRow | null | undefined): boolean {
  if (typeof value !== 'object' || value?.id !== row.id) return false;
  const results = [value.measure, value.drawn, value.prefixes, value.control, value.error];
  return results.filter((result) => result !== undefined && result !== null).length === 1;
}

/** True if a job has no result yet, or a result without an error. */
function isMeasured(value: CompareRow | null | undefined): boolean {
  return value?.error === undefined;
}

/**
 * A runner whose cells are measured by the queue's workers. Each cell is a job under its identity,
 * so cells requested by a killed comparison are found again, and none is measured twice.
 *
 * @param onWait called if there is no worker yet.
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
    // The state is read first: a job read before it might lack a result that exists by now.
    const state = await queue.getJobState(id);
    const isDone = state === 'completed' || state === 'failed';
    const job = isDone ? await queue.getJob(id) : undefined;
    if (state === 'unknown' || (isDone && !job)) return add(task);
    if (!job) return;
    const { returnvalue } = job;
    const error = state === 'failed' ? job.failedReason : 'the worker returned an incomplete row';
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
      // Handles errors of commands; a lost connection is restored, or reported as lost.
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
  // Events may be missed, and jobs removed by others, so pending jobs are polled regularly.
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
        // A job of a killed comparison is reused, unless it failed.
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

interface ServeOptions {
  /** Measures cells, several at a time. */
  readonly threads: Runner<CellTask, CompareRow>;
  readonly version: string;
  /** True if cells may run programs and open files on this machine. */
  readonly programs?: boolean | undefined;
  readonly signal: Abort;
  /** Called once Redis has accepted the connection. */
  readonly onReady?: (() => void) | undefined;
  readonly onCell?: ((row: CompareRow) => void) | undefined;
}

/**
 * Measures cells of the queue until the signal aborts; unfinished cells then go back to it.
 *
 * @throws QueueError if Redis is lost, and for a cell of another version of zipdream.
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
        const wanted = `the queue has cells of zipdream ${cell.zipdream}, but this is version ${version}`;
        refuse(new QueueError(`${wanted}; use the same version`));
        return giveBack();
      }
      const bytes = await redis.getBuffer(bytesKey(bytesSha256));
      if (!bytes) throw new Error('the bytes of the cell have expired; run compare again');
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
      // A killed worker is detected within seconds, however often that happens to a cell.
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
