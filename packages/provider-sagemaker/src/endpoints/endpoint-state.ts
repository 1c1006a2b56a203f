import type {
  DescribeEndpointOutput,
  PendingProductionVariantSummary,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { DeploymentState, EndpointState } from '@mlops-actions/provider';
import type { DeploymentRecord, EndpointRecord } from './endpoint-record.ts';
import { newShare } from './guarded-progress.ts';
import { type ConfigRecord, deploymentOf } from './variant-names.ts';

/** Whom the variants serve: of the configuration that serves, and of the one that an update is bringing. */
export interface Naming {
  readonly live: ConfigRecord;
  readonly pending: ConfigRecord;
}

/**
 * An endpoint as SageMaker serves it. `records` are of its deployments, by name; `live` is absent when SageMaker has none. While SageMaker
 * replaces a variant by itself, its traffic is divided between both deployments.
 */
export function endpointState(
  name: string,
  url: string,
  record: EndpointRecord,
  live: DescribeEndpointOutput | undefined,
  records: ReadonlyMap<string, DeploymentRecord>,
  naming: Naming = { live: {}, pending: {} },
): EndpointState {
  const variants = live?.ProductionVariants ?? [];
  const total = variants.reduce((sum, { CurrentWeight = 0 }) => sum + CurrentWeight, 0);
  const names = variants.map(({ VariantName = '' }) => deploymentOf(naming.live, VariantName));
  const pending = live?.PendingDeploymentSummary?.ProductionVariants ?? [];
  const fresh = pending.filter(({ VariantName = '' }) => !names.includes(deploymentOf(naming.pending, VariantName)));
  const percentOf = (variant: ProductionVariantSummary | undefined): number =>
    total === 0 ? 0 : Math.round(((variant?.CurrentWeight ?? 0) / total) * 100);
  const taken = (name: string | undefined): number => {
    const replacement = fresh.find(({ VariantName }) => VariantName === name);
    const replaced = variants.find(({ VariantName }) => VariantName === name);
    return replacement === undefined ? 0 : Math.round(percentOf(replaced) * newShare(replacement));
  };
  const serving = variants.map((variant, index) =>
    servingState(names[index] as string, variant, percentOf(variant) - taken(variant.VariantName), records),
  );
  const coming = fresh.map((variant) => {
    const deployment = deploymentOf(naming.pending, variant.VariantName ?? '');
    return comingState(deployment, variant, taken(variant.VariantName), records);
  });
  const [holder] = serving.filter(({ traffic }) => traffic === 100);
  return {
    name,
    url,
    status: statusOf(live),
    deployments: [...serving, ...coming].sort((a, b) => (a.name < b.name ? -1 : 1)),
    tags: {},
    promoted: record.promoted.filter((deployment) => deployment !== holder?.name),
    capture: { percent: record.capturePercent },
  };
}

/** Without a deployment there is nothing in SageMaker, and nothing amiss. */
function statusOf(live: DescribeEndpointOutput | undefined): EndpointState['status'] {
  switch (live?.EndpointStatus) {
    case undefined:
    case 'InService':
      return 'InService';
    case 'Creating':
      return 'Creating';
    case 'Failed':
    case 'OutOfService':
    case 'UpdateRollbackFailed':
      return 'Failed';
    default:
      return 'Updating';
  }
}

function servingState(
  name: string,
  { CurrentInstanceCount = 0, DesiredInstanceCount = 0 }: ProductionVariantSummary,
  traffic: number,
  records: ReadonlyMap<string, DeploymentRecord>,
): DeploymentState {
  const record = records.get(name);
  return {
    name,
    model: record?.model ?? '',
    traffic,
    status: 'InService',
    readyReplicas: CurrentInstanceCount,
    desiredReplicas: DesiredInstanceCount,
    maxReplicas: Math.max(record?.maxReplicas ?? 0, DesiredInstanceCount),
  };
}

function comingState(
  name: string,
  { CurrentInstanceCount = 0, DesiredInstanceCount }: PendingProductionVariantSummary,
  traffic: number,
  records: ReadonlyMap<string, DeploymentRecord>,
): DeploymentState {
  const record = records.get(name);
  return {
    name,
    model: record?.model ?? '',
    traffic,
    status: traffic > 0 ? 'InService' : 'Creating',
    readyReplicas: traffic > 0 ? CurrentInstanceCount : 0,
    desiredReplicas: DesiredInstanceCount ?? record?.minReplicas ?? 1,
    maxReplicas: record?.maxReplicas ?? 1,
  };
}
