// `zipdream explore`: serves the built page until Ctrl-C, and opens it in the browser. The server
// itself is node/explore-server.ts.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { languageModelFiles, startExploreServer } from '../node/explore-server.js';
import { addFlags } from './flags.js';
import { type Io, listenForInterrupt, notify, write } from './io.js';

export function exploreCommand(io: Io): Command {
  const command = new Command('explore')
    .description(
      'Serves a page to this machine alone and opens it: what compressors expect next of a text, ' +
        'how they finish a picture or a sound. Ctrl-C ends it.',
    )
    .action((flags: ExploreFlags) => run(io, flags));
  return addFlags(command, { '': ['port', 'noOpen'] });
}

interface ExploreFlags {
  readonly port?: number;
  readonly open: boolean;
}

async function run(io: Io, { port, open }: ExploreFlags): Promise<void> {
  const folder = fileURLToPath(new URL('../explorer/', import.meta.url));
  const server = await startExploreServer({ folder, port, more: languageModelFiles() });
  const interrupt = listenForInterrupt(io);
  await write(io, `${server.url}\n`);
  notify(io, 'Ctrl-C ends it');
  if (open) openBrowser(server.url);
  await interrupt.arrived;
  await server.close();
  interrupt.release();
  io.exitCode = 0;
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens the default browser; failure is ignored, as the address has been printed. */
function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
