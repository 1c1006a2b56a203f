import type { PendingProductionVariantSummary } from '@aws-sdk/client-sagemaker';

/**
 * What part of a variant's traffic its new instances have while SageMaker replaces the old ones, from 0 to 1. It says so in words alone, and
 * only while it bakes, as in "Baking for 600 seconds (TerminationWaitInSeconds) with traffic enabled on canary capacity of 1 instance(s)."
 * (its guide, "Endpoint deployment state change"); in between, 0.
 */
export function newShare({
  DesiredInstanceCount: wanted = 1,
  VariantStatus = [],
}: PendingProductionVariantSummary): number {
  const counts = VariantStatus.map(({ StatusMessage = '' }) => /capacity of (\d+) instance/.exec(StatusMessage)?.[1]);
  const enabled = counts.find((count) => count !== undefined);
  return enabled === undefined ? 0 : Math.min(1, Number(enabled) / Math.max(1, wanted));
}

/** What SageMaker says of an update that it drives; undefined when it says nothing. */
export function progressText(variants: readonly PendingProductionVariantSummary[]): string | undefined {
  const texts = variants.flatMap(({ VariantName, VariantStatus = [] }) =>
    VariantStatus.map(({ Status, StatusMessage }) => `${VariantName}: ${StatusMessage || Status}`),
  );
  return texts.length === 0 ? undefined : texts.join('; ');
}
