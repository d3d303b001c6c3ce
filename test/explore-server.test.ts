// The server of `zipdream explore`, as a page of another site, a curious neighbour or a tired person
// would meet it.

import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExploreServer, startExploreServer } from '../src/node/explore-server.js';
import { runCli } from './run-cli.js';

const PAGE = join(import.meta.dirname, '../dist/explorer');

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

describe('the server', () => {
  let server: ExploreServer;
  beforeAll(async () => {
    server = await startExploreServer({ folder: PAGE });
  });
  afterAll(() => server.close());

  /** Asks for a path exactly as it is written, with headers that `fetch` would not let through. */
  function ask(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    method = 'GET',
  ): Promise<Answer> {
    const { hostname, port } = new URL(server.url);
    return new Promise((resolve, reject) => {
      const asked = request({ hostname, port, path, method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text) => {
          body += text;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body }),
        );
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  it('serves the page and its assets with their types and a strict policy', async () => {
    const page = await ask('/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'self';/);
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(page.body)![1]!;
    const answer = await ask(`/${script}?v=1`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('listens only on the loopback interface', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it('refuses a foreign Host header, as after DNS rebinding', async () => {
    const { port } = new URL(server.url);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', '127.0.0.1:1']) {
      expect((await ask('/', { host })).status, host).toBe(403);
    }
    expect((await ask('/', { host: `localhost:${port}` })).status).toBe(200);
  });

  it('refuses a foreign Origin', async () => {
    const own = server.url.replace(/\/$/, '');
    expect((await ask('/', { origin: own })).status).toBe(200);
    for (const origin of [
      'http://evil.example',
      'null',
      `${own}0`,
      own.replace('http:', 'https:'),
    ]) {
      expect((await ask('/', { origin })).status, origin).toBe(403);
    }
  });

  it('serves nothing outside the page, whatever the form of the path', async () => {
    for (const path of [
      '/../package.json',
      '/assets/../../../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/package.json',
      '/..\\..\\package.json',
      '//etc/passwd',
      '/assets',
      '/assets/',
      '/index.html%00',
      '/no-such-file',
    ]) {
      expect((await ask(path)).status, path).toBe(404);
    }
    expect((await ask('http://evil.example/')).status).toBe(404);
  });

  it('allows only GET and HEAD', async () => {
    const head = await ask('/', {}, 'HEAD');
    expect([head.status, head.body]).toEqual([200, '']);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask('/', {}, method);
      expect([status, headers.allow], method).toEqual([405, 'GET, HEAD']);
    }
  });

  it('survives a client that does not speak HTTP', async () => {
    const { hostname, port } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end('\x00\xff nonsense\r\n\r\n'));
      socket.on('close', () => resolve());
      socket.resume();
    });
    expect((await ask('/')).status).toBe(200);
  });

  it('reports a port in use in one line', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startExploreServer({ folder: PAGE, port })).rejects.toThrow(
      `port ${port} is in use; choose another --port, or omit it to use a free one`,
    );
  });

  it('reports that the page is not built', async () => {
    const folder = join(PAGE, 'no-such-folder');
    await expect(startExploreServer({ folder })).rejects.toThrow(
      'the page is not built; run "npm run build"',
    );
  });
});

describe('the command', () => {
  it('prints the address of a page that responds, and exits on Ctrl-C', async () => {
    let status = 0;
    const ran = await runCli(['explore', '--no-open'], {
      during: (child) => {
        child.stdout!.once('data', async (text) => {
          status = (await fetch(String(text).trim())).status;
          child.kill('SIGINT');
        });
      },
    });
    expect(status).toBe(200);
    expect(ran.text).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    expect(ran.stderr).toBe('Ctrl-C ends it\n');
    expect(ran.code).toBe(0);
  });

  it('reports an invalid port in one line', async () => {
    const taken = await startExploreServer({ folder: PAGE });
    const { port } = new URL(taken.url);
    const used = await runCli(['explore', '--no-open', '--port', port]);
    await taken.close();
    expect(used.stderr).toBe(
      `zipdream: port ${port} is in use; choose another --port, or omit it to use a free one\n`,
    );
    expect([used.text, used.code]).toEqual(['', 2]);
    const wrong = await runCli(['explore', '--port', '70000']);
    expect(wrong.stderr).toMatch(/^zipdream: .*"--port" expected integer from 0 to 65535.*\n$/);
    expect(wrong.code).toBe(2);
  });
});
