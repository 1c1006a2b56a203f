import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Autoscaling } from '@mlops-actions/provider';
import { explained } from '../aws-errors.ts';

const common = { ServiceNamespace: 'sagemaker', ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' } as const;

function resourceId(endpoint: string, variant: string): string {
  return `endpoint/${endpoint}/variant/${variant}`;
}

/** Lets a variant grow and shrink by the requests that are in flight at each instance. One with a fixed number is left alone. */
export async function scaleVariant(
  autoscaling: ApplicationAutoScalingClient,
  endpoint: string,
  variant: string,
  { minReplicas, maxReplicas, targetConcurrency }: Autoscaling,
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
    PolicyName: 'mlops-actions-concurrency',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: targetConcurrency,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
      },
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
