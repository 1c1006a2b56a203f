import { UserError } from '@mlops-actions/core';

/** What the clients throw for an answer that is an error. */
interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** Whether there is no such thing: SageMaker says so by a ValidationException, S3 by a code of its own. */
export function isNotFound(error: unknown): boolean {
  const { name, message } = error as ServiceError;
  if (name === 'NoSuchKey' || name === 'NotFound' || name === 'ResourceNotFoundException') return true;
  return (
    name === 'ResourceNotFound' ||
    (name === 'ValidationException' && /not found|does not exist|could not find/i.test(message))
  );
}

/** Whether somebody else has made it meanwhile: a conditional write that found an object, or two writes at once. */
export function isTaken(error: unknown): boolean {
  const { name, $metadata } = error as ServiceError;
  return name === 'PreconditionFailed' || name === 'ConditionalRequestConflict' || $metadata?.httpStatusCode === 412;
}

/** Whether the client had asked before: an earlier attempt may have acted although its answer was lost. */
export function wasRepeated(error: unknown): boolean {
  return ((error as ServiceError).$metadata?.attempts ?? 1) > 1;
}

/** Resolves with undefined when there is no such thing. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/**
 * AWS's error as the user should read it: what was refused, in AWS's words, and what to do. What may work another time (throttling, a
 * server that failed, a lost connection) stays the error that it is.
 */
export function explained(error: unknown, what: string): unknown {
  const { name = '', message = '' } = error instanceof Error ? (error as ServiceError) : {};
  const fix = fixes.find(({ names }) => names.test(name))?.fix;
  return fix === undefined ? error : new UserError(`${what}: ${message.replace(/\.?$/, '.')} ${fix}`);
}

/** The answer to a request about `what`; an error is as the user should read it. */
export async function told<T>(answer: Promise<T>, what: string): Promise<T> {
  return answer.catch((error: unknown) => {
    throw explained(error, what);
  });
}

const fixes: readonly { readonly names: RegExp; readonly fix: string }[] = [
  {
    names: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|Forbidden)$/,
    fix: 'Give the role that this step runs as this permission; action-templates/iam has a policy for each step.',
  },
  {
    names: /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    fix: 'The credentials of the runner ended before the step did. What it started goes on: run the step again and it finds it.',
  },
  {
    names:
      /^(CredentialsProviderError|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch)$/,
    fix: 'Let aws-actions/configure-aws-credentials run before this step, or give the runner a role.',
  },
  {
    names: /^(ResourceLimitExceeded|ServiceQuotaExceededException)$/,
    fix: 'Ask for a higher quota in AWS Service Quotas, or name another instance type.',
  },
  {
    names: /^(LimitExceeded|LimitExceededFault)$/,
    fix: 'Remove what is not needed any more, or ask for a higher quota in AWS Service Quotas.',
  },
  {
    names: /^(NoSuchBucket)$/,
    fix: 'Make the bucket, or name another in `artifact-store`.',
  },
  {
    names: /^(ValidationError|ValidationException|InvalidRequest|InvalidParameterException)$/,
    fix: 'Correct the input that it names.',
  },
];
