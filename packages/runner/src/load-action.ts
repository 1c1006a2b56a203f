import { type Action, registry } from '@mlops-actions/actions';
import { UserError } from '@mlops-actions/core';
import { nearest } from '@mlops-actions/spec';

const loaders: Readonly<Record<string, () => Promise<Action>>> = registry;

export const actionNames: readonly string[] = Object.keys(loaders);

/** Loads the action `name`. Throws a `UserError` that names the nearest when there is none. */
export async function loadAction(name: string): Promise<Action> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (load !== undefined) return load();
  const guess = nearest(name, actionNames);
  const fix = guess === undefined ? `The steps are: ${actionNames.join(', ')}.` : `Did you mean ${guess}?`;
  throw new UserError(`"${name}" is not a step. ${fix}`);
}
