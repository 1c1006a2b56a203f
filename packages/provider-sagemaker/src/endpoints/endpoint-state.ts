import type { DescribeEndpointOutput, ProductionVariantSummary } from '@aws-sdk/client-sagemaker';
import type { DeploymentState, EndpointState } from '@mlops-actions/provider';
import type { DeploymentRecord, EndpointRecord } from './endpoint-record.ts';

/** An endpoint as SageMaker serves it. `records` are of its deployments, by name; `live` is absent when SageMaker has none. */
export function endpointState(
  name: string,
  url: string,
  record: EndpointRecord,
  live: DescribeEndpointOutput | undefined,
  records: ReadonlyMap<string, DeploymentRecord>,
): EndpointState {
  const variants = live?.ProductionVariants ?? [];
  const total = variants.reduce((sum, { CurrentWeight = 0 }) => sum + CurrentWeight, 0);
  const serving = variants.map((variant) => servingState(variant, total, records));
  const coming = comingOf(live)
    .filter((deployment) => !variants.some(({ VariantName }) => VariantName === deployment))
    .map((deployment) => comingState(deployment, records));
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
  variant: ProductionVariantSummary,
  total: number,
  records: ReadonlyMap<string, DeploymentRecord>,
): DeploymentState {
  const { VariantName: name = '', CurrentWeight = 0, CurrentInstanceCount = 0, DesiredInstanceCount = 0 } = variant;
  const record = records.get(name);
  return {
    name,
    model: record?.model ?? '',
    traffic: total === 0 ? 0 : Math.round((CurrentWeight / total) * 100),
    status: 'InService',
    readyReplicas: CurrentInstanceCount,
    desiredReplicas: DesiredInstanceCount,
    maxReplicas: Math.max(record?.maxReplicas ?? 0, DesiredInstanceCount),
  };
}

/** Names of the variants that are being made. */
function comingOf(live: DescribeEndpointOutput | undefined): readonly string[] {
  const pending = live?.PendingDeploymentSummary?.ProductionVariants ?? [];
  return pending.map(({ VariantName }) => VariantName ?? '');
}

function comingState(name: string, records: ReadonlyMap<string, DeploymentRecord>): DeploymentState {
  const record = records.get(name);
  return {
    name,
    model: record?.model ?? '',
    traffic: 0,
    status: 'Creating',
    readyReplicas: 0,
    desiredReplicas: record?.minReplicas ?? 1,
    maxReplicas: record?.maxReplicas ?? 1,
  };
}
