import { UserError } from '../errors.ts';
import { dotted, type Leaf, leavesOf, type MetricSet, metricSet, numberOf } from './metric-set.ts';
import { isMap, type Tree, toTree } from './tolerant-json.ts';

/**
 * The formats of metrics files that can be told apart by their content.
 *
 * - `json`: a flat or nested mapping; DVC's metrics files and `mlflow.evaluate`'s `metrics.json` are such. `a.b` names a nested value.
 * - `sagemaker`: `evaluation.json`, groups such as `binary_classification_metrics` of `{value, standard_deviation}`. The group's name may be left out.
 * - `dvc`: what `dvc metrics show --json` prints.
 * - `mlflow`: a folder of metric files (`mlruns/<experiment>/<run>`), or what the REST call `runs/get` answers.
 */
export const metricFormats = ['json', 'sagemaker', 'dvc', 'mlflow'] as const;
export type MetricFormat = (typeof metricFormats)[number];

const sageMakerGroup = /^(?:regression|binary_classification|multiclass_classification)_metrics$/;

/** What of an `evaluation.json` is a picture, not a number. */
const sageMakerPictures = /^(?:confusion_matrix|receiver_operating_characteristic_curve|precision_recall_curve)$/;

/** The format that the content shows. */
export function detectFormat(tree: Tree): MetricFormat {
  if (!isMap(tree)) return 'json';
  if ([...tree.keys()].some((key) => sageMakerGroup.test(key))) return 'sagemaker';
  if (mlflowData(tree) !== undefined) return 'mlflow';
  return tree.size > 0 && [...tree.values()].every((revision) => isDvcRevision(revision)) ? 'dvc' : 'json';
}

/** Reads the metrics of a parsed file. Throws a `UserError` that names `source`. */
export function metricsOfTree(tree: Tree, format: MetricFormat, source: string): MetricSet {
  switch (format) {
    case 'json':
      return metricSet(source, leavesOf(tree, source));
    case 'sagemaker':
      return sageMakerMetrics(tree, source);
    case 'dvc':
      return metricSet(source, dvcLeaves(tree, source), (path) => dotted(path.slice(1)));
    case 'mlflow':
      return metricSet(source, mlflowLeaves(tree, source));
  }
}

/**
 * The metrics of a flat mapping whose names were joined by dots, as run records and registries keep them. Groups of SageMaker and slices
 * are found again in the names: `slices.segment=new.recall` is `recall[segment=new]`. A slice whose own name has a dot is not.
 */
export function metricsOfFlat(flat: Readonly<Record<string, unknown>>, source: string): MetricSet {
  const tree = nested(flat);
  return metricsOfTree(tree, detectFormat(tree) === 'sagemaker' ? 'sagemaker' : 'json', source);
}

/** Undoes the joining; leaves everything as it is when a name is both a value and a group. */
function nested(flat: Readonly<Record<string, unknown>>): Tree {
  const root: MutableTree = new Map();
  for (const [name, value] of Object.entries(flat)) {
    const keys = name.split('.');
    const last = keys.pop() as string;
    let place = root;
    for (const key of keys) {
      const next = place.get(key) ?? new Map();
      if (!isMap(next)) return toTree(flat);
      place.set(key, next);
      place = next as MutableTree;
    }
    if (place.has(last)) return toTree(flat);
    place.set(last, toTree(value));
  }
  return root;
}

type MutableTree = Map<string, Tree>;

function sageMakerMetrics(tree: Tree, source: string): MetricSet {
  const leaves = leavesOf(tree, source).filter((leaf) => !leaf.path.some((key) => sageMakerPictures.test(key)));
  return metricSet(source, leaves, (path) => dotted(sageMakerGroup.test(path[0] ?? '') ? path.slice(1) : path));
}

function isDvcRevision(value: Tree): boolean {
  if (!isMap(value)) return false;
  if (isMap(value.get('error'))) return true;
  const files = value.get('data');
  return (
    isMap(files) &&
    files.size > 0 &&
    [...files.values()].every((file) => isMap(file) && (file.has('data') || file.has('error')))
  );
}

function dvcLeaves(tree: Tree, source: string): Leaf[] {
  const revisions = isMap(tree) ? [...tree] : [];
  const [first] = revisions;
  if (first === undefined || revisions.length > 1) {
    throw new UserError(
      `${source} holds ${revisions.length} revisions (${revisions.map(([name]) => name || 'workspace').join(', ')}). Print one: dvc metrics show --json.`,
    );
  }
  const files = isMap(first[1]) ? first[1].get('data') : undefined;
  if (!isMap(files))
    throw new UserError(
      `${source} holds no metrics: DVC reported an error. Run dvc metrics show and mend what it says.`,
    );
  return [...files].flatMap(([file, content]) => {
    const data = isMap(content) ? content.get('data') : undefined;
    if (!isMap(data))
      throw new UserError(`${source}: DVC could not read ${file}. Run dvc metrics show and mend what it says.`);
    return leavesOf(data, `${source} (${file})`).map((leaf) => ({ ...leaf, path: [file, ...leaf.path] }));
  });
}

/** `run.data.metrics` of a REST answer, or `data.metrics` of `Run.to_dictionary()`. */
function mlflowData(tree: Tree): Tree | undefined {
  if (!isMap(tree)) return undefined;
  const run = isMap(tree.get('run')) ? (tree.get('run') as ReadonlyMap<string, Tree>) : tree;
  const data = run.get('data');
  if (!isMap(data) || !(run.has('info') || tree.has('run'))) return undefined;
  return data.get('metrics');
}

function mlflowLeaves(tree: Tree, source: string): Leaf[] {
  const metrics = mlflowData(tree);
  if (isMap(metrics)) return [...metrics].map(([key, value]) => ({ path: [key], value }));
  if (!Array.isArray(metrics)) {
    throw new UserError(
      `${source} holds no MLflow run with data.metrics. Give the answer of runs/get, or the run's folder.`,
    );
  }
  const latest = new Map<string, MlflowPoint>();
  for (const item of metrics as readonly Tree[]) {
    const key = isMap(item) ? item.get('key') : undefined;
    if (!isMap(item) || typeof key !== 'string') throw new UserError(`${source}: an entry of data.metrics has no key.`);
    const point = {
      value: item.get('value') ?? null,
      step: numberOf(item.get('step') ?? 0) ?? 0,
      timestamp: numberOf(item.get('timestamp') ?? 0) ?? 0,
    };
    latest.set(key, later(latest.get(key), point));
  }
  return [...latest].map(([key, { value }]) => ({ path: [key], value }));
}

interface MlflowPoint {
  readonly value: Tree;
  readonly step: number;
  readonly timestamp: number;
}

/** MLflow's own order: the highest step, then the newest; of equals the one written last. */
function later(a: MlflowPoint | undefined, b: MlflowPoint): MlflowPoint {
  if (a === undefined || b.step !== a.step) return a === undefined || b.step > a.step ? b : a;
  return b.timestamp >= a.timestamp ? b : a;
}

/** Reads MLflow's folder of metrics: file names (with `/`) to their text, one `timestamp value [step]` a line. The last step counts. */
export function metricsOfMlflowFiles(files: ReadonlyMap<string, string>, source: string): MetricSet {
  return metricSet(
    source,
    [...files].map(([name, text]) => ({ path: [name], value: lastPoint(text, `${source}/${name}`).value })),
  );
}

function lastPoint(text: string, source: string): MlflowPoint {
  let last: MlflowPoint | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [timestamp, value, step = '0', ...rest] = line.trim().split(/ +/);
    const point = { timestamp: Number(timestamp), value: numberOf(value ?? '') ?? null, step: Number(step) };
    // MLflow 3 adds the data set's name and digest as a fourth and fifth field.
    if (point.value === null || !Number.isFinite(point.timestamp) || !Number.isFinite(point.step) || rest.length > 2) {
      throw new UserError(`${source}:${index + 1} is not "timestamp value step", as MLflow writes it.`);
    }
    last = later(last, point);
  }
  if (last === undefined) throw new UserError(`${source} is empty. MLflow writes one line for each logged value.`);
  return last;
}
