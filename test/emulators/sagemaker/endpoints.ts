import type { Clock } from '@mlops-actions/core';
import type { Alarms } from './alarms.ts';
import { invalid } from './aws-error.ts';
import { type Replica, startReplica } from './fleet.ts';
import { type Fault, guardedUpdate, refuseIllegal } from './guarded-update.ts';
import type { HostingModels } from './hosting-models.ts';
import type { Moto } from './moto.ts';
import { arn, type Body, type Part, seconds } from './part.ts';
import type { Scaling } from './scaling.ts';

/** A variant as it serves. */
export interface Fleet {
  readonly variant: Body;
  /** The configuration that it was made for, when that was by a guarded update: its metrics are published by it too. */
  readonly config?: string;
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
  pending?: Pending;
  reason?: string;
  readonly created: Date;
  modified: Date;
}

/** What an update is making. */
export interface Pending {
  readonly config: string;
  readonly fleets: readonly Fleet[];
  readonly began: Date;
  /** What part of the traffic its fleets have, from 0 to 1. */
  share: number;
  status: {
    readonly name: 'Creating' | 'ActivatingTraffic' | 'Baking' | 'Deleting';
    readonly since: Date;
    readonly message?: string;
  };
}

/** How long SageMaker is about it, in seconds of its clock. */
const times = { provision: 2, weights: 1, remove: 1 } as const;

export interface Endpoints extends Part {
  endpoint(name: string): Endpoint | undefined;
  names(): string[];
  /** What happens to updates: stuck until that is taken away, rolled back without a word, or failed with their rollback. */
  readonly troubles: { isStuck: boolean; isSilent: boolean; isMixed: boolean };
}

interface Neighbours {
  readonly alarms: Alarms;
  readonly scaling: Scaling;
}

export function endpoints(moto: Moto, clock: Clock, models: HostingModels, { alarms, scaling }: Neighbours): Endpoints {
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

  const provision = async (endpoint: string, wanted: Fleet, count = wanted.desiredCount): Promise<boolean> => {
    const model = models.model(wanted.variant.ModelName);
    const missing = Math.max(0, count - wanted.replicas.length);
    const request = { endpoint, variant: wanted.variant, model, moto, clock };
    const started = await Promise.all(Array.from({ length: missing }, () => startReplica(request, ending.signal)));
    const ready = started.filter((replica) => replica !== undefined);
    wanted.replicas.push(...ready);
    return ready.length === missing;
  };

  /** Makes every fleet of a configuration. Resolves with what did not start. */
  const build = async (endpoint: Endpoint, fleets: readonly Fleet[], count?: number): Promise<Fault | undefined> => {
    await clock.sleep(times.provision * 1000);
    const answers = await Promise.all(fleets.map((fleet) => provision(endpoint.name, fleet, count)));
    const failed = fleets[answers.indexOf(false)];
    return failed && { reason: unhealthy(failed.variant.VariantName) };
  };

  const finish = (endpoint: Endpoint, status: Endpoint['status']): void => {
    delete endpoint.pending;
    endpoint.status = status;
    endpoint.modified = clock.now();
  };

  const update = async (endpoint: Endpoint, pending: Pending, deployment: Body | undefined): Promise<void> => {
    const { config, fleets } = pending;
    const { signal } = ending;
    const tools = { clock, alarms, isOver: () => signal.aborted, build, end: endSurplus };
    const fault = await (deployment === undefined
      ? build(endpoint, fleets)
      : guardedUpdate(endpoint, pending, deployment, tools));
    while (troubles.isStuck && !signal.aborted) await clock.sleep(200);
    if (fault !== undefined || troubles.isSilent || troubles.isMixed) {
      await endSurplus(fleets, 0);
      // The reason may be empty: a rollback is silent.
      if (fault?.reason !== undefined && !troubles.isSilent) endpoint.reason = fault.reason;
      return finish(endpoint, troubles.isMixed ? 'UpdateRollbackFailed' : 'InService');
    }
    const old = endpoint.fleets;
    endpoint.fleets = fleets;
    endpoint.config = config;
    pending.status = { name: 'Deleting', since: clock.now() };
    await endSurplus(old, 0);
    finish(endpoint, 'InService');
  };

  const rescale = async (endpoint: Endpoint): Promise<void> => {
    await clock.sleep(times.weights * 1000);
    for (const fleet of endpoint.fleets) {
      await provision(endpoint.name, fleet);
      fleet.weight = fleet.desiredWeight;
      fleet.sent = 0;
    }
    for (const fleet of endpoint.fleets) await endSurplus([fleet], fleet.desiredCount);
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
          const fault = await build(endpoint, fleets);
          if (fault?.reason !== undefined) endpoint.reason = fault.reason;
          finish(endpoint, fault === undefined ? 'InService' : 'Failed');
        });
        return { EndpointArn: arn('endpoint', name) };
      },
      UpdateEndpoint: ({ EndpointName, EndpointConfigName, RetainAllVariantProperties, DeploymentConfig }: Body) => {
        const endpoint = settled(EndpointName, 'update');
        const config = models.config(EndpointConfigName);
        const fleets = newFleets(config, DeploymentConfig === undefined ? undefined : EndpointConfigName);
        for (const fleet of fleets) {
          const same = endpoint.fleets.find((each) => each.variant.VariantName === fleet.variant.VariantName);
          if (same === undefined || RetainAllVariantProperties !== true) continue;
          fleet.weight = same.weight;
          fleet.desiredWeight = same.desiredWeight;
          fleet.desiredCount = same.desiredCount;
        }
        refuseScaled(endpoint, fleets, scaling);
        if (DeploymentConfig !== undefined) refuseIllegal(DeploymentConfig, endpoint.fleets, fleets);
        delete endpoint.reason;
        endpoint.status = 'Updating';
        const began = clock.now();
        const status = { name: 'Creating', since: began } as const;
        const pending: Pending = { config: EndpointConfigName, fleets, began, share: 0, status };
        endpoint.pending = pending;
        later(endpoint, () => update(endpoint, pending, DeploymentConfig));
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
          await endSurplus(endpoint.fleets, 0);
          all.delete(name);
        });
      },
    },
  };
}

function newFleets({ ProductionVariants }: Body, config?: string): Fleet[] {
  return ProductionVariants.map((variant: Body) => ({
    variant,
    ...(config === undefined ? {} : { config }),
    replicas: [],
    weight: variant.InitialVariantWeight ?? 1,
    desiredWeight: variant.InitialVariantWeight ?? 1,
    desiredCount: variant.InitialInstanceCount ?? 1,
    sent: 0,
  }));
}

/** A variant that scales cannot go, and cannot change its instance type (SageMaker's guide, "Update endpoints that use automatic scaling"). */
function refuseScaled({ name, fleets }: Endpoint, fresh: readonly Fleet[], scaling: Scaling): void {
  const scaled = scaling.targets().map(({ ResourceId }) => ResourceId);
  for (const { variant } of fleets) {
    if (!scaled.includes(`endpoint/${name}/variant/${variant.VariantName}`)) continue;
    const after = fresh.find((fleet) => fleet.variant.VariantName === variant.VariantName);
    if (after?.variant.InstanceType === variant.InstanceType) continue;
    throw invalid(`The variant ${variant.VariantName} must be deregistered from autoscaling before it is changed.`);
  }
}

/** Leaves each fleet so many instances. */
async function endSurplus(fleets: readonly Fleet[], count: number): Promise<void> {
  await Promise.all(fleets.flatMap((fleet) => fleet.replicas.splice(count).map(drain)));
}

async function killAll(endpoints: Iterable<Endpoint>): Promise<void> {
  const fleets = [...endpoints].flatMap((endpoint) => [...endpoint.fleets, ...(endpoint.pending?.fleets ?? [])]);
  const replicas = fleets.flatMap((fleet) => fleet.replicas.splice(0));
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
            ProductionVariants: pending.fleets.map((fleet) => ({
              ...variantSummary(fleet),
              InstanceType: fleet.variant.InstanceType,
              VariantStatus: [
                {
                  Status: pending.status.name,
                  StartTime: seconds(pending.status.since),
                  ...(pending.status.message === undefined ? {} : { StatusMessage: pending.status.message }),
                },
              ],
            })),
          },
        }),
  };
}

/** Whom a request may go to, and what part of the traffic each has. */
export function sharesOf({ fleets, pending }: Endpoint): readonly { readonly fleet: Fleet; readonly weight: number }[] {
  const [share, fresh] = [pending?.share ?? 0, pending?.fleets ?? []];
  return [
    ...fleets.map((fleet) => ({ fleet, weight: fleet.weight * (1 - share) })),
    ...(share === 0 ? [] : fresh.map((fleet) => ({ fleet, weight: fleet.weight * share }))),
  ];
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
