import { UserError } from '@mlops-actions/core';
import { tableFault } from '../fault.ts';
import { isObject } from '../rows/flat.ts';
import type { Body } from './body.ts';
import type { Tally } from './call.ts';
import { type CaptureFile, captureLines } from './lines.ts';
import { bodyOfData } from './sagemaker.ts';

/** More labels than this are no longer held in memory. */
const mostLabels = 5_000_000;

/**
 * The labels of calls in SageMaker's ground truth files (developer guide, "Ingest ground truth labels"), by the `eventId` that they give, which is a call's
 * inference id or else its event id. Throws a located `UserError` for a line of something else, and for over 5 million labels.
 */
export async function readLabels(
  files: readonly CaptureFile[],
  tally: Tally,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Body>> {
  const labels = new Map<string, Body>();
  for await (const { file, line, value } of captureLines(files, tally, signal)) {
    const truth = isObject(value) ? value.groundTruthData : undefined;
    const metadata = isObject(value) ? value.eventMetadata : undefined;
    const key = isObject(metadata) ? metadata.eventId : undefined;
    if (!isObject(truth) || typeof key !== 'string') {
      const sentence =
        "is no label: it lacks `groundTruthData` or `eventMetadata.eventId`. Name files in SageMaker's ground truth format.";
      throw tableFault({ file, line }, sentence);
    }
    const body = bodyOfData(truth);
    if (body === undefined) tally.add('unreadable', file, line);
    else {
      if (labels.has(key)) tally.add('relabelled', file, line);
      labels.set(key, body);
    }
    if (labels.size > mostLabels) {
      throw new UserError(
        `${file}: over ${mostLabels} labels cannot be joined in memory. Join those of a shorter time.`,
      );
    }
  }
  return labels;
}
