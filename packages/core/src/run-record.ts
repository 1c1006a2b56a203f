import { UserError } from './errors.ts';
import type { Json } from './names.ts';
import type { RunInfo } from './run-info.ts';

/** One step's part in a run: what it was, when it ran, how it ended and what it produced. */
export interface StepRecord {
  readonly action: string;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
  readonly ending: 'ok' | 'verdict' | 'user-error' | 'failure';
  readonly message?: string;
  readonly provider?: string;
  /** What the step adds to the lineage: dataset, job, metrics, gate decision, model version, deployment. Never a secret. */
  readonly lineage: { readonly [key: string]: Json };
}

/** `mlops-run.json`: the lineage document that every step reads and extends. */
export interface RunRecord {
  readonly format: 1;
  readonly run: RunInfo;
  readonly steps: readonly StepRecord[];
}

export function emptyRunRecord(run: RunInfo): RunRecord {
  return { format: 1, run, steps: [] };
}

export function withStep(record: RunRecord, step: StepRecord): RunRecord {
  return { ...record, steps: [...record.steps, step] };
}

/** What the steps so far say under `key`, the newest that ended well first; undefined when none does. */
export function lineageOf(record: RunRecord, key: string): Json | undefined {
  for (const step of [...record.steps].reverse()) {
    if (step.ending === 'ok' && step.lineage[key] !== undefined) return step.lineage[key];
  }
  return undefined;
}

/** Reads a run record's text. Throws a `UserError` that names `path` when it is not one. */
export function parseRunRecord(text: string, path: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${path} is not valid JSON. Delete it, or give another path in \`record\`.`);
  }
  const record = value as Partial<RunRecord> | null;
  if (record === null || typeof record !== 'object' || record.format !== 1 || !Array.isArray(record.steps)) {
    throw new UserError(`${path} is not a run record of format 1. Delete it, or give another path in \`record\`.`);
  }
  return record as RunRecord;
}
