// What `zipdream explore` does: serves the built page until Ctrl-C.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { languageModelFiles, startExploreServer } from '../node/explore-server.js';
import { listenForInterrupt } from './interrupt.js';
import { notify } from './notify.js';
import { writeStdout } from './output.js';

export interface ExploreFlags {
  readonly port?: number;
  readonly open: boolean;
}

export async function runExplore({ port, open }: ExploreFlags): Promise<void> {
  const folder = fileURLToPath(new URL('../explorer/', import.meta.url));
  const server = await startExploreServer({ folder, port, more: languageModelFiles() });
  const interrupt = listenForInterrupt();
  await writeStdout(`${server.url}\n`);
  notify('Ctrl-C ends it');
  if (open) openBrowser(server.url);
  await interrupt.arrived;
  await server.close();
  interrupt.release();
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** As the desktop does it; where there is none, the address on the terminal has to do. */
function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
