import type { Alarm, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { Guardrail } from '@mlops-actions/core';

/** What SageMaker allows a guarded update. */
export const mostAlarms = 10;

/** A guardrail in the words of `UpdateEndpoint`, watched by these alarms. */
export function deploymentConfig(guardrail: Guardrail, alarms: readonly string[]): DeploymentConfig {
  const Alarms: Alarm[] = alarms.map((AlarmName) => ({ AlarmName }));
  const watched = Alarms.length === 0 ? {} : { AutoRollbackConfiguration: { Alarms } };
  const { timeoutSeconds: MaximumExecutionTimeoutInSeconds, waitSeconds: WaitIntervalInSeconds } = guardrail;
  if (guardrail.kind === 'rolling') {
    const MaximumBatchSize = capacity(guardrail.batchPercent);
    return {
      RollingUpdatePolicy: { MaximumBatchSize, WaitIntervalInSeconds, MaximumExecutionTimeoutInSeconds },
      ...watched,
    };
  }
  const { routing: Type, sizePercent, terminationWaitSeconds: TerminationWaitInSeconds } = guardrail;
  const size = sizePercent === undefined ? undefined : capacity(sizePercent);
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type,
        WaitIntervalInSeconds,
        ...(Type === 'CANARY' && size ? { CanarySize: size } : {}),
        ...(Type === 'LINEAR' && size ? { LinearStepSize: size } : {}),
      },
      TerminationWaitInSeconds,
      MaximumExecutionTimeoutInSeconds,
    },
    ...watched,
  };
}

function capacity(Value: number) {
  return { Type: 'CAPACITY_PERCENT' as const, Value };
}
