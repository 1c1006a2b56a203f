import type { Masker } from './masking.ts';

/** Inputs, state and the suite's own settings. */
const ownPrefixes = ['INPUT_', 'STATE_', 'MLOPS_'];

/** Credentials that CI systems hand to the step itself, and what Azure's agent keeps for its tasks. */
const tokenPrefixes = [
  'ACTIONS_ID_TOKEN_REQUEST_',
  'CI_JOB_JWT',
  'ENDPOINT_',
  'SECRET_',
  'SECUREFILE_',
  'VSTS_TASKVARIABLE_',
];
const tokens = new Set([
  'ACTIONS_RUNTIME_TOKEN',
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'SYSTEM_ACCESSTOKEN',
  'COMMAND_CORRELATION_ID',
  'VSTS_PUBLIC_VARIABLES',
  'VSTS_SECRET_VARIABLES',
  'CI_JOB_TOKEN',
  'CI_BUILD_TOKEN',
  'CI_DEPENDENCY_PROXY_PASSWORD',
  'CI_DEPLOY_PASSWORD',
  'CI_REGISTRY_PASSWORD',
  // Has the job token inside.
  'CI_REPOSITORY_URL',
]);

/** Files through which a script could set our outputs, or the environment of every later step. */
const commandFiles = new Set(['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY']);

/**
 * The environment for user code: everything but inputs, the CI system's own tokens, its command files, and variables whose value is
 * a secret of this step. Cloud credentials (`AWS_*`, `AZURE_*`, …) stay, because the user's code may need them. A script that
 * needs GitHub's token gets it under a name of the user's choosing.
 */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  masker: Masker,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isOurs(entry[0]) && !masker.has(entry[1]),
  );
  return Object.fromEntries(kept);
}

function isOurs(variable: string): boolean {
  // Windows spells variables in any case.
  const name = variable.toUpperCase();
  return (
    tokens.has(name) ||
    commandFiles.has(name) ||
    [...ownPrefixes, ...tokenPrefixes].some((prefix) => name.startsWith(prefix))
  );
}
