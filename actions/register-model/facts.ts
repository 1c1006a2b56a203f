import type { Json, RunInfo, RunRecord, StepRecord } from '@mlops-actions/core';

/** What the run record says about the model that was trained last. Absent: not recorded. */
export interface Training {
  readonly modelUri?: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly dataset?: string;
  readonly job?: string;
  readonly code?: string;
}

/** How the newest gate after the newest training ended. `message` says why when it did not pass. */
export type Gate =
  | { readonly kind: 'none' | 'passed' }
  | { readonly kind: 'refused' | 'broken'; readonly message: string };

/** The newest step that trained a model and ended well; nothing of an earlier one is mixed in. */
export function trainingOf(record: RunRecord): Training {
  const step = record.steps.findLast((candidate) => candidate.ending === 'ok' && 'model-uri' in candidate.lineage);
  const lineage = step?.lineage ?? {};
  return {
    ...textField('modelUri', lineage['model-uri']),
    ...textField('dataset', lineage.dataset),
    ...textField('job', lineage.job),
    ...textField('code', lineage.code),
    metrics: numbersOf(lineage.metrics),
    hyperparameters: textsOf(lineage.hyperparameters),
  };
}

/** A gate that ran before the newest training judged another model, and does not count. */
export function gateOf(record: RunRecord): Gate {
  const trained = record.steps.findLastIndex((step) => step.action === 'train');
  const gate = record.steps.slice(trained + 1).findLast((step) => step.action === 'evaluate-gate');
  if (gate === undefined) return { kind: 'none' };
  // The gate's own words count, not only its step's ending: `fail-on` can let a step go on after a refusal.
  const decision = Object.fromEntries(entriesOf(gate.lineage.gate));
  if (gate.ending === 'ok' && decision.passed !== false) return { kind: 'passed' };
  const refused = gate.ending === 'verdict' || (gate.ending === 'ok' && decision.verdict === 'fail');
  const message = typeof decision.headline === 'string' ? decision.headline : messageOf(gate);
  return { kind: refused ? 'refused' : 'broken', message };
}

/** Names that the lineage of a version uses itself. */
export const lineageNames = [
  'repository',
  'commit',
  'ref',
  'pull-request',
  'run-url',
  'actor',
  'dataset',
  'job',
  'code',
  'gate',
] as const;

/** Flat text for the version: who made it, from what, and what the gate said. */
export function versionLineage(run: RunInfo, training: Training, gate: Gate): Readonly<Record<string, string>> {
  const facts: Readonly<Record<(typeof lineageNames)[number], string | undefined>> = {
    repository: run.repository,
    commit: run.commit,
    ref: run.ref,
    'pull-request': run.pullRequest?.toString(),
    'run-url': run.runUrl,
    actor: run.actor,
    dataset: training.dataset,
    job: training.job,
    code: training.code,
    gate: gate.kind === 'none' ? undefined : gate.kind,
  };
  return Object.fromEntries(Object.entries(facts).filter(isPresent));
}

function isPresent(entry: readonly [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined && entry[1] !== '';
}

function messageOf({ message, ending }: StepRecord): string {
  return message ?? `It ended with ${ending}.`;
}

function textField<K extends string>(key: K, value: Json | undefined): { readonly [P in K]?: string } {
  return typeof value === 'string' ? ({ [key]: value } as { readonly [P in K]?: string }) : {};
}

function numbersOf(value: Json | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries(
    entriesOf(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function textsOf(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entriesOf(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function entriesOf(value: Json | undefined): readonly [string, Json][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
