import { UserError } from '@mlops-actions/core';
import type { Tree } from '@mlops-actions/files';
import { type Artifact, metricsFromLog, parseMetrics, requireMetricsSize } from '@mlops-actions/provider';
import { artifactOf } from '../store/artifacts.ts';
import type { S3Store } from '../store/s3-store.ts';
import { digestTarball, textInTarball } from '../store/tarball.ts';
import type { JobRecord, JobResult } from './job-record.ts';

const metricsFile = 'metrics.json';

/**
 * What a completed job gave: its model and its output, read once from the archives that SageMaker made of them, and the metrics of its file
 * and its log; the file wins. A metrics file that is none is the reason why the job counts as failed.
 */
export async function jobResult(
  store: S3Store,
  folder: string,
  { work }: JobRecord,
  log: AsyncIterable<string>,
): Promise<JobResult> {
  try {
    const fromLog = await metricsIn(log, work.metricDefinitions);
    const model = await archived(store, `${folder}/model.tar.gz`);
    const output = await archived(store, `${folder}/output.tar.gz`);
    const hasFile = output?.tree.files.find(({ path }) => path === metricsFile);
    if (hasFile !== undefined) requireMetricsSize(hasFile.bytes);
    const text = hasFile && (await textInTarball(await store.open(`${folder}/output.tar.gz`), metricsFile));
    return {
      metrics: { ...fromLog, ...(text === undefined ? {} : parseMetrics(text)) },
      ...(model === undefined ? {} : { model: model.artifact }),
      ...(output === undefined ? {} : { output: output.artifact }),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { metrics: {}, reason: error.message };
  }
}

async function metricsIn(log: AsyncIterable<string>, definitions: JobRecord['work']['metricDefinitions']) {
  const watch = metricsFromLog(definitions);
  if (definitions.length > 0) for await (const line of log) watch.see(line);
  return watch.metrics();
}

/** Undefined when there is no archive, or nothing in it. */
async function archived(
  store: S3Store,
  path: string,
): Promise<{ readonly artifact: Artifact; readonly tree: Tree } | undefined> {
  const content = await store.find(path);
  if (content === undefined) return undefined;
  const tree = await digestTarball(content);
  return tree.files.length === 0 ? undefined : { artifact: artifactOf(store.uri(path), tree), tree };
}
