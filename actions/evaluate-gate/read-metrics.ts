import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import {
  detectFormat,
  type MetricFormat,
  type MetricSet,
  metricsOfMlflowFiles,
  metricsOfTree,
  parseTolerantJson,
  type Tree,
  toTree,
  UserError,
} from '@mlops-actions/core';
import { listFiles } from '@mlops-actions/files';

const maxBytes = 10_000_000;
const maxFiles = 10_000;

/** Metrics that were read, and what tells their source from any other. */
export interface FoundMetrics {
  readonly metrics: MetricSet;
  readonly identity: string;
}

/**
 * Reads a metrics file, or MLflow's folder of a run. Undefined when nothing is there. `shown` is how messages name it. Throws a `UserError`
 * when it is empty, too large (10 MB), not text, malformed or of another format than `format`.
 */
export async function readMetrics(
  path: string,
  shown: string,
  format: MetricFormat | 'auto',
): Promise<FoundMetrics | undefined> {
  const kind = await kindOf(path, shown);
  if (kind === undefined) return undefined;
  const identity = await realpath(path);
  const metrics =
    kind === 'folder' ? await readMlflowFolder(path, shown, format) : await readMetricsFile(path, shown, format);
  return { metrics, identity };
}

async function kindOf(path: string, shown: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new UserError(`${shown} cannot be read (${error.code ?? error.message}). Give the path of a metrics file.`);
  });
  if (found === undefined) return undefined;
  if (found.isDirectory()) return 'folder';
  if (!found.isFile()) throw new UserError(`${shown} is not a plain file. Give the path of a metrics file.`);
  requireSmall(found.size, shown);
  return 'file';
}

function requireSmall(bytes: number, shown: string): void {
  if (bytes <= maxBytes) return;
  throw new UserError(`${shown} has ${bytes} bytes; a metrics file has at most ${maxBytes}. Is it the predictions?`);
}

async function readMetricsFile(path: string, shown: string, format: MetricFormat | 'auto'): Promise<MetricSet> {
  const text = await readText(path, shown);
  const isYaml = ['.yaml', '.yml'].includes(extname(path).toLowerCase());
  const tree = isYaml ? await parseYaml(text, shown) : parseTolerantJson(text, shown);
  return metricsOfTree(tree, format === 'auto' ? detectFormat(tree) : format, shown);
}

async function readText(path: string, shown: string): Promise<string> {
  const bytes = await readFile(path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${shown} is not UTF-8 text. Write the metrics as JSON or YAML in UTF-8.`);
  }
  if (text.includes('\0')) throw new UserError(`${shown} is a binary file. Write the metrics as JSON or YAML.`);
  if (text.trim() === '') throw new UserError(`${shown} is empty. Did the evaluation write its metrics?`);
  return text;
}

async function parseYaml(text: string, shown: string): Promise<Tree> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { version: '1.2', uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw new UserError(`${shown} is not valid YAML: ${error.message.split('\n')[0]}`);
  try {
    return toTree(document.toJS({ mapAsMap: true, maxAliasCount: 100 }));
  } catch (error) {
    throw new UserError(`${shown} is not usable YAML: ${(error as Error).message}`);
  }
}

async function readMlflowFolder(path: string, shown: string, format: MetricFormat | 'auto'): Promise<MetricSet> {
  const isRun = (await kindOf(join(path, 'metrics'), shown)) === 'folder';
  if (!isRun && basename(path) !== 'metrics') {
    throw new UserError(
      `${shown} is a folder and not an MLflow run: it has no metrics folder. Give a metrics file, or mlruns/<experiment>/<run>.`,
    );
  }
  if (format !== 'auto' && format !== 'mlflow') {
    throw new UserError(`${shown} is a folder, and \`format\` is ${format}. Give a file, or set \`format: mlflow\`.`);
  }
  const folder = isRun ? join(path, 'metrics') : path;
  const names = await listFiles(folder);
  if (names.length > maxFiles) throw new UserError(`${shown} holds ${names.length} metrics; the limit is ${maxFiles}.`);
  const files = new Map<string, string>();
  let total = 0;
  for (const name of names) {
    const file = join(folder, name);
    total += (await stat(file)).size;
    requireSmall(total, shown);
    files.set(name, await readText(file, `${shown}/${name}`));
  }
  return metricsOfMlflowFiles(files, shown);
}
