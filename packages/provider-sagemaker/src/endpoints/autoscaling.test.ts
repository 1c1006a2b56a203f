import { DescribeScalingPoliciesCommand } from '@aws-sdk/client-application-auto-scaling';
import { expect, test } from '@jest/globals';
import { servingRequest, temporaryFolders } from '@mlops-actions/provider/contract';
import { scaledClock } from '../../../../test/emulators/sagemaker/scaled-clock.ts';
import { openClients } from '../clients.ts';
import type { ScalingSettings } from '../settings.ts';
import { awsOf, onEmulator, openEmulated } from '../testing/emulated.ts';

const folders = temporaryFolders();

onEmulator((emulation) => {
  /** Deploys with these settings and from one to so many instances, and says by what policy they scale. */
  async function policyOf(scaling: ScalingSettings, maxReplicas: number) {
    const { serving } = await emulation.settings();
    const { models, endpoints } = await openEmulated(emulation, { serving: { ...serving, scaling } });
    await endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1 });
    const request = await servingRequest(models, folders, 'blue');
    const autoscaling = { minReplicas: 1, maxReplicas, targetConcurrency: 4 };
    try {
      await endpoints.deploy({ ...request, autoscaling });
      const { autoscaling: client } = openClients(awsOf(emulation));
      const ResourceId = 'endpoint/shop/variant/blue';
      const command = new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker', ResourceId });
      return (await client.send(command)).ScalingPolicies?.[0]?.TargetTrackingScalingPolicyConfiguration;
    } finally {
      await endpoints.remove('shop');
    }
  }

  test('instances scale by the requests in flight, as fast as SageMaker does by itself', async () => {
    expect(await policyOf({}, 2)).toEqual({
      TargetValue: 4,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
      },
    });
  });

  test('or by the requests of a minute, as fast as is said', async () => {
    expect(await policyOf({ invocationsPerMinute: 600, scaleInSeconds: 900, scaleOutSeconds: 0 }, 2)).toEqual({
      TargetValue: 600,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      ScaleInCooldown: 900,
      ScaleOutCooldown: 0,
    });
  });

  test('how to scale a fixed number is refused', async () => {
    await expect(policyOf({ scaleInSeconds: 900 }, 1)).rejects.toThrow('`max-replicas` is 1');
  });
}, scaledClock(30));
