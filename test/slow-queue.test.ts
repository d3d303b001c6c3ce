// Cells over a queue on Redis: a server of our own on loopback, workers as processes of their own.
// One is killed in the middle of a cell, and the results are those of a local run.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompareRow } from '../src/measure/compare-row.js';
import { QUEUE, queuePlace } from '../src/node/queue.js';
import { MAIN, runCli, TALE } from './run-cli.js';

const PASSWORD = 'mill-p0nd';
/** What the machine decides. */
const TIMING = new Set(['msPerByte', 'peakBytes']);

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch {
    return false;
  }
}

const isHere = hasRedis();
const title = isHere
  ? 'a queue'
  : 'a queue: skipped, as redis-server is missing (apt install redis-server)';

describe.skipIf(!isHere)(title, () => {
  let folder: string;
  let port: number;
  let server: ChildProcess;
  let queue: Queue;
  const children: ChildProcess[] = [];
  const url = (): string => `redis://127.0.0.1:${port}`;
  const env = () => ({ REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${port}` });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zipdream-queue-'));
    port = await freePort();
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', PASSWORD];
    server = spawn('redis-server', [...settings, '--save', '', '--dir', folder]);
    await new Promise<void>((resolve) => {
      server.stdout!.on('data', (text) => {
        if (String(text).includes('Ready to accept connections')) resolve();
      });
    });
    const connection = { host: '127.0.0.1', port, password: PASSWORD };
    queue = new Queue(QUEUE, { connection });
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await queue?.close();
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function startWorker(): ChildProcess {
    const args = [MAIN, 'worker', '--queue', url(), '--workers', '1'];
    const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env() } });
    children.push(child);
    return child;
  }

  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => child.once('exit', (code) => resolve(code)));

  /** Until a job is under way, by a process that is not `but`: its number. */
  async function activeWorker(but?: number): Promise<number> {
    for (;;) {
      for (const { processedBy } of await queue.getActive()) {
        if (processedBy !== undefined && Number(processedBy) !== but) return Number(processedBy);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Those whose lines are whole, where the file is growing. */
  const rowsOf = (path: string): CompareRow[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line, (key, value) => (TIMING.has(key) ? 0 : value)))
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  const grid = ['compare', TALE, '--chunk', '256', '--from', '192', '--limit', '3'];
  const models = ['-c', 'fflate,ppm', '--readings', 'recompress,decode'];
  const samples = ['--metrics', 'rates,samples', '--judge', 'order0'];
  const all = [...grid, ...models, ...samples];

  // These wait, most of their time, for Redis to notice that a worker is gone: they run side by side.
  test.concurrent('a worker killed during a cell loses nothing, and no row is duplicated', async ({
    expect,
  }) => {
    const [local, queued] = [join(folder, 'local.jsonl'), join(folder, 'queued.jsonl')];
    await runCli([...all, '-o', local]);
    const workers = [startWorker(), startWorker()];
    const run = runCli([...all, '--queue', url(), '-o', queued], { env: env() });
    const victim = await activeWorker();
    process.kill(victim, 'SIGKILL');
    expect(workers.map(({ pid }) => pid)).toContain(victim);
    const ran = await run;
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/^(no worker is there yet.*\n)?\d+ cells measured/);
    expect(rowsOf(queued)).toEqual(rowsOf(local));
    const survivor = workers.find(({ pid }) => pid !== victim)!;
    survivor.kill('SIGINT');
    expect(await ended(survivor)).toBe(130);
    expect(await queue.getJobCounts('wait', 'active', 'completed', 'failed')).toEqual({
      ...{ wait: 0, active: 0, completed: 0, failed: 0 },
    });
  });

  test.concurrent.for(['no', 'yes'])(
    'Redis, workers and client killed in turn with appendonly %s give the rows of a local run',
    async (appendOnly, { expect }) => {
      const own = await freePort();
      const place = `redis://127.0.0.1:${own}`;
      const data = mkdtempSync(join(folder, 'redis-'));
      const started: ChildProcess[] = [];
      const startRedis = async (): Promise<ChildProcess> => {
        const settings = ['--port', String(own), '--bind', '127.0.0.1', '--save', ''];
        const log = ['--appendonly', appendOnly, '--appendfsync', 'always', '--dir', data];
        const child = spawn('redis-server', [...settings, ...log]);
        started.push(child);
        await new Promise<void>((resolve) => {
          child.stdout!.on('data', (text) => {
            if (String(text).includes('Ready to accept connections')) resolve();
          });
        });
        return child;
      };
      const startOne = (): ChildProcess => {
        const args = [MAIN, 'worker', '--queue', place, '--workers', '1'];
        const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH } });
        started.push(child);
        return child;
      };
      const kill = async (child: ChildProcess): Promise<void> => {
        const end = ended(child);
        child.kill('SIGKILL');
        await end;
      };
      const wide = ['compare', TALE, '--chunk', '256', '--limit', '300', '-c', 'order0,gzip,ppm'];
      const [local, file] = [join(data, 'local.jsonl'), join(data, 'queued.jsonl')];
      const count = (): number => (existsSync(file) ? rowsOf(file).length : 0);
      const grown = async (by: number): Promise<void> => {
        const least = count() + by;
        await expect.poll(count).toBeGreaterThanOrEqual(least);
      };
      await runCli([...wide, '-o', local]);
      try {
        let redis = await startRedis();
        const worker = startOne();
        startOne();
        let client: ChildProcess | undefined;
        const during = (child: ChildProcess): void => {
          client = child;
        };
        const first = runCli([...wide, '--queue', place, '-o', file], { during });
        await grown(5);
        await kill(redis);
        redis = await startRedis();
        await grown(5);
        await kill(worker);
        startOne();
        await grown(5);
        client!.kill('SIGKILL');
        await first;
        const second = await runCli([...wide, '--queue', place, '-o', file]);
        expect([second.code, second.stderr]).toEqual([0, expect.stringMatching(/cells measured/)]);
        expect(rowsOf(file)).toEqual(rowsOf(local));
      } finally {
        for (const child of started) child.kill('SIGKILL');
      }
    },
  );

  test('Ctrl-C returns a cell to the queue, in the worker or the client', async () => {
    const worker = startWorker();
    let client: ChildProcess | undefined;
    const file = join(folder, 'interrupted.jsonl');
    const slow = [...grid, '-c', 'pako', '--readings', 'recompress'];
    const run = runCli([...slow, '--queue', url(), '-o', file], {
      env: env(),
      during: (child) => {
        client = child;
      },
    });
    const first = await activeWorker();
    expect(first).toBe(worker.pid);
    worker.kill('SIGINT');
    expect(await ended(worker)).toBe(130);
    expect(await queue.getJobCounts('wait', 'active', 'failed')).toMatchObject({
      active: 0,
      failed: 0,
    });
    client!.kill('SIGINT');
    const ran = await run;
    expect(ran.code).toBe(130);
    expect(ran.stderr).not.toMatch(/\n {4}at /);
    expect(await queue.getJobCounts('wait', 'active')).toEqual({ wait: 0, active: 0 });
  });

  test('a worker refuses cells of another version and leaves them in the queue', async () => {
    const worker = startWorker();
    let said = '';
    worker.stderr!.on('data', (text) => {
      said += text;
    });
    const row = { id: 'x', zipdream: '0.0.7', spec: 'gzip' };
    await queue.add('cell', { row, bytesSha256: '' }, { jobId: 'of-another-version' });
    expect(await ended(worker)).toBe(1);
    expect(said).toContain('zipdream: the queue has cells of zipdream 0.0.7, but this is');
    const job = await queue.getJob('of-another-version');
    expect(await job!.getState()).toBe('waiting');
    await job!.remove();
  });

  test('cells that run programs need a worker that allows them', async () => {
    const worker = startWorker();
    const file = join(folder, 'programs.jsonl');
    const ran = await runCli([...grid, '-c', 'command:cat', '--queue', url(), '-o', file], {
      env: env(),
    });
    expect(ran.text).toMatch(
      /3 cells failed: "command:cat" comes from an untrusted source and is refused: .* --programs/,
    );
    worker.kill('SIGINT');
    await ended(worker);
  });

  test.each([
    ['no password', {}, /a password is required/],
    ['a wrong one', { REDIS_URL: '' }, /wrong user or password/],
  ])('%s: reports one line that omits the password', async (_, none, message) => {
    const wrong = 'REDIS_URL' in none ? `redis://:not-${PASSWORD}@127.0.0.1:${port}` : url();
    for (const command of [['compare', TALE, '-c', 'order0'], ['worker']]) {
      const ran = await runCli([...command, '--queue', wrong, '--debug']);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(message);
      expect(ran.stderr).not.toContain(PASSWORD);
      expect(ran.stderr.match(/^zipdream: /gm)).toHaveLength(1);
      expect(ran.stderr).toMatch(/^zipdream: cannot use redis:\/\/127/);
    }
  });

  test('an unavailable server or an invalid address is reported', async () => {
    const nobody = `redis://127.0.0.1:${await freePort()}`;
    const ran = await runCli(['worker', '--queue', nobody]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`zipdream: cannot use ${nobody}: connection refused`);
    const bad = await runCli(['worker', '--queue', 'http://me:secret@host', '--debug']);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('--queue expected redis://HOST');
    expect(bad.stderr).not.toContain('secret');
  });
});

test('the password of the environment is used only for the same server', () => {
  const known = 'redis://miller:p%40nd@10.0.0.7:6380';
  expect(queuePlace('redis://10.0.0.7:6380/2', known)).toEqual({
    shown: 'redis://10.0.0.7:6380',
    options: { host: '10.0.0.7', port: 6380, db: 2, username: 'miller', password: 'p@nd' },
  });
  expect(queuePlace('rediss://10.0.0.7', known).options).toEqual({
    ...{ host: '10.0.0.7', port: 6379, db: 0, tls: {} },
  });
  expect(queuePlace('redis://:x@10.0.0.7:6380', known).options.password).toBe('x');
  expect(() => queuePlace('redis://h/not-a-number')).toThrow(/^--queue expected redis:\/\/HOST/);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
