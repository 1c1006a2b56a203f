import type { Clock } from '@mlops-actions/core';
import { invalid } from './aws-error.ts';
import { type Replica, startReplica } from './fleet.ts';
import type { HostingModels } from './hosting-models.ts';
import type { Moto } from './moto.ts';
import { arn, type Body, type Part, seconds } from './part.ts';

/** A variant as it serves. */
export interface Fleet {
  readonly variant: Body;
  readonly replicas: Replica[];
  weight: number;
  desiredWeight: number;
  desiredCount: number;
  /** Requests that it has got, for an even spread. */
  sent: number;
}

export interface Endpoint {
  readonly name: string;
  config: string;
  status: 'Creating' | 'InService' | 'Updating' | 'UpdateRollbackFailed' | 'Failed' | 'Deleting';
  fleets: readonly Fleet[];
  /** What is being made: the configuration and the fleets so far. */
  pending?: { readonly config: string; readonly variants: readonly Body[]; readonly began: Date };
  reason?: string;
  readonly created: Date;
  modified: Date;
}

/** How long SageMaker is about it, in seconds of its clock. */
const times = { provision: 2, weights: 1, remove: 1 } as const;

export interface Endpoints extends Part {
  endpoint(name: string): Endpoint | undefined;
  names(): string[];
  /** What happens to updates: stuck until that is taken away, rolled back without a word, or failed with their rollback. */
  readonly troubles: { isStuck: boolean; isSilent: boolean; isMixed: boolean };
}

export function endpoints(moto: Moto, clock: Clock, models: HostingModels): Endpoints {
  const all = new Map<string, Endpoint>();
  let ending = new AbortController();
  const working = new Set<Promise<void>>();
  const troubles = { isStuck: false, isSilent: false, isMixed: false };

  const named = (name: string): Endpoint => {
    const endpoint = all.get(name);
    if (endpoint === undefined) throw invalid(`Could not find endpoint "${arn('endpoint', name)}".`);
    return endpoint;
  };
  const settled = (name: string, what: string): Endpoint => {
    const endpoint = named(name);
    if (endpoint.status === 'InService' || endpoint.status === 'UpdateRollbackFailed') return endpoint;
    const status = endpoint.status === 'Failed' ? 'failed' : 'in-progress';
    throw invalid(`Cannot ${what} ${status} endpoint "${arn('endpoint', name)}".`);
  };
  const later = (endpoint: Endpoint, work: () => Promise<void>): void => {
    const promise = work()
      .catch((error: unknown) => {
        endpoint.status = 'Failed';
        endpoint.reason = String(error);
      })
      .finally(() => working.delete(promise));
    working.add(promise);
  };

  const provision = async (endpoint: string, wanted: Fleet): Promise<boolean> => {
    const model = models.model(wanted.variant.ModelName);
    const missing = wanted.desiredCount - wanted.replicas.length;
    const request = { endpoint, variant: wanted.variant, model, moto, clock };
    const started = await Promise.all(Array.from({ length: missing }, () => startReplica(request, ending.signal)));
    const ready = started.filter((replica) => replica !== undefined);
    wanted.replicas.push(...ready);
    return ready.length === missing;
  };

  /** Makes every fleet of a configuration. Resolves with the variant that did not start. */
  const build = async (endpoint: Endpoint, fleets: readonly Fleet[]): Promise<string | undefined> => {
    await clock.sleep(times.provision * 1000);
    const answers = await Promise.all(fleets.map((fleet) => provision(endpoint.name, fleet)));
    return fleets[answers.indexOf(false)]?.variant.VariantName;
  };

  const finish = (endpoint: Endpoint, status: Endpoint['status']): void => {
    delete endpoint.pending;
    endpoint.status = status;
    endpoint.modified = clock.now();
  };

  const update = async (endpoint: Endpoint, config: string, fleets: readonly Fleet[]): Promise<void> => {
    const failed = await build(endpoint, fleets);
    while (troubles.isStuck && !ending.signal.aborted) await clock.sleep(200);
    if (failed !== undefined || troubles.isSilent || troubles.isMixed) {
      await endAll(fleets);
      // The reason may be empty: a rollback is silent.
      if (failed !== undefined && !troubles.isSilent) endpoint.reason = unhealthy(failed);
      return finish(endpoint, troubles.isMixed ? 'UpdateRollbackFailed' : 'InService');
    }
    const old = endpoint.fleets;
    endpoint.fleets = fleets;
    endpoint.config = config;
    await endAll(old);
    finish(endpoint, 'InService');
  };

  const rescale = async (endpoint: Endpoint): Promise<void> => {
    await clock.sleep(times.weights * 1000);
    for (const fleet of endpoint.fleets) {
      await provision(endpoint.name, fleet);
      fleet.weight = fleet.desiredWeight;
      fleet.sent = 0;
    }
    for (const fleet of endpoint.fleets) {
      const surplus = fleet.replicas.splice(fleet.desiredCount);
      await Promise.all(surplus.map(drain));
    }
    finish(endpoint, 'InService');
  };

  return {
    troubles,
    endpoint: (name) => all.get(name),
    names: () => [...all.keys()],
    reset: async () => {
      Object.assign(troubles, { isStuck: false, isSilent: false, isMixed: false });
      // What starts is given up, what answers is cut off; then nothing is left to wait for.
      ending.abort();
      await killAll(all.values());
      await Promise.all(working);
      await killAll(all.values());
      ending = new AbortController();
      all.clear();
    },
    handlers: {
      CreateEndpoint: ({ EndpointName: name, EndpointConfigName }: Body) => {
        if (all.has(name)) throw invalid(`Cannot create already existing endpoint "${arn('endpoint', name)}".`);
        const fleets = newFleets(models.config(EndpointConfigName));
        const now = clock.now();
        const endpoint: Endpoint = {
          name,
          config: EndpointConfigName,
          status: 'Creating',
          fleets,
          created: now,
          modified: now,
        };
        all.set(name, endpoint);
        later(endpoint, async () => {
          const failed = await build(endpoint, fleets);
          if (failed !== undefined) endpoint.reason = unhealthy(failed);
          finish(endpoint, failed === undefined ? 'InService' : 'Failed');
        });
        return { EndpointArn: arn('endpoint', name) };
      },
      UpdateEndpoint: ({ EndpointName, EndpointConfigName, RetainAllVariantProperties }: Body) => {
        const endpoint = settled(EndpointName, 'update');
        const config = models.config(EndpointConfigName);
        const fleets = newFleets(config);
        for (const fleet of fleets) {
          const same = endpoint.fleets.find((each) => each.variant.VariantName === fleet.variant.VariantName);
          if (same === undefined || RetainAllVariantProperties !== true) continue;
          fleet.weight = same.weight;
          fleet.desiredWeight = same.desiredWeight;
          fleet.desiredCount = same.desiredCount;
        }
        delete endpoint.reason;
        endpoint.status = 'Updating';
        endpoint.pending = { config: EndpointConfigName, variants: config.ProductionVariants, began: clock.now() };
        later(endpoint, () => update(endpoint, EndpointConfigName, fleets));
        return { EndpointArn: arn('endpoint', EndpointName) };
      },
      UpdateEndpointWeightsAndCapacities: ({ EndpointName, DesiredWeightsAndCapacities }: Body) => {
        const endpoint = settled(EndpointName, 'update');
        if (DesiredWeightsAndCapacities.filter((each: Body) => each.DesiredInstanceCount !== undefined).length > 1) {
          throw invalid('The capacity of one variant can be updated at a time.');
        }
        for (const { VariantName } of DesiredWeightsAndCapacities) {
          if (!endpoint.fleets.some(({ variant }) => variant.VariantName === VariantName)) {
            throw invalid(`Variant ${VariantName} is not in endpoint ${EndpointName}.`);
          }
        }
        for (const fleet of endpoint.fleets) {
          const wanted = DesiredWeightsAndCapacities.find(
            (each: Body) => each.VariantName === fleet.variant.VariantName,
          );
          fleet.desiredWeight = wanted?.DesiredWeight ?? fleet.desiredWeight;
          fleet.desiredCount = wanted?.DesiredInstanceCount ?? fleet.desiredCount;
        }
        endpoint.status = 'Updating';
        later(endpoint, () => rescale(endpoint));
        return { EndpointArn: arn('endpoint', EndpointName) };
      },
      DescribeEndpoint: ({ EndpointName }: Body) => described(named(EndpointName), models),
      DeleteEndpoint: ({ EndpointName: name }: Body) => {
        const endpoint = named(name);
        if (endpoint.status === 'Updating' || endpoint.status === 'Creating') {
          throw invalid(`Cannot delete in-progress endpoint "${arn('endpoint', name)}".`);
        }
        endpoint.status = 'Deleting';
        later(endpoint, async () => {
          await clock.sleep(times.remove * 1000);
          await endAll(endpoint.fleets);
          all.delete(name);
        });
      },
    },
  };
}

function newFleets({ ProductionVariants }: Body): Fleet[] {
  return ProductionVariants.map((variant: Body) => ({
    variant,
    replicas: [],
    weight: variant.InitialVariantWeight ?? 1,
    desiredWeight: variant.InitialVariantWeight ?? 1,
    desiredCount: variant.InitialInstanceCount ?? 1,
    sent: 0,
  }));
}

async function endAll(fleets: readonly Fleet[]): Promise<void> {
  await Promise.all(fleets.flatMap((fleet) => fleet.replicas.splice(0).map(drain)));
}

async function killAll(endpoints: Iterable<Endpoint>): Promise<void> {
  const replicas = [...endpoints].flatMap(({ fleets }) => fleets.flatMap((fleet) => fleet.replicas.splice(0)));
  await Promise.all(replicas.map((replica) => replica.end()));
}

/** An instance that gets no more requests ends after its last answer. */
async function drain(replica: Replica): Promise<void> {
  while (replica.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await replica.end();
}

function unhealthy(variant: string): string {
  return `The primary container for production variant ${variant} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`;
}

function described(endpoint: Endpoint, models: HostingModels): Body {
  const { name, status, config, pending, reason, created, modified, fleets } = endpoint;
  const { DataCaptureConfig: capture } = models.config(config);
  return {
    EndpointName: name,
    EndpointArn: arn('endpoint', name),
    EndpointConfigName: config,
    EndpointStatus: status,
    CreationTime: seconds(created),
    LastModifiedTime: seconds(modified),
    ...(reason === undefined ? {} : { FailureReason: reason }),
    ...(status === 'Creating' || status === 'Failed' ? {} : { ProductionVariants: fleets.map(variantSummary) }),
    ...(capture === undefined
      ? {}
      : {
          DataCaptureConfig: {
            EnableCapture: capture.EnableCapture ?? false,
            CaptureStatus: 'Started',
            CurrentSamplingPercentage: capture.InitialSamplingPercentage,
            DestinationS3Uri: capture.DestinationS3Uri,
            KmsKeyId: capture.KmsKeyId ?? '',
          },
        }),
    ...(pending === undefined
      ? {}
      : {
          PendingDeploymentSummary: {
            EndpointConfigName: pending.config,
            StartTime: seconds(pending.began),
            ProductionVariants: pending.variants.map(({ VariantName, InstanceType, InitialInstanceCount }: Body) => ({
              VariantName,
              InstanceType,
              DesiredInstanceCount: InitialInstanceCount,
              VariantStatus: [{ Status: 'Creating' }],
            })),
          },
        }),
  };
}

function variantSummary({ variant, weight, desiredWeight, replicas, desiredCount }: Fleet): Body {
  return {
    VariantName: variant.VariantName,
    CurrentWeight: weight,
    DesiredWeight: desiredWeight,
    CurrentInstanceCount: replicas.length,
    DesiredInstanceCount: desiredCount,
  };
}
