import type { CreateModelPackageInput } from '@aws-sdk/client-sagemaker';
import { canonicalJson, sha256 } from '@mlops-actions/core';
import { awsText } from './aws-text.ts';
import type { ModelRecord } from './model-record.ts';

/** The metadata by which a package names the files that it was made of. */
export const digestKey = 'mlops-actions:digest';

/** What SageMaker takes of metadata: so many entries, of so many characters. */
const limits = { entries: 50, key: 128, value: 256, description: 1024 } as const;

/** The package of a version; `quality` is where its metrics are, in Model Monitor's form. Equal records give equal requests with an equal token, which AWS answers with the package that is there. */
export function packageRequest(name: string, record: ModelRecord, quality?: string): CreateModelPackageInput {
  const { artifact, description, approvalStatus, created } = record;
  const text = (description ?? '').replace(/\p{C}+/gu, ' ').slice(0, limits.description);
  return {
    ModelPackageGroupName: name,
    ModelApprovalStatus: approvalStatus,
    SourceUri: artifact.uri,
    CustomerMetadataProperties: metadataOf(record),
    ClientToken: sha256(canonicalJson([name, artifact.digest, created])).slice(0, 36),
    ...(quality === undefined
      ? {}
      : { ModelMetrics: { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: quality } } } }),
    ...(text === '' ? {} : { ModelPackageDescription: text }),
  };
}

/** The digest, then metrics and lineage for people who look into the console and for filters: as many as there is room for. */
function metadataOf({ artifact, metrics, lineage }: ModelRecord): Record<string, string> {
  const wanted = [
    [digestKey, artifact.digest],
    ...Object.entries(metrics).map(([key, value]) => [`metric:${key}`, String(value)]),
    ...Object.entries(lineage),
  ].map(([key = '', value = '']) => [awsText(key, limits.key), awsText(value, limits.value)] as const);
  return Object.fromEntries(wanted.filter(([, value]) => value !== '').slice(0, limits.entries));
}
