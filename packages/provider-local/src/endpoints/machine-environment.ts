/** What a program needs of the environment to be found and to run at all. */
const variables = [
  'PATH',
  'HOME',
  'USER',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'PYTHONPATH',
  'PYTHONHOME',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'NODE_PATH',
  'CUDA_VISIBLE_DEVICES',
  'SystemRoot',
] as const;

/**
 * The part of a step's environment that gateway and replicas get. They outlive the step and are written to the store, so its tokens and
 * cloud credentials must not be among it; what a serving script needs besides is given in the deployment's own environment.
 */
export function machineEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
