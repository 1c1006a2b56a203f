import { UserError } from '@mlops-actions/core';

/** The background processes of the local provider by the word that starts them; each gets the words after it. */
const roles: Readonly<Record<string, () => Promise<(argv: readonly string[]) => Promise<void>>>> = {
  gateway: async () => (await import('./gateway/main.ts')).runGateway,
  job: async () => (await import('./jobs/supervisor.ts')).supervise,
};

/** Runs as the background process that `argv` names: `job <store root> <job name>` or `gateway <store root>`. Resolves when its work is done. */
export async function daemon(argv: readonly string[]): Promise<void> {
  const [role = '', ...rest] = argv;
  const load = roles[role];
  if (load === undefined) {
    throw new UserError(`"${role}" is not a background process. There are: ${Object.keys(roles).join(', ')}.`);
  }
  const run = await load();
  await run(rest);
}
