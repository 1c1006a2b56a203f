import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { UserError } from '@mlops-actions/core';
import type { Autoscaling } from '@mlops-actions/provider';
import { explained } from '../aws-errors.ts';
import type { ScalingSettings } from '../settings.ts';

const common = { ServiceNamespace: 'sagemaker', ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' } as const;

function resourceId(endpoint: string, variant: string): string {
  return `endpoint/${endpoint}/variant/${variant}`;
}

/** @throws UserError when settings say how to scale what has a fixed number of instances. */
export function requireScaling({ minReplicas, maxReplicas }: Autoscaling, scaling: ScalingSettings = {}): void {
  if (minReplicas < maxReplicas || Object.keys(scaling).length === 0) return;
  throw new UserError(
    `\`target-invocations\` and the cooldowns are for autoscaling, and \`max-replicas\` is ${maxReplicas}, as \`min-replicas\` is. Raise it, or leave them out.`,
  );
}

/**
 * Lets a variant grow and shrink by the requests that are in flight at each instance, or that each gets in a minute. One with a fixed number is
 * left alone.
 */
export async function scaleVariant(
  autoscaling: ApplicationAutoScalingClient,
  endpoint: string,
  variant: string,
  { minReplicas, maxReplicas, targetConcurrency }: Autoscaling,
  { invocationsPerMinute, scaleInSeconds, scaleOutSeconds }: ScalingSettings = {},
): Promise<void> {
  if (minReplicas === maxReplicas) return;
  const ResourceId = resourceId(endpoint, variant);
  const target = new RegisterScalableTargetCommand({
    ...common,
    ResourceId,
    MinCapacity: minReplicas,
    MaxCapacity: maxReplicas,
  });
  const policy = new PutScalingPolicyCommand({
    ...common,
    ResourceId,
    PolicyName: 'mlops-actions',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: invocationsPerMinute ?? targetConcurrency,
      PredefinedMetricSpecification: {
        PredefinedMetricType:
          invocationsPerMinute === undefined
            ? 'SageMakerVariantConcurrentRequestsPerModelHighResolution'
            : 'SageMakerVariantInvocationsPerInstance',
      },
      ...(scaleInSeconds === undefined ? {} : { ScaleInCooldown: scaleInSeconds }),
      ...(scaleOutSeconds === undefined ? {} : { ScaleOutCooldown: scaleOutSeconds }),
    },
  });
  try {
    await autoscaling.send(target);
    await autoscaling.send(policy);
  } catch (error) {
    throw explained(error, `Autoscaling of ${ResourceId}`);
  }
}

/** An endpoint whose variant still scales cannot lose it: SageMaker refuses the update. None is fine. */
export async function stopScaling(
  autoscaling: ApplicationAutoScalingClient,
  endpoint: string,
  variant: string,
): Promise<void> {
  const command = new DeregisterScalableTargetCommand({ ...common, ResourceId: resourceId(endpoint, variant) });
  await autoscaling.send(command).catch((error: unknown) => {
    if ((error as Error).name !== 'ObjectNotFoundException') throw explained(error, `Autoscaling of ${endpoint}`);
  });
}
