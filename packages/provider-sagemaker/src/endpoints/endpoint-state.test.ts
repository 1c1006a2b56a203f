import type { DescribeEndpointOutput, EndpointStatus } from '@aws-sdk/client-sagemaker';
import { expect, test } from '@jest/globals';
import { endpointState } from './endpoint-state.ts';

const record = { capturePercent: 0, promoted: [] };

function live(EndpointStatus: EndpointStatus, change: Partial<DescribeEndpointOutput> = {}): DescribeEndpointOutput {
  return {
    EndpointName: 'shop',
    EndpointArn: 'arn:aws:sagemaker:eu-west-1:123456789012:endpoint/shop',
    EndpointStatus,
    CreationTime: new Date(0),
    LastModifiedTime: new Date(0),
    ...change,
  };
}

test.each<[EndpointStatus, string]>([
  ['InService', 'InService'],
  ['Creating', 'Creating'],
  ['Updating', 'Updating'],
  ['SystemUpdating', 'Updating'],
  ['RollingBack', 'Updating'],
  ['Deleting', 'Updating'],
  ['Failed', 'Failed'],
  ['OutOfService', 'Failed'],
  ['UpdateRollbackFailed', 'Failed'],
])('SageMaker’s %s is %s', (status, expected) => {
  expect(endpointState('shop', '', record, live(status), new Map()).status).toBe(expected);
});

test('shares are the weights that serve, not those that were asked for', () => {
  const variant = (VariantName: string, CurrentWeight: number, DesiredWeight: number) => ({
    VariantName,
    CurrentWeight,
    DesiredWeight,
    CurrentInstanceCount: 1,
    DesiredInstanceCount: 1,
  });
  const ProductionVariants = [variant('blue', 90, 50), variant('green', 10, 50)];
  const { deployments } = endpointState('shop', '', record, live('Updating', { ProductionVariants }), new Map());
  expect(deployments.map(({ name, traffic }) => [name, traffic])).toEqual([
    ['blue', 90],
    ['green', 10],
  ]);
});
