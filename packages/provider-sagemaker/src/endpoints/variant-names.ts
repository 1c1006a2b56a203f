/**
 * `endpoints/<name>/configs/<configuration>.json`: one for each endpoint configuration that was made and not removed yet.
 *
 * A variant bears its deployment's name, but for those here: a guarded update can only replace a variant by one of the same name, and a name
 * may be taken by such a one.
 */
export interface ConfigRecord {
  /** Deployments by the names of their variants. */
  readonly variants?: Readonly<Record<string, string>>;
}

/** Whom a variant serves. */
export function deploymentOf({ variants = {} }: ConfigRecord, variant: string): string {
  return Object.hasOwn(variants, variant) ? (variants[variant] as string) : variant;
}

/** Says whom these variants serve. */
export function configRecord(placed: readonly { readonly name: string; readonly deployment: string }[]): ConfigRecord {
  const renamed = placed.filter(({ name, deployment }) => name !== deployment);
  if (renamed.length === 0) return {};
  return { variants: Object.fromEntries(renamed.map(({ name, deployment }) => [name, deployment])) };
}

/** SageMaker's longest name of a variant. */
const longest = 63;

/** The name of a deployment's variant: its own, or one like it when that is taken. */
export function freeName(deployment: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const ending = number === 1 ? '' : `-${number}`;
    const name = deployment.slice(0, longest - ending.length).replace(/-+$/, '') + ending;
    if (!taken.includes(name)) return name;
  }
}
