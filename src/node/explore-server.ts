// The server of `zipdream explore`: the built page and nothing else, for this machine alone. It
// listens on the loopback interface, knows its files by name before anybody asks, and refuses what
// another site's page might send: a foreign Host (DNS rebinding) or Origin.

import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.js';
import { FileError, reason } from './files.js';

export interface ExploreServerOptions {
  /** The folder of the built page. */
  readonly folder: string;
  /** 0, or left out: any that is free. */
  readonly port?: number | undefined;
  /** More to serve: paths as in `lm/model.onnx`, and the files that lie behind them, or contents. */
  readonly more?: ReadonlyMap<string, string | Uint8Array> | undefined;
}

export interface ExploreServer {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wav': 'audio/wav',
  '.wasm': 'application/wasm',
};

/** Everything from here; WebAssembly, but no `eval`; pictures and sounds that the page makes. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/**
 * Serves the page until it is closed.
 *
 * @throws FileError if the page is not built.
 * @throws UsageError if the port is in use, or not to be had.
 */
export async function startExploreServer(options: ExploreServerOptions): Promise<ExploreServer> {
  const { folder, port = 0, more = [] } = options;
  const files = new Map<string, string | Uint8Array>([...(await listFiles(folder)), ...more]);
  let hosts: readonly string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, files, hosts).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(port, error)));
    server.listen(port, HOST, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  hosts = [`${HOST}:${bound}`, `localhost:${bound}`];
  return {
    url: `http://${HOST}:${bound}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The files of a folder by their paths in a URL, the page itself by the empty one. */
async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (error) {
    throw new FileError('the page is not built; run "npm run build"', { cause: error });
  }
  const files = new Map(names.map((name) => [name.split(sep).join('/'), join(folder, name)]));
  const page = files.get('index.html');
  if (page === undefined) throw new FileError('the page is not built; run "npm run build"');
  return files.set('', page);
}

function portError(port: number, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE') {
    const message = `port ${port} is in use; give another --port, or none for one that is free`;
    return new UsageError(message, { cause: error });
  }
  return new UsageError(`cannot listen on port ${port}: ${reason(error)}`, { cause: error });
}

async function answer(
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, string | Uint8Array>,
  hosts: readonly string[],
): Promise<void> {
  const refuse = (status: number, text: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, {
      ...HEADERS,
      'Content-Type': 'text/plain; charset=utf-8',
      ...more,
    });
    response.end(`${text}\n`);
  };
  const { host = '', origin } = headers;
  const isForeign = origin !== undefined && !hosts.some((own) => origin === `http://${own}`);
  if (!hosts.includes(host) || isForeign) return refuse(403, 'this page is for this machine alone');
  if (method !== 'GET' && method !== 'HEAD') {
    return refuse(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
  }
  const name = /^\/([^?#]*)/.exec(url)?.[1];
  const file = name === undefined ? undefined : files.get(name);
  const body = typeof file === 'string' ? await readFile(file).catch(() => undefined) : file;
  if (name === undefined || body === undefined) return refuse(404, 'nothing is here');
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': TYPES[extname(name || 'index.html')] ?? 'application/octet-stream',
    'Content-Length': body.length,
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/**
 * The files of the language model for `more`: the model, and onnxruntime-web, which runs it. Nothing
 * where that package is not installed.
 */
export function languageModelFiles(): ReadonlyMap<string, string | Uint8Array> {
  let runtime: string;
  try {
    runtime = fileURLToPath(import.meta.resolve('onnxruntime-web/wasm'));
  } catch {
    return new Map();
  }
  return new Map<string, string | Uint8Array>([
    ['lm.json', new TextEncoder().encode('{ "available": true }\n')],
    ['lm/ort.mjs', runtime],
    ['lm/ort.wasm', join(dirname(runtime), 'ort-wasm-simd-threaded.wasm')],
    ['lm/model.onnx', fileURLToPath(new URL('../../models/lm-media.onnx', import.meta.url))],
  ]);
}
