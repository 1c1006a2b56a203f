import { derivedName, type RolloutJournal, type RolloutSettings, UserError } from '@mlops-actions/core';
import type { DeploymentRequest, Invocation, Provider, RolloutTarget } from '@mlops-actions/provider';
import type { Drive } from '@mlops-actions/rollout';
import type { Context } from '../action.ts';
import { ownerOf } from '../rollout-owner.ts';
import { type SmokeTest, textOrFile } from '../smoke-test.ts';
import { type CustomCheck, parseChecks } from './custom-checks.ts';
import { engineOf, requireGuardable } from './guardrail.ts';
import { makeChecks } from './make-checks.ts';
import { tellLook, tellMoment } from './progress.ts';
import { type RolloutInputs, requireKnownChecks } from './settings.ts';

/** What every mode stands on. */
export interface Ground {
  readonly inputs: RolloutInputs;
  readonly context: Omit<Context, 'keepForPost'>;
  readonly provider: Provider;
  readonly target: RolloutTarget;
  readonly checks: readonly CustomCheck[];
  readonly owner: string;
}

/** What is in the target now. */
export interface FoundTarget {
  readonly observation: Awaited<ReturnType<RolloutTarget['observe']>>;
  readonly journal: RolloutJournal | undefined;
  readonly promoted: readonly string[];
}

/** Opens the provider; nothing is asked of the endpoint yet. What can be wrong in the inputs alone is found here. */
export async function openGround(inputs: RolloutInputs, context: Ground['context']): Promise<Ground> {
  const checks = parseChecks(inputs.checks);
  requireKnownChecks(
    inputs,
    checks.map(({ name }) => name),
  );
  requireGuardable(inputs);
  const provider = await context.provider();
  const target = provider.rollouts.target(inputs.endpoint, engineOf(inputs));
  return { inputs, context, provider, target, checks, owner: ownerOf(context.run) };
}

/** The ground on which an unfinished rollout goes on: with the engine that it began with. */
export function groundOf(ground: Ground, journal: RolloutJournal | undefined): Ground {
  const { inputs, provider, target } = ground;
  const engine = engineOf(inputs, journal);
  if (engine === target.engine.kind) return ground;
  return { ...ground, target: provider.rollouts.target(inputs.endpoint, engine) };
}

export async function findTarget({ target, inputs, context }: Ground): Promise<FoundTarget> {
  const { signal } = context;
  const journal = await target.readJournal({ signal });
  const observation = await target.observe({ signal });
  const promoted = (observation.promoted ?? []).slice(0, inputs.rollbackWindow);
  return { observation, journal, promoted };
}

/** A name for a rollout that begins now. */
export function rolloutName({ inputs, context, owner }: Ground, candidate: string): string {
  const at = context.clock.now().toISOString();
  return derivedName('rollout', { endpoint: inputs.endpoint, candidate, owner, at });
}

/** What is sent as a probe; undefined when there is nothing to send. */
export async function readProbe({ inputs, context }: Ground, smoke?: SmokeTest): Promise<Invocation | undefined> {
  const { probePayload, smokeContentType } = inputs;
  if (probePayload === undefined) return smoke?.invocation;
  const body = await textOrFile('probe-payload', probePayload, context.workingDirectory);
  return { body, contentType: smokeContentType };
}

/** @throws UserError when a check asks for a figure that the provider does not have. */
export async function requireMetrics(
  { checks, target, context, inputs }: Ground,
  candidate: DeploymentRequest['deployment'],
): Promise<void> {
  const now = context.clock.now().getTime();
  for (const check of checks) {
    if (check.kind !== 'metric') continue;
    if (target.query === undefined) {
      throw new UserError(
        `Check ${check.name} asks for a metric, and provider ${inputs.provider} has none to ask for.`,
      );
    }
    const { name, query, operator, threshold } = check;
    await target.query(
      { name, deployment: candidate, query, operator, threshold, from: now, to: now },
      { signal: context.signal },
    );
  }
}

/** What the driver works with in every mode; `settings` say whom the checks are about. */
export function driveOf(
  { inputs, context, target, checks }: Ground,
  { stable, candidate }: Pick<RolloutSettings, 'stable' | 'candidate'>,
): Drive {
  const { clock, signal, log } = context;
  const checked = { endpoint: inputs.endpoint, stable, candidate };
  return {
    target,
    clock,
    signal,
    ...(checks.length === 0
      ? {}
      : {
          customChecks: (period, own) => makeChecks(checks, checked, period, { ...context, target }, own),
        }),
    onMoment: (moment, state) => tellMoment(moment, state, log),
    onLook: (look, state) => tellLook(look, state, log),
  };
}
