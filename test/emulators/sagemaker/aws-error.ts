/** An error as AWS's JSON services answer it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** What SageMaker answers for a job, model or endpoint that is not there, or for a request that it cannot take. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
