import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { UserError } from '@mlops-actions/core';
import type { Host } from '@mlops-actions/hosts';
import { helpText, nearest, overviewHelp } from '@mlops-actions/spec';
import { actionNames, loadAction } from './load-action.ts';
import { type Effects, runAction } from './run-action.ts';

/** What a command works with. */
export interface CommandEffects {
  /** The host of a step; the words after the command are its inputs. */
  readonly host: Host;
  readonly effects: Effects;
  /** Writes to standard output. */
  print(text: string): void;
  /** Where the version is written. */
  readonly packageJson: URL;
}

/**
 * Runs one command and returns the exit code. Without any it prints the overview and returns 1, so that a script in which a variable was
 * empty does not pass. Throws a `UserError` when there is no such command.
 */
export async function runCommand(argv: readonly string[], command: CommandEffects): Promise<number> {
  const [name, ...words] = argv;
  if (name === undefined || name === 'help' || isHelp(name)) {
    command.print(await overview());
    return name === undefined ? 1 : 0;
  }
  if (name === '--version') {
    command.print(`${await version(command.packageJson)}\n`);
    return 0;
  }
  if (name === 'store') return storeCommand(words, command);
  if (nearest(name, [...actionNames, 'store']) === 'store')
    throw new UserError(`"${name}" is not a command. ${storeUsage}`);
  const action = await loadAction(name);
  if (!words.some(isHelp)) return runAction(action, command.host, command.effects);
  command.print(helpText(action.spec));
  return 0;
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

async function overview(): Promise<string> {
  const actions = await Promise.all(actionNames.map(loadAction));
  return `${overviewHelp(actions.map((action) => action.spec))}${storeUsage}\n`;
}

async function version(packageJson: URL): Promise<string> {
  return (JSON.parse(await readFile(packageJson, 'utf8')) as { readonly version: string }).version;
}

const storeUsage = 'Run `mlops-actions store check [--store <folder>]` to verify a local store.';

/** `store check`: a line for each finding; 1 when something is damaged. */
async function storeCommand(words: readonly string[], { host, print }: CommandEffects): Promise<number> {
  if (words.some(isHelp)) {
    print(`${storeUsage}\n`);
    return 0;
  }
  const folder = folderToCheck(words);
  const { checkStore } = await import('@mlops-actions/provider-local');
  const findings = await checkStore(folder);
  for (const { path, problem, fix } of findings) print(`${path} ${problem}. ${fix}\n`);
  const damages = findings.filter((finding) => !finding.harmless).length;
  if (damages === 0) {
    print(`The store ${folder} is sound.\n`);
    return host.finish({ kind: 'ok' });
  }
  const places = damages === 1 ? 'one place' : `${damages} places`;
  return host.finish({ kind: 'user-error', message: `The store ${folder} is damaged in ${places}.` });
}

function folderToCheck(words: readonly string[]): string {
  try {
    const { positionals, values } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { store: { type: 'string', default: '.mlops' } },
    });
    if (positionals.join(' ') === 'check') return values.store;
  } catch (error) {
    throw new UserError(`${(error as Error).message} ${storeUsage}`);
  }
  throw new UserError(storeUsage);
}
