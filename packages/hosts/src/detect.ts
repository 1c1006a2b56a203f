import { azurePipelinesHost } from './azure-pipelines.ts';
import { cliHost } from './cli.ts';
import { processEffects, type TerminalEffects } from './effects.ts';
import { githubHost } from './github.ts';
import type { Host } from './host.ts';

/**
 * The host that a step's bundle runs under: GitHub's runner and Azure's agent say who they are, anything else is a command line
 * without options. The command line itself calls `cliHost`, also inside a step of a CI system.
 */
export function detectHost(effects: TerminalEffects = processEffects()): Host {
  const { env } = effects;
  if (env.GITHUB_ACTIONS === 'true') return githubHost(effects);
  if (env.TF_BUILD?.toLowerCase() === 'true') return azurePipelinesHost(effects);
  return cliHost({ ...effects, options: new Map(), stray: [] });
}
