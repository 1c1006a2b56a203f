import type { CallOptions } from './provider.ts';

export interface Autoscaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Requests in flight per replica that the scaler aims at. */
  readonly targetConcurrency: number;
}

/** One model version serving behind an endpoint. Deployments are immutable: a change is a new deployment. */
export interface DeploymentRequest {
  readonly endpoint: string;
  /** Unique within the endpoint. */
  readonly deployment: string;
  /** `name@version` of the model it serves. */
  readonly model: string;
  /** Program and arguments that serve: `GET /ping` and `POST /invocations` on `$PORT`, the model in `$SM_MODEL_DIR`. */
  readonly command: readonly string[];
  /** Folder of the serving code; absent: the model's own files. The deployment gets its own copy. */
  readonly sourceDir?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly autoscaling: Autoscaling;
  /** How long a replica may take to answer `GET /ping` with 200. */
  readonly startupTimeoutSeconds: number;
  /** How long one request may take before it is answered with 504. */
  readonly requestTimeoutSeconds: number;
}

export interface EndpointSettings {
  /** `none`: anyone on this machine may call; `token`: callers send `Authorization: Bearer <token>`. */
  readonly auth: { readonly kind: 'none' } | { readonly kind: 'token'; readonly token: string };
  /** Percent of requests and answers to keep, 0 to 100. */
  readonly capturePercent: number;
  /** Oldest captured files are deleted past this many bytes. */
  readonly captureLimitBytes: number;
}

export interface DeploymentState {
  readonly name: string;
  readonly model: string;
  /** Percent of the endpoint's traffic. */
  readonly traffic: number;
  readonly status: 'Creating' | 'InService' | 'Draining' | 'Failed';
  readonly reason?: string;
  readonly readyReplicas: number;
  readonly desiredReplicas: number;
}

export interface EndpointState {
  readonly name: string;
  readonly url: string;
  readonly status: 'Creating' | 'InService' | 'Updating' | 'Failed';
  readonly deployments: readonly DeploymentState[];
  readonly tags: Readonly<Record<string, string>>;
}

/** One request to an endpoint, as a smoke test or a probe sends it. */
export interface Invocation {
  readonly body: string | Uint8Array;
  readonly contentType: string;
  /** Sends it to this deployment whatever the weights say. */
  readonly deployment?: string;
}

export interface InvocationAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly milliseconds: number;
}

/** Counts over a window, per deployment. Absent data is absent, never zero. */
export interface DeploymentMetrics {
  readonly deployment: string;
  readonly requests: number;
  /** Answers of 500 and above, and requests that got no answer. */
  readonly errors: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly inFlight: number;
}

export interface EndpointService {
  describe(endpoint: string): Promise<EndpointState | undefined>;
  /** Creates the endpoint, or changes its settings. Traffic and deployments stay as they are. */
  configure(endpoint: string, settings: EndpointSettings, options?: CallOptions): Promise<EndpointState>;
  /** Starts a deployment with no traffic and resolves once its replicas are healthy. On failure or abort nothing of it is left. The same deployment again is found, not started twice. */
  deploy(request: DeploymentRequest, options?: CallOptions): Promise<DeploymentState>;
  /** Sets every deployment's share at once; shares are whole percents and sum to 100. Deployments not named get 0. */
  setTraffic(endpoint: string, shares: Readonly<Record<string, number>>): Promise<EndpointState>;
  /** Removes a deployment: no new requests, then waits for those in flight, then stops it. Refused while it has traffic. Idempotent. */
  removeDeployment(endpoint: string, deployment: string, options?: CallOptions): Promise<void>;
  /** Removes the endpoint and all its deployments. Idempotent. */
  remove(endpoint: string, options?: CallOptions): Promise<void>;
  invoke(endpoint: string, invocation: Invocation, options?: CallOptions): Promise<InvocationAnswer>;
  /** Metrics of the last `windowSeconds`. */
  metrics(endpoint: string, windowSeconds: number): Promise<readonly DeploymentMetrics[]>;
  /** The last lines that a deployment's replicas printed, oldest first; empty when there is no such deployment. */
  logs(endpoint: string, deployment: string, lines: number): Promise<readonly string[]>;
}
