import type { Clock } from '@mlops-actions/core';
import { AwsError } from './aws-error.ts';
import type { Endpoints } from './endpoints.ts';
import { account, type Body, type Part, region, seconds } from './part.ts';

export interface Scaling extends Part {
  /** What is scaled, as it was asked for. */
  targets(): Body[];
}

/** Application Auto Scaling, which keeps what it is told and scales nothing by itself. */
export function scaling(clock: Clock, endpoint: Endpoints['endpoint']): Scaling {
  const targets = new Map<string, Body>();
  const policies = new Map<string, Body>();

  const requireVariant = (resourceId: string): void => {
    const [, name = '', variant] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(resourceId) ?? [];
    const fleets = endpoint(name)?.fleets ?? [];
    if (fleets.some((fleet) => fleet.variant.VariantName === variant)) return;
    throw new AwsError('ValidationException', `SageMaker endpoint variant ${resourceId} was not found.`);
  };
  const missing = (resourceId: string): AwsError =>
    new AwsError(
      'ObjectNotFoundException',
      `No scalable target found for service namespace: sagemaker, resource ID: ${resourceId}, scalable dimension: sagemaker:variant:DesiredInstanceCount`,
    );

  return {
    targets: () => [...targets.values()],
    reset: async () => {
      targets.clear();
      policies.clear();
    },
    handlers: {
      RegisterScalableTarget: (request: Body) => {
        requireVariant(request.ResourceId);
        if (request.MinCapacity > request.MaxCapacity) {
          throw new AwsError('ValidationException', 'Maximum capacity cannot be less than minimum capacity.');
        }
        targets.set(request.ResourceId, request);
        return { ScalableTargetARN: scalingArn('scalable-target', request.ResourceId) };
      },
      PutScalingPolicy: (request: Body) => {
        if (!targets.has(request.ResourceId)) throw missing(request.ResourceId);
        policies.set(`${request.ResourceId} ${request.PolicyName}`, request);
        return { PolicyARN: scalingArn('scalingPolicy', request.PolicyName), Alarms: [] };
      },
      DescribeScalingPolicies: ({ ResourceId }: Body) => ({
        ScalingPolicies: [...policies.values()]
          .filter((policy) => policy.ResourceId === ResourceId)
          .map((policy) => ({
            ...policy,
            PolicyARN: scalingArn('scalingPolicy', policy.PolicyName),
            CreationTime: seconds(clock.now()),
          })),
      }),
      DeregisterScalableTarget: ({ ResourceId }: Body) => {
        if (!targets.delete(ResourceId)) throw missing(ResourceId);
        for (const key of [...policies.keys()].filter((each) => each.startsWith(`${ResourceId} `)))
          policies.delete(key);
        return {};
      },
    },
  };
}

function scalingArn(kind: string, name: string): string {
  const service = kind === 'scalingPolicy' ? 'autoscaling' : 'application-autoscaling';
  return `arn:aws:${service}:${region}:${account}:${kind}/${name.replaceAll('/', '-')}`;
}
