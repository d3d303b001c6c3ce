// `zipdream complete`: prints scripts with which a shell completes commands, flags and values, and
// answers the requests of those scripts. Scripts and protocol are those of @bomb.sh/tab.

import { Command } from 'commander';

const SUMMARY = 'print a completion script for your shell';

/** The command as shown by `--help`; `installCompletion` replaces it with a working one. */
export function completeCommand(): Command {
  return new Command('complete')
    .summary(SUMMARY)
    .argument('<shell>', 'zsh, bash, fish or powershell')
    .addHelpText('after', HELP);
}

/** Makes `zipdream complete` work. It loads packages, so it is called for this command only. */
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
  // tab always disables file completion; here it is enabled if there is nothing else to offer.
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
