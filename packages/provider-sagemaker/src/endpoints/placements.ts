import type { DescribeEndpointOutput } from '@aws-sdk/client-sagemaker';
import type { EndpointRecords } from './endpoint-records.ts';
import type { Naming } from './endpoint-state.ts';
import type { Hosting } from './hosting.ts';
import { type ConfigRecord, deploymentOf } from './variant-names.ts';

/** Which variant serves which deployment. */
export interface Placements {
  /** Whom the variants serve of an endpoint that was described as `live`. */
  naming(endpoint: string, live: DescribeEndpointOutput | undefined): Promise<Naming>;
  /** The name that a deployment's variant has or would have; undefined when that name is another's. Looks at the endpoint. */
  variants(endpoint: string): Promise<(deployment: string) => string | undefined>;
  /** The same as it was seen last: who sends many requests does not look before each. */
  variant(endpoint: string, deployment: string): Promise<string | undefined>;
}

export function placements(host: Hosting, records: EndpointRecords): Placements {
  /** Variants by deployment, by endpoint. */
  const seen = new Map<string, ReadonlyMap<string, string>>();

  const recordOf = async (endpoint: string, config: string | undefined): Promise<ConfigRecord> =>
    config === undefined ? {} : records.config(endpoint, config);

  const naming = async (endpoint: string, live: DescribeEndpointOutput | undefined): Promise<Naming> => {
    const [serving, pending] = await Promise.all([
      recordOf(endpoint, live?.EndpointConfigName),
      recordOf(endpoint, live?.PendingDeploymentSummary?.EndpointConfigName),
    ]);
    const names = (live?.ProductionVariants ?? []).map(({ VariantName = '' }) => VariantName);
    seen.set(endpoint, new Map(names.map((name) => [deploymentOf(serving, name), name])));
    return { live: serving, pending };
  };

  const nameAmong =
    (placed: ReadonlyMap<string, string>) =>
    (deployment: string): string | undefined =>
      placed.get(deployment) ?? ([...placed.values()].includes(deployment) ? undefined : deployment);

  const variants = async (endpoint: string): Promise<(deployment: string) => string | undefined> => {
    await naming(endpoint, await host.describe(endpoint));
    return nameAmong(seen.get(endpoint) ?? new Map());
  };

  return {
    naming,
    variants,
    variant: async (endpoint, deployment) =>
      seen.get(endpoint)?.get(deployment) ?? (await variants(endpoint))(deployment),
  };
}
