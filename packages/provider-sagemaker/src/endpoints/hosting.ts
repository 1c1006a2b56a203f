import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  type CreateEndpointConfigInput,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  type DeploymentConfig,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type DescribeEndpointConfigOutput,
  type DescribeEndpointOutput,
  type DesiredWeightAndCapacity,
  type SageMakerClient,
  UpdateEndpointCommand,
  type UpdateEndpointInput,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { type Clock, UserError } from '@mlops-actions/core';
import { explained, told, unlessMissing } from '../aws-errors.ts';
import type { SageMakerSettings } from '../settings.ts';

/** A SageMaker endpoint and its configuration: what changes it, and whether the change took effect. */
export interface Hosting {
  describe(endpoint: string): Promise<DescribeEndpointOutput | undefined>;
  /** Rejects when it is not there. */
  config(name: string): Promise<DescribeEndpointConfigOutput>;
  findConfig(name: string): Promise<DescribeEndpointConfigOutput | undefined>;
  /**
   * Makes the endpoint, or changes it to this configuration, and resolves once that serves. A `UserError` when it does not. The configuration
   * before it stays.
   */
  apply(endpoint: string, config: CreateEndpointConfigInput, signal?: AbortSignal): Promise<void>;
  /** Makes a configuration, asks for it and does not wait: SageMaker drives the update, by `deployment`. Refused while something is under way. */
  begin(endpoint: string, config: CreateEndpointConfigInput, deployment: DeploymentConfig): Promise<void>;
  /** Asks for a configuration that is there already, with the weights and instance counts as they are now, and does not wait. */
  goBack(endpoint: string, config: string): Promise<void>;
  /**
   * Sets weights, or the instance count of one variant, and resolves once that is in effect. SageMaker takes the counts of several variants
   * one after another.
   */
  rescale(endpoint: string, wanted: readonly DesiredWeightAndCapacity[], signal?: AbortSignal): Promise<void>;
  /** Removes the endpoint; its configuration stays. Idempotent. */
  remove(endpoint: string): Promise<void>;
  /** Idempotent. What serves must never lose its configuration. */
  removeConfig(name: string): Promise<void>;
  /** Waits until nothing is under way at the endpoint. Undefined when it is not there. */
  settled(endpoint: string, signal?: AbortSignal): Promise<DescribeEndpointOutput | undefined>;
}

/** Between two looks at an endpoint that is being changed, in milliseconds. */
const slowestLook = 10_000;

/** In these an endpoint takes no change; it leaves them by itself. */
const busy: readonly unknown[] = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

export function hosting(
  sagemaker: SageMakerClient,
  settings: Pick<SageMakerSettings, 'polling' | 'updateTimeoutSeconds'>,
  clock: Clock,
): Hosting {
  const describe = (EndpointName: string): Promise<DescribeEndpointOutput | undefined> =>
    told(unlessMissing(sagemaker.send(new DescribeEndpointCommand({ EndpointName }))), `Endpoint ${EndpointName}`);

  const settled = async (endpoint: string, signal?: AbortSignal): Promise<DescribeEndpointOutput | undefined> => {
    const began = clock.now().getTime();
    for (;;) {
      signal?.throwIfAborted();
      const state = await describe(endpoint);
      if (!busy.includes(state?.EndpointStatus)) return state;
      const waited = clock.now().getTime() - began;
      if (waited > settings.updateTimeoutSeconds * 1000) throw stuck(endpoint, state?.EndpointStatus, waited);
      // Soon in the beginning; an update takes minutes.
      await clock.sleep(Math.min(slowestLook, Math.max(settings.polling.first, waited / 4)), signal);
    }
  };

  const describeConfig = (EndpointConfigName: string): Promise<DescribeEndpointConfigOutput> =>
    sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));

  const makeConfig = async (request: CreateEndpointConfigInput): Promise<void> => {
    await sagemaker.send(new CreateEndpointConfigCommand(request)).catch((error: unknown) => {
      // Its name says what is in it.
      if (!/already existing/.test((error as Error).message)) throw explained(error, `${request.EndpointConfigName}`);
    });
  };

  const removeConfig = async (EndpointConfigName: string): Promise<void> => {
    const removed = unlessMissing(sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName })));
    await told(removed, `Endpoint configuration ${EndpointConfigName}`);
  };

  /**
   * Asks for a change once nothing is under way and it is not there yet. A change that is in progress may be somebody else's, or our own whose
   * answer was lost: it is waited for, and looked at again.
   */
  const change = async (
    endpoint: string,
    isThere: (state: DescribeEndpointOutput | undefined) => boolean,
    ask: (state: DescribeEndpointOutput | undefined) => Promise<unknown>,
    signal?: AbortSignal,
  ): Promise<void> => {
    const began = clock.now().getTime();
    for (;;) {
      const state = await settled(endpoint, signal);
      if (isThere(state)) return;
      signal?.throwIfAborted();
      try {
        await ask(state);
      } catch (error) {
        if (!/in-progress|already existing/.test((error as Error).message))
          throw explained(error, `Endpoint ${endpoint}`);
        // What is described may lag behind: then it seems settled and is not.
        const waited = clock.now().getTime() - began;
        if (waited > settings.updateTimeoutSeconds * 1000) throw stuck(endpoint, state?.EndpointStatus, waited);
        await clock.sleep(settings.polling.first, signal);
        continue;
      }
      await settled(endpoint, signal);
      return;
    }
  };

  const remove = (EndpointName: string): Promise<void> =>
    change(
      EndpointName,
      (state) => state === undefined,
      () => unlessMissing(sagemaker.send(new DeleteEndpointCommand({ EndpointName }))),
    );

  /** That something is under way is no reason to give up. */
  const ask = async (request: UpdateEndpointInput): Promise<void> => {
    await sagemaker.send(new UpdateEndpointCommand(request)).catch((error: unknown) => {
      if (/in-progress/.test((error as Error).message)) throw error;
      throw explained(error, `Endpoint ${request.EndpointName}`);
    });
  };

  return {
    describe,
    config: (name) => told(describeConfig(name), `Endpoint configuration ${name}`),
    findConfig: (name) => told(unlessMissing(describeConfig(name)), `Endpoint configuration ${name}`),
    settled,
    begin: async (EndpointName, request, deployment) => {
      await makeConfig(request);
      const { EndpointConfigName } = request;
      await ask({ EndpointName, EndpointConfigName, DeploymentConfig: deployment });
    },
    goBack: (EndpointName, EndpointConfigName) =>
      ask({ EndpointName, EndpointConfigName, RetainAllVariantProperties: true }),
    remove,
    removeConfig,
    apply: async (endpoint, request, signal) => {
      const EndpointConfigName = request.EndpointConfigName ?? '';
      const before = await settled(endpoint, signal);
      const serves = (state: DescribeEndpointOutput | undefined): boolean =>
        state?.EndpointConfigName === EndpointConfigName && state.EndpointStatus === 'InService';
      if (serves(before)) return;
      signal?.throwIfAborted();
      await makeConfig(request);
      // A failed endpoint takes nothing but its removal.
      if (before?.EndpointStatus === 'Failed') await remove(endpoint);
      const names = { EndpointName: endpoint, EndpointConfigName };
      const ask = (state: DescribeEndpointOutput | undefined): Promise<unknown> =>
        state === undefined
          ? sagemaker.send(new CreateEndpointCommand(names))
          : sagemaker.send(new UpdateEndpointCommand({ ...names, RetainAllVariantProperties: true }));
      await change(endpoint, serves, ask, signal);
      const fault = faultOf(await describe(endpoint), EndpointConfigName);
      if (fault !== undefined) throw new UserError(`Endpoint ${endpoint} ${fault}`);
    },
    rescale: async (endpoint, wanted, signal) => {
      const request = { EndpointName: endpoint, DesiredWeightsAndCapacities: [...wanted] };
      const ask = (): Promise<unknown> => sagemaker.send(new UpdateEndpointWeightsAndCapacitiesCommand(request));
      await change(endpoint, (state) => isScaled(state, wanted), ask, signal);
      const after = await describe(endpoint);
      const fault = faultOf(after, after?.EndpointConfigName);
      if (fault !== undefined) throw new UserError(`Endpoint ${endpoint} ${fault}`);
    },
  };
}

function isScaled(state: DescribeEndpointOutput | undefined, wanted: readonly DesiredWeightAndCapacity[]): boolean {
  const variants = state?.ProductionVariants ?? [];
  return wanted.every(({ VariantName, DesiredWeight, DesiredInstanceCount }) =>
    variants.some(
      (each) =>
        each.VariantName === VariantName &&
        (DesiredWeight === undefined || each.CurrentWeight === DesiredWeight) &&
        (DesiredInstanceCount === undefined || each.CurrentInstanceCount === DesiredInstanceCount),
    ),
  );
}

/**
 * Why a change did not take effect: `InService` is not enough, because an endpoint that rolled back is in service with its old
 * configuration, and may give no reason.
 */
function faultOf(state: DescribeEndpointOutput | undefined, wanted: string | undefined): string | undefined {
  if (state === undefined) return 'is gone: somebody removed it meanwhile.';
  const {
    EndpointStatus,
    EndpointConfigName,
    PendingDeploymentSummary,
    ProductionVariants = [],
    FailureReason,
  } = state;
  const reason = FailureReason === undefined ? 'SageMaker gives no reason.' : FailureReason;
  if (EndpointStatus === 'UpdateRollbackFailed') {
    return `could not go back after a failed update, and serves a mix of old and new. ${reason} Update it once more, or remove it.`;
  }
  if (EndpointStatus !== 'InService') return `is ${EndpointStatus}. ${reason}`;
  if (EndpointConfigName !== wanted) return `went back to its old configuration ${EndpointConfigName}. ${reason}`;
  if (PendingDeploymentSummary !== undefined) return 'is still being changed.';
  const lagging = ProductionVariants.find(
    (each) => each.CurrentWeight !== each.DesiredWeight || each.CurrentInstanceCount !== each.DesiredInstanceCount,
  );
  if (lagging === undefined) return undefined;
  return `did not reach what it should for ${lagging.VariantName}: ${lagging.CurrentInstanceCount} of ${lagging.DesiredInstanceCount} instances, weight ${lagging.CurrentWeight} for ${lagging.DesiredWeight}. ${reason}`;
}

function stuck(endpoint: string, status: string | undefined, waited: number): UserError {
  return new UserError(
    `Endpoint ${endpoint} has been ${status} for ${Math.round(waited / 1000)} s. It is left as it is: SageMaker ends such an update by itself, and what serves goes on. Look at it in the console, and run the step again when it is in service.`,
  );
}
