import { UserError } from '@mlops-actions/core';

/** What the SageMaker provider works with. */
export interface SageMakerSettings {
  /** The bucket and, after it, the prefix under which everything is kept; the prefix has no slash at its ends and may be empty. */
  readonly bucket: string;
  readonly prefix: string;
  /** The key that encrypts what is stored, of AWS's KMS; absent: S3's own encryption. */
  readonly kmsKey?: string;
  /** The role that jobs run as, an ARN. */
  readonly executionRole?: string;
  readonly training: TrainingSettings;
  readonly serving: ServingSettings;
  /** How often a running job is looked at, in milliseconds: `first` in the beginning, and more and more seldom up to `most`. */
  readonly polling: { readonly first: number; readonly most: number };
  /** How long an endpoint may be about an update before it is given up, in seconds. */
  readonly updateTimeoutSeconds: number;
  /** How long after a job's end its last log lines are waited for, in milliseconds. */
  readonly logGrace: number;
}

export interface TrainingSettings {
  /** The container image that scripts run in. */
  readonly image?: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly volumeGb: number;
  /** What an hour of one instance costs, in the user's currency; absent: not known. */
  readonly pricePerHour?: number;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly networkIsolation: boolean;
  /** Seconds that a spot job may take with its waits; absent: no spot instances. */
  readonly spotMaxWaitSeconds?: number;
  /** Where a spot job keeps its checkpoints; needed with spot. */
  readonly checkpointUri?: string;
  /** How long the machines stay for the next job, in seconds; 0: not at all. */
  readonly warmPoolSeconds: number;
}

export interface ServingSettings {
  /** The container image that serves: it has our program `serve`, or one of its own. */
  readonly image?: string;
  readonly instanceType: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly networkIsolation: boolean;
  readonly scaling?: ScalingSettings;
}

/** How autoscaling goes about it, where it is not as SageMaker does by itself. */
export interface ScalingSettings {
  /** Requests a minute for each instance that it aims at, in the place of requests in flight. */
  readonly invocationsPerMinute?: number;
  /** How long after a change no instance is taken away, in seconds. */
  readonly scaleInSeconds?: number;
  /** How long after a change no instance is added, in seconds. */
  readonly scaleOutSeconds?: number;
}

/**
 * Two calls a look: at 75 seconds a wait makes 1.6 calls a minute, which a busy account can bear for hours.
 */
export const defaultPolling = { first: 2000, most: 75_000 } as const;

/** Longer than any update without guardrails takes; SageMaker's own waiter gives up after an hour. */
export const defaultUpdateTimeout = 3600;

/** CloudWatch has a container's last lines within seconds. */
export const defaultLogGrace = 20_000;

/** `s3://bucket/some/prefix` in parts. A `UserError` when it is none. */
export function parseArtifactStore(uri: string): { readonly bucket: string; readonly prefix: string } {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(uri);
  const prefix = (match?.[2] ?? '').replace(/\/+$/, '');
  if (match?.[1] === undefined || prefix.split('/').some((part) => part === '.' || part === '..' || /\s/.test(part))) {
    throw new UserError(`"${uri.slice(0, 200)}" is not an artifact store. Write s3://bucket or s3://bucket/prefix.`);
  }
  return { bucket: match[1], prefix };
}

/** The price of an instance type in a table that a user wrote. A `UserError` when it is no price. */
export function priceOf(prices: Readonly<Record<string, string>>, instanceType: string): number | undefined {
  const text = Object.hasOwn(prices, instanceType) ? prices[instanceType] : undefined;
  if (text === undefined) return undefined;
  const price = Number(text);
  if (text.trim() !== '' && Number.isFinite(price) && price >= 0) return price;
  throw new UserError(
    `Input \`prices\` has "${text}" for ${instanceType}. Write the price of an hour as a number: ${instanceType}: 0.257.`,
  );
}

/** The value of an input that only some work needs. A `UserError` when it is missing; `what` says what it is. */
export function requiredInput(value: string | undefined, input: string, what: string): string {
  if (value !== undefined && value !== '') return value;
  throw new UserError(`Input \`${input}\` is missing: ${what}.`);
}
