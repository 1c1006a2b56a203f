import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { describe, expect, test } from '@jest/globals';
import { jobRequest, servingRequest, temporaryFolders } from '@mlops-actions/provider/contract';
import { scaledClock } from '../../../test/emulators/sagemaker/scaled-clock.ts';
import { openClients } from './clients.ts';
import { parseArtifactStore } from './settings.ts';
import { awsOf, onEmulator, openEmulated } from './testing/emulated.ts';

const folders = temporaryFolders();
const network = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'], networkIsolation: true };
const kmsKey = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const VpcConfig = { Subnets: network.subnets, SecurityGroupIds: network.securityGroups };

// That AWS takes what comes of them is for the last test to say, which holds every request against AWS's models.
onEmulator((emulation) => {
  test('everything that can be set of a job reaches SageMaker', async () => {
    const { training } = await emulation.settings();
    const { jobs } = await openEmulated(emulation, {
      kmsKey,
      training: {
        ...training,
        ...network,
        instanceCount: 2,
        volumeGb: 50,
        warmPoolSeconds: 600,
        spotMaxWaitSeconds: 7200,
        checkpointUri: 's3://mlops-artifacts/checkpoints',
      },
    });
    const tags = { commit: 'abc', 'run-url': 'https://ci.example/runs/1?attempt=2&x=ü' };
    const metricDefinitions = [{ name: 'auc', pattern: 'auc=([0-9.]+)' }];
    await jobs.submit(await jobRequest(folders, 'sleep 1000', { tags, metricDefinitions, environment: { A: 'b\nc' } }));
    const { sagemaker } = openClients(awsOf(emulation));
    expect(await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'train-1' }))).toMatchObject({
      OutputDataConfig: { KmsKeyId: kmsKey },
      ResourceConfig: { InstanceCount: 2, VolumeSizeInGB: 50, VolumeKmsKeyId: kmsKey, KeepAlivePeriodInSeconds: 600 },
      StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 7200 },
      EnableManagedSpotTraining: true,
      CheckpointConfig: { S3Uri: 's3://mlops-artifacts/checkpoints' },
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      VpcConfig,
      Environment: { A: 'b\nc' },
    });
    await jobs.stop('train-1', 'the test is over');
  });

  test('everything that can be set of an endpoint reaches SageMaker', async () => {
    const { serving } = await emulation.settings();
    const { models, endpoints } = await openEmulated(emulation, { kmsKey, serving: { ...serving, ...network } });
    await endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 10, captureLimitBytes: 1e6 });
    await endpoints.deploy(await servingRequest(models, folders, 'blue'));
    const { sagemaker } = openClients(awsOf(emulation));
    const { EndpointConfigName } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'shop' }));
    expect(await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }))).toMatchObject({
      KmsKeyId: kmsKey,
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: 10,
        DestinationS3Uri: 's3://mlops-artifacts/team/mlops/capture',
        KmsKeyId: kmsKey,
      },
      ProductionVariants: [{ VariantName: 'blue', InitialVariantWeight: 0, InstanceType: 'ml.m5.large' }],
    });
    await endpoints.remove('shop');
  });
}, scaledClock(30));

describe('the artifact store', () => {
  test.each([
    ['s3://acme-mlops', { bucket: 'acme-mlops', prefix: '' }],
    ['s3://acme-mlops/', { bucket: 'acme-mlops', prefix: '' }],
    ['s3://acme-mlops/team/churn/', { bucket: 'acme-mlops', prefix: 'team/churn' }],
  ])('%s is a bucket and a prefix', (uri, expected) => {
    expect(parseArtifactStore(uri)).toEqual(expected);
  });

  test.each(['', 'acme-mlops', 's3://', 's3://A_b/c', 's3://acme/../other', 's3://acme/a b'])('%j is none', (uri) => {
    expect(() => parseArtifactStore(uri)).toThrow(`"${uri}" is not an artifact store. Write s3://bucket`);
  });
});
