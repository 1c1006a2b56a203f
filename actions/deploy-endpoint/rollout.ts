import { UserError } from '@mlops-actions/core';
import {
  type EndpointService,
  type EndpointState,
  type InvocationAnswer,
  TrafficChanged,
} from '@mlops-actions/provider';
import type { Context } from '../action.ts';
import { runSmokeTest } from '../smoke-test.ts';
import type { Plan } from './plan.ts';
import { type Shares, shiftTraffic } from './traffic.ts';

/** What the step has begun and `post` may have to end; kept as JSON. */
export interface Pending {
  readonly endpoint: string;
  readonly deployment: string;
  /** Whether this step made the endpoint, and the deployment; what was there before is not taken away. */
  readonly createsEndpoint: boolean;
  readonly createsDeployment: boolean;
  /** Those that end once they have no traffic. */
  readonly old: readonly string[];
}

/** What the step came to. */
export interface Outcome {
  readonly state: EndpointState;
  /** The deployment that had most of the traffic before. */
  readonly previous?: string;
  readonly smoke?: InvocationAnswer;
}

/**
 * Starts the deployment beside those that serve, waits until it is healthy, sends the smoke request to it alone, and only then gives it
 * traffic. Until that moment every failure and a cancel take it away again and leave the endpoint as it was.
 */
export async function rollOut(plan: Plan, endpoints: EndpointService, context: Context): Promise<Outcome> {
  const { request, settings } = plan;
  const { endpoint, deployment } = request;
  const { log, signal } = context;
  const before = await endpoints.describe(endpoint);
  requireRest(plan, before);
  const pending: Pending = {
    endpoint,
    deployment,
    createsEndpoint: before === undefined,
    createsDeployment: before?.deployments.every(({ name }) => name !== deployment) ?? true,
    old: oldOf(plan, sharesOf(before)),
  };
  context.keepForPost('pending', JSON.stringify(pending));
  try {
    // Callers of an endpoint that serves notice new settings only together with the new deployment.
    if (before === undefined) await endpoints.configure(endpoint, settings, { signal });
    await endpoints.deploy(request, { signal });
    log.log('info', `${deployment} is healthy.`);
    const smoke = await smokeTest(plan, endpoints, context);
    signal.throwIfAborted();
    if (before !== undefined) await endpoints.configure(endpoint, settings, { signal });
    const replaced = await giveTraffic(plan, pending, endpoints, context);
    await removeOld({ ...pending, old: oldOf(plan, replaced) }, endpoints, context);
    context.keepForPost('pending', '');
    const state = await endpoints.describe(endpoint);
    if (state === undefined) throw new Error(`Endpoint "${endpoint}" was removed while this step deployed to it.`);
    const [previous] = largestFirst(sharesOf(before)).filter((name) => name !== deployment);
    return { state, ...(previous === undefined ? {} : { previous }), ...(smoke === undefined ? {} : { smoke }) };
  } catch (error) {
    await takeBack(pending, endpoints).catch((failure: Error) =>
      log.log('warning', `${deployment} was not taken back: ${failure.message}`),
    );
    throw error;
  }
}

/**
 * Ends what a step has begun and was not allowed to end itself: with traffic on the new deployment the old ones go, without it the new
 * one goes. Idempotent.
 */
export async function takeBack(pending: Pending, endpoints: EndpointService): Promise<void> {
  const { endpoint, deployment } = pending;
  const state = await endpoints.describe(endpoint);
  if (state === undefined) return;
  const shares = sharesOf(state);
  if (shares[deployment] !== undefined) {
    for (const old of pending.old) if (shares[old] === undefined) await endpoints.removeDeployment(endpoint, old);
    return;
  }
  if (pending.createsDeployment) await endpoints.removeDeployment(endpoint, deployment);
  const left = await endpoints.describe(endpoint);
  if (pending.createsEndpoint && left?.deployments.length === 0) await endpoints.remove(endpoint);
}

/** Found before anything is started: a share that nobody could take the rest of. */
function requireRest({ request, traffic }: Plan, before: EndpointState | undefined): void {
  if (traffic === 0 || shiftTraffic(sharesOf(before), request.deployment, traffic) !== undefined) return;
  throw new UserError(
    `Input \`traffic\` is ${traffic} and no other deployment of endpoint "${request.endpoint}" can take the rest. Write 100, or 0 to start it without traffic.`,
  );
}

async function smokeTest(
  { smoke, request }: Plan,
  endpoints: EndpointService,
  context: Context,
): Promise<InvocationAnswer | undefined> {
  if (smoke === undefined) return undefined;
  const { answer, fault } = await runSmokeTest(smoke, request, endpoints, context);
  if (fault === undefined) return answer;
  throw new UserError(
    `The answer to the smoke request ${fault} The deployment was taken back; what served before goes on. Correct the serving code, or \`smoke-expect\`.`,
  );
}

/** Those that end when they lose the traffic that they have in `shares`. */
function oldOf({ keepOld, request }: Plan, shares: Shares): string[] {
  return keepOld ? [] : Object.keys(shares).filter((name) => name !== request.deployment);
}

/**
 * Shifts the traffic from what it is now, which another step may have changed since this one began, and gives back what it was. A cancel
 * that comes meanwhile puts it back.
 */
async function giveTraffic(
  plan: Plan,
  pending: Pending,
  endpoints: EndpointService,
  { keepForPost, signal }: Context,
): Promise<Shares> {
  const { endpoint, deployment } = plan.request;
  if (plan.traffic === 0) return {};
  for (;;) {
    const before = sharesOf(await endpoints.describe(endpoint));
    const shares = shiftTraffic(before, deployment, plan.traffic);
    if (shares === undefined) {
      throw new UserError(`The other deployments of "${endpoint}" were removed meanwhile. Run the step again.`);
    }
    keepForPost('pending', JSON.stringify({ ...pending, old: oldOf(plan, before) }));
    if (!(await didSet(endpoints.setTraffic(endpoint, shares, before)))) continue;
    if (!signal.aborted) return before;
    if (Object.keys(before).length > 0) await endpoints.setTraffic(endpoint, before, shares);
    signal.throwIfAborted();
  }
}

async function didSet(setting: Promise<EndpointState>): Promise<boolean> {
  try {
    await setting;
    return true;
  } catch (error) {
    if (error instanceof TrafficChanged) return false;
    throw error;
  }
}

/** The new deployment serves by now: what goes wrong here is told, and is no reason to go back. */
async function removeOld(
  { endpoint, old }: Pending,
  endpoints: EndpointService,
  { log, signal }: Context,
): Promise<void> {
  const shares = sharesOf(await endpoints.describe(endpoint));
  const idle = old.filter((name) => shares[name] === undefined);
  await Promise.all(
    idle.map((name) =>
      endpoints.removeDeployment(endpoint, name, { signal }).then(
        () => log.log('info', `${name} has given its last answer and is gone.`),
        (error: Error) => log.log('warning', `${name} still ends in the background: ${error.message}`),
      ),
    ),
  );
}

/** The shares that are not zero. */
export function sharesOf(state: EndpointState | undefined): Shares {
  const serving = (state?.deployments ?? []).filter(({ traffic }) => traffic > 0);
  return Object.fromEntries(serving.map(({ name, traffic }) => [name, traffic]));
}

function largestFirst(shares: Shares): string[] {
  return Object.entries(shares)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name);
}
