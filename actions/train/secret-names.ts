import { UserError } from '@mlops-actions/core';

/** Words at the end of a name that say "secret" in every trade, and tokens that are text, not keys. */
const secretPattern =
  /(?:^|[_.-])(?:passwords?|passwd|pwd|secrets?|token|credentials?|api[_.-]?key|access[_.-]?key|secret[_.-]?key|private[_.-]?key|account[_.-]?key|sas|connection[_.-]?string)$/i;
const textTokens = /(?:^|[_.-])(?:pad|eos|bos|sep|cls|unk|mask|special|stop|start|end|blank|image)[_.-]token$/i;

/**
 * Refuses hyperparameters whose names look like secrets: a provider shows hyperparameters to everybody who may see the job. The values are
 * not shown.
 */
export function refuseSecretNames(names: readonly string[]): void {
  const secret = names.filter((name) => secretPattern.test(snakeCase(name)) && !textTokens.test(snakeCase(name)));
  if (secret.length === 0) return;
  throw new UserError(
    `The hyperparameter ${secret.map((name) => `"${name}"`).join(', ')} looks like a secret, and hyperparameters are shown in logs and records. ` +
      'Pass it in `secret-environment`, from a secret of your CI system.',
  );
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}
