import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { expect, test } from '@jest/globals';
import { temporaryFolders } from '@mlops-actions/provider/contract';
import { openClients } from './clients.ts';
import { awsOf, onEmulator, openEmulated } from './testing/emulated.ts';

const folders = temporaryFolders();

onEmulator((emulation) => {
  /** What SageMaker has of a version that was registered with these metrics. */
  async function registered(metrics: Readonly<Record<string, number>>) {
    const { models } = await openEmulated(emulation);
    const source = await folders.with({ 'model.txt': 'weights' });
    await models.register({ name: 'churn', source, metrics, lineage: {}, approvalStatus: 'Approved' });
    const { sagemaker } = openClients(awsOf(emulation));
    return sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: 'churn/1' }));
  }

  test('a package points to its metrics in the form of Model Monitor', async () => {
    const { ModelMetrics } = await registered({ auc: 0.95, recall: 0.9 });
    const { S3Uri = '', ContentType } = ModelMetrics?.ModelQuality?.Statistics ?? {};
    expect(ContentType).toBe('application/json');
    const { hostname: Bucket, pathname } = new URL(S3Uri);
    const { s3 } = openClients(awsOf(emulation));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: pathname.slice(1) }));
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toEqual({
      binary_classification_metrics: {
        auc: { value: 0.95, standard_deviation: 'NaN' },
        recall: { value: 0.9, standard_deviation: 'NaN' },
      },
    });
  });

  test('a package of metrics for which Model Monitor has no form points to nothing', async () => {
    expect((await registered({ 'cost per claim': 12 })).ModelMetrics).toBeUndefined();
  });
});
