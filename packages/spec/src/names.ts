/** How one name is spelt everywhere. Specs are written in kebab-case; nothing else converts names. */

const kebabPattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

export function isKebab(name: string): boolean {
  return kebabPattern.test(name);
}

/** `model-uri` → `modelUri`: Azure Pipelines and the TypeScript types. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `model-uri` → `ModelUri`: the name of an Azure Pipelines task, after `Mlops`. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** The variable in which GitHub's runner passes an input: `INPUT_MODEL-URI`. */
export function githubVariable(name: string): string {
  return `INPUT_${name.replace(/ /g, '_').toUpperCase()}`;
}

/** The variable in which Azure's agent passes an input: `INPUT_MODELURI`. */
export function azureVariable(name: string): string {
  return `INPUT_${camelCase(name).toUpperCase()}`;
}

/** The variable that the command line reads when the option is not given, for secrets above all: `MLOPS_MODEL_URI`. */
export function commandLineVariable(name: string): string {
  return `MLOPS_${name.replace(/-/g, '_').toUpperCase()}`;
}

/** What `MLOPS_DEBUG`, `MLOPS_OUTPUT` and `MLOPS_SUMMARY` mean is settled for every step, so no input may have these names. */
export const commandLineSettings: readonly string[] = ['debug', 'output', 'summary'];
