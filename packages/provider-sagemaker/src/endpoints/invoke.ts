import { performance } from 'node:perf_hooks';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { Invocation, InvocationAnswer } from '@mlops-actions/provider';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { explained } from '../aws-errors.ts';

/** What the client throws for a model that failed (the model's own status), and for a variant that is not there. */
interface RuntimeError extends Error {
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Where callers send their requests: in the partition of the region, or where AWS's own variables lead (`AWS_ENDPOINT_URL`, FIPS). */
export async function invocationUrl(runtime: SageMakerRuntimeClient, EndpointName: string): Promise<string> {
  const { url } = await getEndpointFromInstructions({ EndpointName }, InvokeEndpointCommand, runtime.config, {});
  return `${url.href.replace(/\/$/, '')}/endpoints/${EndpointName}/invocations`;
}

/**
 * Sends one request to the endpoint, or to one of its variants. A model's error is an answer, whatever its status. Undefined when there is no
 * such endpoint in SageMaker.
 */
export async function invokeEndpoint(
  runtime: SageMakerRuntimeClient,
  EndpointName: string,
  { body, contentType, deployment }: Invocation,
  signal: AbortSignal | undefined,
): Promise<InvocationAnswer | undefined> {
  const began = performance.now();
  const since = (): number => performance.now() - began;
  try {
    const answer = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName,
        Body: typeof body === 'string' ? Buffer.from(body) : body,
        ContentType: contentType,
        ...(deployment === undefined ? {} : { TargetVariant: deployment }),
      }),
      { ...(signal && { abortSignal: signal }) },
    );
    const text = Buffer.from(answer.Body ?? []).toString('utf8');
    return { status: 200, contentType: answer.ContentType ?? '', body: text, milliseconds: since() };
  } catch (error) {
    const { name, message, OriginalStatusCode, OriginalMessage, $metadata } = error as RuntimeError;
    const answered = (status: number, text: string): InvocationAnswer => ({
      status,
      contentType: 'text/plain',
      body: text,
      milliseconds: since(),
    });
    if (name === 'ModelError') return answered(OriginalStatusCode ?? 500, OriginalMessage ?? message);
    if (name === 'ValidationError' && /variant/i.test(message)) return answered(404, message);
    if (name === 'ValidationError' && /^endpoint .* not found/i.test(message)) return undefined;
    if (name === 'ServiceUnavailable' || name === 'InternalFailure')
      return answered($metadata?.httpStatusCode ?? 503, message);
    throw explained(error, `Endpoint ${EndpointName}`);
  }
}
