import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Champion,
  formatModelReference,
  type Json,
  type MetricFormat,
  type MetricSet,
  type ModelReference,
  metricsOfFlat,
  parseModelReference,
  UserError,
} from '@mlops-actions/core';
import type { Context } from '../action.ts';
import { type FoundMetrics, readMetrics } from './read-metrics.ts';

export interface Chosen {
  readonly candidate: string | undefined;
  readonly champion: string | undefined;
  readonly format: MetricFormat | 'auto';
  readonly onMissingChampion: 'fail' | 'threshold-only';
}

/**
 * Reads both models' metrics. Throws a `UserError` for a candidate that is not there and for a model compared with itself. With predictions
 * (`hasPredictions`) metrics are needed only for what predictions do not tell, so that none need be given.
 */
export async function readModels(
  { candidate, champion, format, onMissingChampion }: Chosen,
  hasPredictions: boolean,
  context: Context,
): Promise<{ readonly candidate: MetricSet; readonly champion: Champion }> {
  const given = candidate === undefined ? fromRecord(context) : await read(candidate, format, context);
  const judged = typeof given === 'string' && hasPredictions && candidate === undefined ? noMetrics : given;
  if (typeof judged === 'string') throw new UserError(`There is no candidate to judge: ${judged}.`);
  const accepted = onMissingChampion === 'threshold-only';
  const found = champion === undefined ? 'no `champion` is given' : await read(champion, format, context);
  if (typeof found === 'string') {
    return { candidate: judged.metrics, champion: { kind: 'missing', reason: found, accepted } };
  }
  if (found.identity === judged.identity) {
    throw new UserError(
      `Candidate ${judged.metrics.source} and champion ${found.metrics.source} are the same: a model compared with itself proves nothing. Give the metrics of the model in production as \`champion\`.`,
    );
  }
  return { candidate: judged.metrics, champion: { kind: 'found', metrics: found.metrics } };
}

const noMetrics: FoundMetrics = { metrics: metricsOfFlat({}, 'no metrics file is given'), identity: 'nothing' };

/** The metrics, or in words why there are none. */
async function read(text: string, format: MetricFormat | 'auto', context: Context): Promise<FoundMetrics | string> {
  const path = resolve(context.workingDirectory, text);
  const reference = existsSync(path) ? undefined : referenceOf(text);
  if (reference !== undefined) return fromRegistry(reference, context);
  return (await readMetrics(path, text, format)) ?? `the file ${text} does not exist`;
}

/** A bare name is a path: `name@version` and `name:alias` alone are references. */
function referenceOf(text: string): ModelReference | undefined {
  if (!/^[^@:/\\]+[@:][^@:/\\]+$/.test(text)) return undefined;
  return parseModelReference(text);
}

async function fromRegistry(reference: ModelReference, context: Context): Promise<FoundMetrics | string> {
  const { models } = await context.provider();
  const model = await models.get(reference);
  const asked = formatModelReference(reference);
  if (model === undefined) return `the registry has no model ${asked}`;
  const version = `${model.name}@${model.version}`;
  const source = asked === version ? version : `${asked} (${version})`;
  return { metrics: metricsOfFlat(model.metrics, source), identity: `model ${version}` };
}

function fromRecord({ record }: Context): FoundMetrics | string {
  const step = record.steps.findLast(({ ending, lineage }) => ending === 'ok' && lineage.metrics !== undefined);
  if (step === undefined) return 'no `candidate` is given, and the run record has no metrics of a training';
  const { metrics, job } = step.lineage;
  if (metrics === null || typeof metrics !== 'object' || Array.isArray(metrics))
    return 'the run record names no metrics';
  const source = typeof job === 'string' ? `job ${job}` : 'the run record';
  return { metrics: metricsOfFlat(metrics as Readonly<Record<string, Json>>, source), identity: 'record' };
}
