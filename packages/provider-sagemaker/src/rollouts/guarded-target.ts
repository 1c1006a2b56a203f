import { type Series, UserError } from '@mlops-actions/core';
import type {
  CallOptions,
  ProviderEffects,
  RolloutMeasureRequest,
  RolloutPreflight,
  RolloutTarget,
} from '@mlops-actions/provider';
import type { Clients } from '../clients.ts';
import { endpointRecords } from '../endpoints/endpoint-records.ts';
import { progressText } from '../endpoints/guarded-progress.ts';
import { type GuardedUpdatesOptions, guardedUpdates } from '../endpoints/guarded-updates.ts';
import { hosting } from '../endpoints/hosting.ts';
import { measureVariant } from '../endpoints/measure.ts';
import type { SageMakerEndpoints } from '../endpoints/sagemaker-endpoints.ts';
import { guardedEngine } from './guarded-engine.ts';
import { candidateFaults } from './preflight.ts';
import { countOf, rolloutAlarms } from './rollout-alarms.ts';

export interface GuardedTargetOptions extends GuardedUpdatesOptions {
  readonly clients: Clients;
  readonly endpoints: SageMakerEndpoints;
  readonly effects: Pick<ProviderEffects, 'clock' | 'log'>;
}

/** An endpoint whose one variant SageMaker replaces by itself; what is not about the traffic is as for `weights`. */
export function guardedTarget(endpoint: string, weights: RolloutTarget, options: GuardedTargetOptions): RolloutTarget {
  const { clients, store, settings, effects, endpoints } = options;
  const host = hosting(clients.sagemaker, settings, effects.clock);
  const records = endpointRecords(store);
  const updates = guardedUpdates(options);
  const alarms = rolloutAlarms(clients.cloudwatch);
  let told: string | undefined;

  const tellProgress = async (): Promise<void> => {
    const { PendingDeploymentSummary: pending } = (await host.describe(endpoint)) ?? {};
    const text = progressText(pending?.ProductionVariants ?? []);
    if (text === undefined || text === told) return;
    told = text;
    effects.log.log('info', `SageMaker: ${text}`);
  };

  const exclusions = async (): Promise<readonly string[]> => {
    const { EndpointConfigName } = (await host.describe(endpoint)) ?? {};
    const { ProductionVariants = [] } = EndpointConfigName === undefined ? {} : await host.config(EndpointConfigName);
    return excluded(endpoint, ProductionVariants, settings.serving.instanceType);
  };

  const seriesOf = async (
    deployment: string,
    { stable: _, candidate: __, ...request }: RolloutMeasureRequest,
  ): Promise<Series> => {
    const { live, pending } = (await updates.standing(endpoint)) ?? {};
    const held = [pending, live].find((each) => each?.deployment === deployment);
    const record = held && (await records.deployment(endpoint, deployment));
    if (held === undefined || record === undefined) return { windows: [] };
    const { created: since, instanceType } = record;
    const { variant, config } = held;
    const measured = { endpoint, variant, config, since, ...(instanceType && { instanceType }) };
    return measureVariant(clients.cloudwatch, measured, request, effects.clock.now().getTime());
  };

  return {
    ...weights,
    preflight: async ({ candidate, guarded }: RolloutPreflight, callOptions?: CallOptions) => [
      ...(await exclusions()),
      ...(await alarms.faults(guarded?.alarms ?? [], countOf(guarded?.limits))),
      ...(await candidateFaults(candidate, store, endpoints, callOptions)),
    ],
    granularity: async () => {
      const [serving] = (await endpoints.describe(endpoint))?.deployments ?? [];
      return serving === undefined ? { kind: 'weights' } : { kind: 'units', units: serving.desiredReplicas };
    },
    observe: async (callOptions) => {
      const observation = await weights.observe(callOptions);
      if (observation.status === 'updating') await tellProgress();
      return observation;
    },
    provision: async (request, { signal } = {}) => {
      const { live } = (await updates.standing(endpoint)) ?? {};
      const isFirst = live === undefined || live.deployment === request.deployment;
      const own = signal === undefined ? {} : { signal };
      if (isFirst) await endpoints.deploy(request, own);
      else await updates.provision(request, own);
    },
    probe: async () => {
      throw new UserError(alone);
    },
    measure: async (request) => {
      const [candidate, stable] = await Promise.all([
        seriesOf(request.candidate, request),
        request.stable === '' ? undefined : seriesOf(request.stable, request),
      ]);
      // Of instances that no guarded update made there are no figures by their configuration, so that 0 may be unknown.
      const known = stable?.windows.filter(({ requests = 0 }) => requests > 0) ?? [];
      return { candidate, ...(known.length === 0 ? {} : { stable: { windows: known } }) };
    },
    retire: async (deployment, callOptions) => {
      await endpoints.settle(endpoint, callOptions);
      await alarms.remove(endpoint);
      await updates.adopt(endpoint, deployment);
      await endpoints.removeDeployment(endpoint, deployment, callOptions);
    },
    engine: guardedEngine(endpoint, store, endpoints, updates, alarms),
  };
}

const alone = 'The new instances of a guarded update cannot be asked alone: SageMaker divides what comes in.';

interface ExcludedBy {
  readonly InstanceType?: string | undefined;
  readonly ServerlessConfig?: object | undefined;
}

/**
 * What SageMaker cannot guard and would replace all at once, without a word
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html).
 */
export function excluded(endpoint: string, variants: readonly ExcludedBy[], instanceType: string): readonly string[] {
  const weights = 'Write `engine: weights`.';
  const types = [instanceType, ...variants.map((each) => each.InstanceType ?? '')];
  const unguarded = types.find((type) => type.startsWith('ml.inf1.'));
  const faults = [
    variants.length > 1
      ? `Endpoint "${endpoint}" has ${variants.length} deployments, and a guarded update replaces the one that there is. Remove the others, or write \`engine: weights\`.`
      : undefined,
    variants.some(({ ServerlessConfig }) => ServerlessConfig !== undefined)
      ? `Endpoint "${endpoint}" is serverless, which a guarded update is not for. ${weights}`
      : undefined,
    unguarded === undefined
      ? undefined
      : `On instances like ${unguarded} SageMaker replaces everything at once and without a bake. Choose another \`instance-type\`, or write \`engine: weights\`.`,
  ];
  return faults.filter((fault) => fault !== undefined);
}
