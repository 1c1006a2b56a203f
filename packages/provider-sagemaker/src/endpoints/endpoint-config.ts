import type {
  CreateEndpointConfigInput,
  DescribeEndpointConfigOutput,
  ProductionVariant,
  ProductionVariantInstanceType,
} from '@aws-sdk/client-sagemaker';
import { derivedName, type Json } from '@mlops-actions/core';
import type { DeploymentRequest } from '@mlops-actions/provider';
import type { SageMakerSettings } from '../settings.ts';

/** SageMaker's bounds for the time that a container may take to answer its first ping, in seconds. */
export const startupTimeouts = { least: 60, most: 3600 } as const;

/** A deployment as a variant that has no traffic yet. */
export function variantOf(
  { startupTimeoutSeconds }: Pick<DeploymentRequest, 'startupTimeoutSeconds'>,
  name: string,
  hostedModel: string,
  replicas: number,
  { serving }: SageMakerSettings,
): ProductionVariant {
  return {
    VariantName: name,
    ModelName: hostedModel,
    InstanceType: serving.instanceType as ProductionVariantInstanceType,
    InitialInstanceCount: replicas,
    InitialVariantWeight: 0,
    ContainerStartupHealthCheckTimeoutInSeconds: Math.max(startupTimeouts.least, startupTimeoutSeconds),
  };
}

/** The configuration of these variants, whose name is made of what is in it: the same again is the same. */
export function endpointConfig(
  endpoint: string,
  variants: readonly ProductionVariant[],
  capturePercent: number,
  captureUri: string,
  { kmsKey }: Pick<SageMakerSettings, 'kmsKey'>,
): CreateEndpointConfigInput {
  const config = {
    ProductionVariants: [...variants],
    ...(capturePercent === 0 ? {} : { DataCaptureConfig: captureOf(capturePercent, captureUri, kmsKey) }),
    ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
  };
  return { EndpointConfigName: derivedName(endpoint, config as unknown as Json), ...config };
}

/** The variants of a configuration, in a form that makes another one. */
export function variantsIn({ ProductionVariants = [] }: DescribeEndpointConfigOutput): readonly ProductionVariant[] {
  return ProductionVariants;
}

/** Bodies of these types are kept as text; others SageMaker keeps in base 64. */
function captureOf(percent: number, uri: string, kmsKey: string | undefined) {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: percent,
    DestinationS3Uri: uri,
    CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
  };
}
