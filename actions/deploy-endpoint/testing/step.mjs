// One deploy-endpoint step in a process of its own, with the command line as its host.
import { resolve } from 'node:path';
import { registry } from '@mlops-actions/actions';
import { systemClock } from '@mlops-actions/core';
import { cliHost, parseOptions, processEffects } from '@mlops-actions/hosts';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { runAction } from '@mlops-actions/runner';

const daemonMain = resolve(import.meta.dirname, '../../../packages/provider-local/lib/daemon-main.js');
const effects = {
  clock: systemClock,
  random: Math.random,
  onSignal: (cancel) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => cancel(signal));
    return () => {};
  },
  openProvider: (inputs, workingDirectory, providerEffects) =>
    openLocalProvider({
      root: resolve(workingDirectory, inputs.store),
      daemonCommand: [process.execPath, daemonMain],
      effects: providerEffects,
    }),
};

const host = cliHost({ ...processEffects(), ...parseOptions(process.argv.slice(2)) });
process.exit(await runAction(await registry['deploy-endpoint'](), host, effects));
