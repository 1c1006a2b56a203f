import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';
import type { CloudWatch } from './cloudwatch.ts';
import { type Endpoints, type Fleet, sharesOf } from './endpoints.ts';

export interface Invoked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How long a model may take to answer, in milliseconds: SageMaker's 60 s. */
const limit = 60_000;

/** A request to an endpoint as it came. */
export interface InvokeRequest {
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers `POST /endpoints/<name>/invocations`: sends the request to an instance and counts it. */
export async function invoke(request: InvokeRequest, endpoints: Endpoints, cloudwatch: CloudWatch): Promise<Invoked> {
  try {
    return await answered(request, endpoints, cloudwatch);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return failed(error.status, error.type, { Message: error.message });
  }
}

async function answered(
  { name, headers, body }: InvokeRequest,
  endpoints: Endpoints,
  cloudwatch: CloudWatch,
): Promise<Invoked> {
  const endpoint = endpoints.endpoint(name);
  if (endpoint === undefined || endpoint.status === 'Creating' || endpoint.status === 'Failed') {
    throw new AwsError('ValidationError', `Endpoint ${name} of account 123456789012 not found.`);
  }
  const target = headers['x-amzn-sagemaker-target-variant'];
  const shares = sharesOf(endpoint).filter(
    ({ fleet: { variant } }) => target === undefined || variant.VariantName === target,
  );
  // Whoever is asked by name is asked whatever its weight.
  const fleet = target !== undefined && shares.length === 1 ? shares[0]?.fleet : chosen(shares);
  if (fleet === undefined && target !== undefined) {
    throw new AwsError('ValidationError', `Variant ${target} not found for endpoint ${name}.`);
  }
  const replica = [...(fleet?.replicas ?? [])].sort((a, b) => a.inFlight - b.inFlight)[0];
  if (fleet === undefined || replica === undefined) {
    throw new AwsError('ServiceUnavailable', 'No instance serves this request.', 503);
  }
  const dimensions = { EndpointName: name, VariantName: fleet.variant.VariantName };
  const { config } = fleet;
  const count = (metric: string, value: number): void => {
    cloudwatch.put('AWS/SageMaker', metric, dimensions, value);
    if (config === undefined) return;
    cloudwatch.put('AWS/SageMaker', metric, { ...dimensions, EndpointConfigName: config }, value);
  };
  const began = performance.now();
  replica.inFlight += 1;
  const answer = await fetch(`http://127.0.0.1:${replica.port}/invocations`, {
    method: 'POST',
    headers: { 'content-type': String(headers['content-type'] ?? 'application/octet-stream') },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(limit),
  })
    .then(async (response) => ({
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: new Uint8Array(await response.arrayBuffer()),
    }))
    .catch(() => undefined)
    .finally(() => {
      replica.inFlight -= 1;
    });
  const status = answer?.status ?? 500;
  count('Invocations', 1);
  count('Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0);
  count('Invocation5XXErrors', status >= 500 ? 1 : 0);
  count('InvocationModelErrors', status >= 200 && status < 300 ? 0 : 1);
  count('ModelLatency', (performance.now() - began) * 1000);
  count('OverheadLatency', 1000);
  if (answer === undefined || status < 200 || status >= 300) {
    const original = Buffer.from(answer?.body ?? [])
      .toString('utf8')
      .slice(0, 1000);
    return failed(424, 'ModelError', {
      Message: `Received server error (${status}) from primary with message "${original}". See the CloudWatch log group /aws/sagemaker/Endpoints/${name} for more information.`,
      OriginalStatusCode: status,
      OriginalMessage: original,
    });
  }
  return {
    status: 200,
    headers: { 'content-type': answer.type, 'x-amzn-invoked-production-variant': fleet.variant.VariantName },
    body: answer.body,
  };
}

function failed(status: number, type: string, value: object): Invoked {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

/** The variant that is furthest behind its share. */
function chosen(shares: ReturnType<typeof sharesOf>): Fleet | undefined {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const sent = shares.reduce((sum, { fleet }) => sum + fleet.sent, 0) + 1;
  const ahead = ({ fleet, weight }: (typeof shares)[number]): number => fleet.sent - (weight / total) * sent;
  const [first] = shares.filter(({ weight }) => weight > 0).sort((a, b) => ahead(a) - ahead(b));
  if (first !== undefined) first.fleet.sent += 1;
  return first?.fleet;
}
