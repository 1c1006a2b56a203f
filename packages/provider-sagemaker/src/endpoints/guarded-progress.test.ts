import type { PendingProductionVariantSummary, VariantStatus } from '@aws-sdk/client-sagemaker';
import { expect, test } from '@jest/globals';
import { newShare, progressText } from './guarded-progress.ts';

const variant = (Status: VariantStatus, StatusMessage?: string): PendingProductionVariantSummary => ({
  VariantName: 'blue',
  DesiredInstanceCount: 4,
  VariantStatus: [{ Status, ...(StatusMessage === undefined ? {} : { StatusMessage }) }],
});

// The sentence is the one in SageMaker's guide, "Endpoint deployment state change".
const canary =
  'Baking for 600 seconds (TerminationWaitInSeconds) with traffic enabled on canary capacity of 1 instance(s).';

test('the part of the traffic is read from what SageMaker says of it, and is nothing where it says nothing', () => {
  expect(newShare(variant('Baking', canary))).toBe(0.25);
  expect(newShare(variant('Baking', canary.replace('of 1', 'of 4')))).toBe(1);
  expect(newShare(variant('Creating'))).toBe(0);
  expect(newShare({ VariantName: 'blue' })).toBe(0);
});

test('progress is told in SageMaker’s words', () => {
  expect(progressText([variant('Baking', canary)])).toBe(`blue: ${canary}`);
  expect(progressText([variant('Creating'), { VariantName: 'green' }])).toBe('blue: Creating');
  expect(progressText([])).toBeUndefined();
});
