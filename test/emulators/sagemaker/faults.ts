import { AwsError } from './aws-error.ts';

/** Something that goes wrong with a request. */
export interface Fault {
  /** `CreateTrainingJob`, for S3 the value of `x-id`: `PutObject`, or `*` for every operation. */
  readonly operation: string;
  /** How often; then it works again. */
  times: number;
  /**
   * `throttle` and `unavailable` are answered without acting, `lost` acts and then closes the connection without an answer, `failed` acts and then
   * answers with 500, `expired` and
   * `denied` are what IAM says.
   */
  readonly kind: 'throttle' | 'unavailable' | 'lost' | 'failed' | 'expired' | 'denied' | 'quota';
}

/** Something that happens between two requests. */
export interface Interruption {
  /** So many requests are still answered before. */
  after: number;
  readonly act: () => void;
}

/** The fault that is due for this operation, counted down. */
export function dueFault(faults: readonly Fault[], operation: string): Fault | undefined {
  const fault = faults.find((each) => (each.operation === operation || each.operation === '*') && each.times > 0);
  if (fault !== undefined) fault.times -= 1;
  return fault;
}

/** What a service answers instead of acting; undefined for a fault that shows later. */
export function refusal({ kind, operation }: Fault): AwsError | undefined {
  switch (kind) {
    case 'throttle':
      return new AwsError('ThrottlingException', 'Rate exceeded');
    case 'unavailable':
      return new AwsError(
        'ServiceUnavailable',
        'The request has failed due to a temporary failure of the server.',
        503,
      );
    case 'expired':
      return new AwsError('ExpiredTokenException', 'The security token included in the request is expired', 403);
    case 'denied':
      return new AwsError(
        'AccessDeniedException',
        `User: arn:aws:sts::123456789012:assumed-role/ci/run is not authorized to perform: sagemaker:${operation} because no identity-based policy allows the sagemaker:${operation} action`,
      );
    case 'quota':
      return new AwsError(
        'ResourceLimitExceeded',
        "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.",
      );
    case 'lost':
    case 'failed':
      return undefined;
  }
}
