// A queue of cells on Redis that other machines work on: where it is, how it is reached, and what
// compare() and its workers keep there. BullMQ and ioredis are loaded when they are needed.

import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { CompressorUnavailableError, UsageError } from '../errors.js';
import type { CellTask, CompareRow } from '../measure/compare-row.js';
import type { Abort } from '../types.js';
import type { Runner } from './runner.js';

/** The queue's name, and the start of all keys. */
export const QUEUE = 'zipdream-cells';

/** After which bytes that nobody asked for again are gone. */
const BYTES_SECONDS = 24 * 3600;
/** For which a result waits for who asked for it, should that have been killed. */
const RESULT_SECONDS = 3600;
/** Cells in the queue at a time: enough for the cores of many machines. */
const WIDTH = 256;
const SWEEP_MS = 2_000;
const CONNECT_MS = 5_000;
/** Tries to get a connection back, one a second. */
const RETRIES = 10;

/** Redis cannot be reached or used; one line, without the password. */
export class QueueError extends Error {}

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
  const db = /^\/?(\d*)$/.exec(url.pathname)?.[1];
  if (db === undefined) return undefined;
  const port = Number(url.port || 6379);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    shown: `${url.protocol}//${url.hostname}:${port}`,
    options: {
      ...{ host, port, db: Number(db) },
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
      ...(url.protocol === 'rediss:' && { tls: {} }),
    },
  };
}

/** What a job of the queue holds: a cell but for its bytes, which lie under their hash. */
export type CellJob = Omit<CellTask, 'bytes'> & { readonly bytesSha256: string };

export const bytesKey = (sha256: string): string => `${QUEUE}:bytes:${sha256}`;

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
export async function connectQueue({ shown, options }: QueuePlace): Promise<Connected> {
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
  const pending = new Map<string, { task: CellTask; settle: (row: CompareRow) => void }>();

  const add = async ({ bytes, ...rest }: CellTask): Promise<void> => {
    const bytesSha256 = createHash('sha256').update(bytes).digest('hex');
    await redis.set(bytesKey(bytesSha256), Buffer.from(bytes), 'EX', BYTES_SECONDS);
    const keep = { age: RESULT_SECONDS };
    const settings = { jobId: rest.row.id, removeOnComplete: keep, removeOnFail: keep };
    await queue.add('cell', { ...rest, bytesSha256 }, settings);
  };
  const check = async (id: string): Promise<void> => {
    const waiting = pending.get(id);
    if (!waiting) return;
    const job = await queue.getJob(id);
    if (!job) return add(waiting.task);
    const state = await job.getState();
    if (state !== 'completed' && state !== 'failed') return;
    const { row } = waiting.task;
    waiting.settle(state === 'completed' ? job.returnvalue : { ...row, error: job.failedReason });
    pending.delete(id);
    await job.remove();
  };
  const checkSoon = ({ jobId }: { jobId: string }): void => void check(jobId).catch(() => {});
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
      const settled = new Promise<CompareRow>((settle) => pending.set(id, { task, settle }));
      const added = queue.getJob(id).then(async (old) => {
        if (old && (await old.isFailed())) await old.remove();
        await add(task);
      });
      return Promise.race([lost, added.then(() => settled)]);
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
  /** Hears that Redis has let us in. */
  readonly onReady?: (() => void) | undefined;
  readonly onCell?: ((row: CompareRow) => void) | undefined;
}

/** Rows that do what their spec says on the machine that opens them. */
const LOCAL = /^(command|onnx)\b/;

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
      const { bytesSha256, ...task } = job.data;
      const giveBack = async (): Promise<never> => {
        await job.moveToWait(token);
        throw new bullmq.WaitingError();
      };
      if (task.row.zipdream !== version) {
        const wanted = `the queue has cells of zipdream ${task.row.zipdream}, and this is ${version}`;
        refuse(new QueueError(`${wanted}; use the same version`));
        return giveBack();
      }
      const { spec, judge } = task.row;
      if (!programs && [spec, judge].some((one) => one !== undefined && LOCAL.test(one))) {
        throw new Error(`${spec} may not run on the worker; start it with --programs`);
      }
      const bytes = await redis.getBuffer(bytesKey(bytesSha256));
      if (!bytes) throw new Error('the bytes of the cell are gone; run compare again');
      const row = await Promise.race([
        threads.run({ ...task, bytes: new Uint8Array(bytes) }),
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
