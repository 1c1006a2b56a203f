import { fileURLToPath } from 'node:url';
import { endingOf } from '@mlops-actions/core';
import { cliHost, detectHost, type Host, parseOptions, processEffects } from '@mlops-actions/hosts';
import { endProcess, onEscape, realEffects } from './effects.ts';
import { loadAction } from './load-action.ts';
import { type Effects, runAction, runPost } from './run-action.ts';

// The entries of the bundle. Each is called by a stub of two lines, which passes its own `import.meta.url`: a bundler rewrites that
// inside the bundle.

/** Runs the action `name` under the host that the environment shows, then ends the process. */
export async function runStep(name: string, entryUrl: string): Promise<never> {
  const host = detectHost();
  return endWith(host, async () => runAction(await loadAction(name), host, effectsBeside(entryUrl)));
}

/** Runs what the action `name` left to do after the job, then ends the process. */
export async function runPostStep(name: string, entryUrl: string): Promise<never> {
  const host = detectHost();
  return endWith(host, async () => runPost(await loadAction(name), host, effectsBeside(entryUrl)));
}

/** Runs the command line (`argv` without the program), then ends the process. */
export async function commandLine(argv: readonly string[], entryUrl: string): Promise<never> {
  const terminal = processEffects();
  const host = cliHost({ ...terminal, ...parseOptions(argv.slice(1)) });
  return endWith(host, async () => {
    const { runCommand } = await import('./command-line.ts');
    return runCommand(argv, {
      host,
      effects: effectsBeside(entryUrl),
      print: terminal.write,
      packageJson: new URL('package.json', entryUrl),
    });
  });
}

/** Runs as the background process of the local provider that `argv` names, which lives as long as it has work. */
export async function daemon(argv: readonly string[]): Promise<void> {
  const { daemon: run } = await import('@mlops-actions/provider-local');
  await run(argv);
}

/** Runs as a thread that reads a table for the step that started it. */
export async function scanWorker(): Promise<void> {
  const { runScanWorker } = await import('@mlops-actions/tabular');
  await runScanWorker();
}

async function endWith(host: Host, run: () => Promise<number>): Promise<never> {
  onEscape((thrown) => void endProcess(host.finish(endingOf(thrown))));
  const code = await run().catch((thrown: unknown) => host.finish(endingOf(thrown)));
  return endProcess(code);
}

function effectsBeside(entryUrl: string): Effects {
  const daemonCommand = [process.execPath, fileURLToPath(new URL('daemon.js', entryUrl))];
  return realEffects(daemonCommand, new URL('scan-worker.js', entryUrl));
}
