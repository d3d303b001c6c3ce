// `zipdream complete`: scripts that teach a shell to complete commands, flags and their values, and
// the answers those scripts ask for. The protocol and the scripts are those of @bomb.sh/tab.

import { Command } from 'commander';

const SUMMARY = 'print a completion script for your shell';

/** The command as --help shows it; `installCompletion` puts the one that works in its place. */
export function completeCommand(): Command {
  return new Command('complete')
    .summary(SUMMARY)
    .argument('<shell>', 'zsh, bash, fish or powershell')
    .addHelpText('after', HELP);
}

/** Makes `zipdream complete` work. Loads what it needs, so it is called for this command only. */
export async function installCompletion(program: Command, argv: readonly string[]): Promise<void> {
  const [{ default: tab }, { nodeRegistry }, { ALPHABET_NAMES }] = await Promise.all([
    import('@bomb.sh/tab/commander'),
    import('../node/registry.js'),
    import('./alphabets.js'),
  ]);
  const root = tab(program);
  program.commands
    .find((command) => command.name() === 'complete')
    ?.summary(SUMMARY)
    .addHelpText('after', HELP);

  for (const [name, command] of root.commands) {
    command.description = program.commands.find((one) => one.name() === name)?.summary() ?? '';
    const compressor = command.options.get('compressor');
    if (compressor) {
      compressor.handler = (complete) => {
        for (const [name, { summary }] of Object.entries(nodeRegistry)) complete(name, summary);
      };
    }
    const alphabet = command.options.get('alphabet');
    if (alphabet) {
      alphabet.handler = (complete) => {
        for (const name of ALPHABET_NAMES) complete(name, 'named alphabet');
      };
    }
  }
  // tab forbids the shell to offer files, always; here it may when there is nothing else to offer.
  const prefix = argv.at(-1)?.replace(/^--[^=]*=/, '') ?? '';
  Object.defineProperty(root, 'directive', {
    get: () => (root.completions.some(({ value }) => value.startsWith(prefix)) ? NO_FILES : FILES),
    set() {},
  });
}

/** `ShellCompDirectiveDefault` and `ShellCompDirectiveNoFileComp` of the protocol. */
const FILES = 0;
const NO_FILES = 4;

const HELP = `
For bash, its package bash-completion is needed.

Examples:
  source <(zipdream complete bash)            # for this session
  zipdream complete zsh > ~/.zipdream.zsh     # then source it in ~/.zshrc
  zipdream complete fish > ~/.config/fish/completions/zipdream.fish`;
