import { expect, test } from '@jest/globals';
import { type AwsOptions, openClients } from '../clients.ts';
import { invocationUrl } from './invoke.ts';

// The hosts are those of AWS's endpoint rules for SageMaker Runtime.
test.each<[string, AwsOptions, string]>([
  ['in a region', { region: 'eu-west-1' }, 'https://runtime.sagemaker.eu-west-1.amazonaws.com'],
  ['in China', { region: 'cn-north-1' }, 'https://runtime.sagemaker.cn-north-1.amazonaws.com.cn'],
  [
    'through an endpoint of a private network',
    { region: 'eu-west-1', endpoint: 'https://vpce-0a1b.runtime.sagemaker.eu-west-1.vpce.amazonaws.com' },
    'https://vpce-0a1b.runtime.sagemaker.eu-west-1.vpce.amazonaws.com',
  ],
  [
    'behind a gateway of their own',
    { region: 'eu-west-1', endpoint: 'https://gateway.example/aws' },
    'https://gateway.example/aws',
  ],
])('callers find an endpoint %s', async (_, options, host) => {
  const { runtime } = openClients(options);
  expect(await invocationUrl(runtime, 'churn')).toBe(`${host}/endpoints/churn/invocations`);
});

test('callers find an endpoint by a FIPS host where AWS_USE_FIPS_ENDPOINT says so', async () => {
  process.env.AWS_USE_FIPS_ENDPOINT = 'true';
  try {
    const { runtime } = openClients({ region: 'us-east-1' });
    const url = 'https://runtime-fips.sagemaker.us-east-1.amazonaws.com/endpoints/churn/invocations';
    expect(await invocationUrl(runtime, 'churn')).toBe(url);
  } finally {
    delete process.env.AWS_USE_FIPS_ENDPOINT;
  }
});
