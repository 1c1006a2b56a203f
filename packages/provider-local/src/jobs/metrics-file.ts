import { readFile, stat } from 'node:fs/promises';
import { errorCode } from '@mlops-actions/files';
import { type Metrics, parseMetrics, requireMetricsSize } from '@mlops-actions/provider';

/** The metrics in the file at `path`. No file: no metrics. A file that holds no metrics is a `UserError`. */
export async function readMetricsFile(path: string): Promise<Metrics> {
  try {
    requireMetricsSize((await stat(path)).size);
    return parseMetrics(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw error;
  }
}
