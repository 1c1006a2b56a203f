// One step from the sources' compiled code in a process of its own, with the command line as its host: `node test/step.mjs <action> <options>`.
// With STEP_MEMORY it writes its peak memory (kB) to that file. STEP_AROUND is a module whose `around` puts something around the provider.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { registry } from '@mlops-actions/actions';
import { systemClock } from '@mlops-actions/core';
import { cliHost, parseOptions, processEffects } from '@mlops-actions/hosts';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { runAction } from '@mlops-actions/runner';

const { around } = process.env.STEP_AROUND ? await import(process.env.STEP_AROUND) : { around: (provider) => provider };
const effects = {
  clock: systemClock,
  random: Math.random,
  scanWorker: new URL('../packages/tabular/lib/threads/scan-worker-main.js', import.meta.url),
  onSignal: (cancel) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => cancel(signal));
    return () => {};
  },
  openProvider: async (inputs, workingDirectory, providerEffects) =>
    around(
      await openLocalProvider({
        root: resolve(workingDirectory, inputs.store),
        daemonCommand: [
          process.execPath,
          resolve(import.meta.dirname, '../packages/provider-local/lib/daemon-main.js'),
        ],
        effects: providerEffects,
      }),
    ),
};

const host = cliHost({ ...processEffects(), ...parseOptions(process.argv.slice(3)) });
process.exitCode = await runAction(await registry[process.argv[2]](), host, effects);
if (process.env.STEP_MEMORY) writeFileSync(process.env.STEP_MEMORY, peakMemory());

/** Of this program alone: the peak in `resourceUsage` begins with that of the process that started it. */
function peakMemory() {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return kilobytes;
}
