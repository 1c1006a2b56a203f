import { type Series, UserError } from '@mlops-actions/core';
import type { CallOptions } from './provider.ts';

/** Somebody else has changed the shares meanwhile. */
export class TrafficChanged extends UserError {
  override readonly name = 'TrafficChanged';
}

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
  /** What autoscaling may go up to. */
  readonly maxReplicas: number;
}

export interface EndpointState {
  readonly name: string;
  readonly url: string;
  readonly status: 'Creating' | 'InService' | 'Updating' | 'Failed';
  readonly deployments: readonly DeploymentState[];
  readonly tags: Readonly<Record<string, string>>;
  /** The deployment that gets copies of so many percent of the requests; its answers are thrown away. Absent: none. */
  readonly mirror?: { readonly deployment: string; readonly percent: number };
  /**
   * Deployments that had all the traffic before the one that has it now, newest first, ten at the most, whether they are still there or not.
   * Going back to one of them forgets those after it, because they were given up.
   */
  readonly promoted: readonly string[];
  readonly capture: {
    readonly percent: number;
    /** When the newest sample was stored, in milliseconds since 1970; absent: there is none. */
    readonly newestAt?: number;
  };
}

/** Which figures are wanted. */
export interface MeasureRequest {
  /** Milliseconds since 1970; `to` is not part of it. */
  readonly from: number;
  readonly to: number;
  /** The length of a window; a provider whose figures are coarser answers with its own. */
  readonly windowSeconds: number;
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

export interface EndpointService {
  describe(endpoint: string): Promise<EndpointState | undefined>;
  /** Creates the endpoint, or changes its settings. Traffic and deployments stay as they are. */
  configure(endpoint: string, settings: EndpointSettings, options?: CallOptions): Promise<EndpointState>;
  /** Starts a deployment with no traffic and resolves once its replicas are healthy. On failure or abort nothing of it is left. The same deployment again is found, not started twice. */
  deploy(request: DeploymentRequest, options?: CallOptions): Promise<DeploymentState>;
  /**
   * Sets every deployment's share at once; shares are whole percents and sum to 100. Deployments not named get 0. With `expected`, the
   * shares are set only while they are those (zeros do not count); otherwise it is `TrafficChanged`, so that two steps do not undo each
   * other's work. Copies to a mirror end.
   */
  setTraffic(
    endpoint: string,
    shares: Readonly<Record<string, number>>,
    expected?: Readonly<Record<string, number>>,
  ): Promise<EndpointState>;
  /** Removes a deployment: no new requests and no copies, then waits for those in flight, then stops it. Refused while it has traffic. Idempotent. */
  removeDeployment(endpoint: string, deployment: string, options?: CallOptions): Promise<void>;
  /** Removes the endpoint and all its deployments. Idempotent. */
  remove(endpoint: string, options?: CallOptions): Promise<void>;
  invoke(endpoint: string, invocation: Invocation, options?: CallOptions): Promise<InvocationAnswer>;
  /**
   * Figures by deployment, in windows that are complete: what is still filling, or was never seen, is left out; a deployment that was there
   * and had no request has windows with 0 requests. Empty when there is no such endpoint.
   */
  measure(endpoint: string, request: MeasureRequest, options?: CallOptions): Promise<Readonly<Record<string, Series>>>;
  /** The last lines that a deployment's replicas printed, oldest first; empty when there is no such deployment. */
  logs(endpoint: string, deployment: string, lines: number): Promise<readonly string[]>;
}
