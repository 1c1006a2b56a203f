import { expect, test } from '@jest/globals';
import type { Guardrail } from '@mlops-actions/core';
import { deploymentConfig } from './deployment-config.ts';

const common = { kind: 'blue-green', waitSeconds: 60, terminationWaitSeconds: 120, timeoutSeconds: 900 } as const;

/** Shapes and ranges as in SageMaker's API model of 2026-08. */
const rows: readonly (readonly [string, Guardrail, object])[] = [
  [
    'a canary',
    { ...common, routing: 'CANARY', sizePercent: 10 },
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          WaitIntervalInSeconds: 60,
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: 10 },
        },
        TerminationWaitInSeconds: 120,
        MaximumExecutionTimeoutInSeconds: 900,
      },
    },
  ],
  [
    'equal steps',
    { ...common, routing: 'LINEAR', sizePercent: 25 },
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'LINEAR',
          WaitIntervalInSeconds: 60,
          LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 25 },
        },
        TerminationWaitInSeconds: 120,
        MaximumExecutionTimeoutInSeconds: 900,
      },
    },
  ],
  [
    'everything at once',
    { ...common, routing: 'ALL_AT_ONCE' },
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 60 },
        TerminationWaitInSeconds: 120,
        MaximumExecutionTimeoutInSeconds: 900,
      },
    },
  ],
  [
    'batches',
    { kind: 'rolling', batchPercent: 20, waitSeconds: 60, timeoutSeconds: 900 },
    {
      RollingUpdatePolicy: {
        MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 20 },
        WaitIntervalInSeconds: 60,
        MaximumExecutionTimeoutInSeconds: 900,
      },
    },
  ],
];

test.each(rows)('%s is said as SageMaker takes it, with its alarms', (_what, guardrail, expected) => {
  expect(deploymentConfig(guardrail, [])).toEqual(expected);
  expect(deploymentConfig(guardrail, ['one', 'two'])).toEqual({
    ...expected,
    AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'one' }, { AlarmName: 'two' }] },
  });
});
