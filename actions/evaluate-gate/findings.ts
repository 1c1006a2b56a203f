import {
  type Answers,
  type BinaryTruth,
  type CalibrationPoint,
  type ClassMatrix,
  type CurvePoint,
  calibrationBinsFor,
  calibrationCurve,
  confusionMatrix,
  type Disagreement,
  detectableDifference,
  disagreement,
  isUndefined,
  type MulticlassTruth,
  type PairedComparison,
  type Part,
  precisionRecallCurve,
  rocCurve,
  rowCount,
  type Task,
  type TestSet,
  tellingMetrics,
  type Undefined,
} from '@mlops-actions/core';
import type { Predictions } from './predictions/read-predictions.ts';

/** One metric of both models on some rows. */
export interface MetricFinding {
  readonly metric: string;
  readonly candidate: number;
  readonly champion?: number;
  readonly comparison?: PairedComparison;
  /** The smallest true difference that as many rows show in 80 of 100 cases. */
  readonly detectable?: number;
}

/** One group of a column, by the metric to look at first. */
export interface GroupFinding extends Partial<MetricFinding> {
  readonly name: string;
  readonly rows: number;
  /** Why there are no figures: too few rows, one class only. */
  readonly problem?: string;
}

export interface SliceFindings {
  readonly column: string;
  readonly metric: string;
  /** Largest first. */
  readonly groups: readonly GroupFinding[];
  /** Why there are none. */
  readonly problem?: string;
}

/** Pictures of one model's answers, where its answers allow them. */
export interface Pictures {
  readonly confusion?: ClassMatrix;
  readonly roc?: readonly CurvePoint[];
  readonly precisionRecall?: readonly CurvePoint[];
  readonly calibration?: readonly CalibrationPoint[];
}

/** What the rows show beside the rules. */
export interface Findings {
  readonly source: string;
  readonly task: Task;
  readonly rows: number;
  readonly classes: readonly string[];
  /** Share of positive rows, of a binary task. */
  readonly prevalence?: number;
  readonly metrics: readonly MetricFinding[];
  readonly slices: readonly SliceFindings[];
  readonly disagreement?: Disagreement;
  readonly candidate: Pictures;
  readonly champion?: Pictures;
}

/** Groups of a column beyond these are not worked out: nobody reads so many, and each takes its time. */
const maxShownGroups = 200;

/** Figures, slices and pictures for the report. `compared` names the metrics that get an interval on all rows. */
export function findingsOf(
  predictions: Predictions,
  testSet: TestSet,
  compared: readonly string[],
  { confidence, minSlice }: { readonly confidence: number; readonly minSlice: number },
): Findings {
  const { truth, classes, champion } = predictions;
  const classTruth = truth.task === 'binary' || truth.task === 'multiclass' ? truth : undefined;
  const differing = classTruth && champion && disagreement(classTruth, predictions.candidate, champion);
  return {
    source: predictions.source,
    task: truth.task,
    rows: testSet.rows,
    classes,
    ...(truth.task === 'binary' ? { prevalence: prevalenceOf(truth) } : {}),
    metrics: testSet.metrics.flatMap((metric) => {
      const finding = metricFinding(metric, testSet, compared.includes(metric) ? confidence : undefined);
      return isUndefined(finding) ? [] : [finding];
    }),
    slices: [...predictions.slices.keys()].map((column) => sliceFindings(column, testSet, confidence, minSlice)),
    ...(differing === undefined || isUndefined(differing) ? {} : { disagreement: differing }),
    candidate: picturesOf(classTruth, predictions.candidate),
    ...(champion === undefined ? {} : { champion: picturesOf(classTruth, champion) }),
  };
}

function prevalenceOf({ labels }: BinaryTruth): number {
  return labels.reduce((sum, label) => sum + label, 0) / labels.length;
}

/** Without an interval where `confidence` is undefined. */
function metricFinding(
  metric: string,
  testSet: TestSet,
  confidence: number | undefined,
  part?: Part,
): MetricFinding | Undefined {
  const candidate = testSet.value(metric, 'candidate', part);
  if (isUndefined(candidate)) return candidate;
  if (!testSet.paired) return { metric, candidate };
  const champion = testSet.value(metric, 'champion', part);
  if (isUndefined(champion)) return { metric, candidate };
  if (confidence === undefined) return { metric, candidate, champion };
  const comparison = testSet.compare(metric, confidence, part);
  if (isUndefined(comparison)) return { metric, candidate, champion };
  return { metric, candidate, champion, comparison, detectable: detectableDifference(comparison, confidence) };
}

function sliceFindings(column: string, testSet: TestSet, confidence: number, minSlice: number): SliceFindings {
  const [metric = ''] = tellingMetrics(testSet);
  const groups = testSet.groups([column]);
  if (isUndefined(groups)) return { column, metric, groups: [], problem: groups.undefined };
  const largest = [...groups].sort((a, b) => b.rows.length - a.rows.length).slice(0, maxShownGroups);
  return {
    column,
    metric,
    groups: largest.map((part): GroupFinding => {
      const group = { name: part.name, rows: part.rows.length };
      if (part.rows.length < minSlice) return { ...group, problem: `fewer than ${minSlice} rows` };
      const finding = metricFinding(metric, testSet, confidence, part);
      return isUndefined(finding) ? { ...group, problem: finding.undefined } : { ...group, ...finding };
    }),
  };
}

function picturesOf(truth: BinaryTruth | MulticlassTruth | undefined, answers: Answers): Pictures {
  if (truth === undefined) return {};
  const confusion = confusionMatrix(truth, answers);
  const bins = calibrationBinsFor(rowCount(truth));
  const calibration = answers.calibrated === true ? calibrationCurve(truth, answers, bins) : undefined;
  return {
    ...(isUndefined(confusion) ? {} : { confusion }),
    ...(calibration === undefined || isUndefined(calibration) ? {} : { calibration }),
    ...(truth.task === 'binary' ? scorePictures(truth, answers) : {}),
  };
}

function scorePictures(truth: BinaryTruth, answers: Answers): Pictures {
  const roc = rocCurve(truth, answers);
  const precisionRecall = precisionRecallCurve(truth, answers);
  return {
    ...(isUndefined(roc) ? {} : { roc }),
    ...(isUndefined(precisionRecall) ? {} : { precisionRecall }),
  };
}
