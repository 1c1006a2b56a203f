import { isResourceName, UserError } from '@mlops-actions/core';
import type { DatasetStore, DatasetVersion } from '@mlops-actions/provider';

/** The version that `reference` (`name@version`, or `name` for the newest) names. `where` begins the sentence when there is none. */
export async function findDataset(datasets: DatasetStore, where: string, reference: string): Promise<DatasetVersion> {
  const [, name = '', version] = /^([^@]+)(?:@([1-9]\d{0,8}))?$/.exec(reference) ?? [];
  if (!isResourceName(name)) {
    throw new UserError(
      `${where} is "${reference.slice(0, 80)}". It must be a dataset version: name@version (churn@3).`,
    );
  }
  const found = await datasets.get(name, version === undefined ? undefined : Number(version));
  if (found !== undefined) return found;
  throw new UserError(`${where} is ${reference}, which does not exist. prepare-data makes dataset versions.`);
}
