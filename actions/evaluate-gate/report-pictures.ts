import { type CurvePoint, formatNumber } from '@mlops-actions/core';
import {
  type Content,
  type Curve,
  calibrationCurves,
  confusionMatrix,
  disagreementMatrix,
  gallery,
  precisionRecallCurves,
  rocCurves,
  type Section,
} from '@mlops-actions/report';
import type { Findings, Pictures } from './findings.ts';

/** How well the scores tell the classes apart, and what they mean as probabilities. */
export function curvesSection({ candidate, champion, prevalence, metrics }: Findings): Section[] {
  const figureOf = (metric: string, label: string, model: 'candidate' | 'champion'): string | undefined => {
    const value = metrics.find((each) => each.metric === metric)?.[model];
    return value === undefined ? undefined : `${label} ${formatNumber(value, 3)}`;
  };
  const pair = (
    pick: (pictures: Pictures) => Points | undefined,
    metric: string,
    label: string,
  ): { readonly candidate: Curve; readonly champion?: Curve } | undefined => {
    const curve = (pictures: Pictures | undefined, model: 'candidate' | 'champion'): Curve | undefined => {
      const points = pictures && pick(pictures);
      const figure = figureOf(metric, label, model);
      return points && { name: model, ...points, ...(figure === undefined ? {} : { figure }) };
    };
    const [own, other] = [curve(candidate, 'candidate'), curve(champion, 'champion')];
    return own && { candidate: own, ...(other === undefined ? {} : { champion: other }) };
  };
  const roc = pair(({ roc: points }) => points && pointsOf(points), 'roc_auc', 'AUC');
  const recall = pair(({ precisionRecall }) => precisionRecall && pointsOf(precisionRecall), 'average_precision', 'AP');
  const calibration = pair(
    ({ calibration: bins }) =>
      bins && {
        x: bins.map(({ confidence }) => confidence),
        y: bins.map(({ share }) => share),
        rows: bins.map(({ rows }) => rows),
      },
    'ece',
    'ECE',
  );
  const charts = [
    roc && rocCurves({ title: 'ROC', ...roc }),
    recall &&
      precisionRecallCurves({
        title: 'Precision and recall',
        ...recall,
        ...(prevalence === undefined ? {} : { prevalence }),
      }),
    calibration && calibrationCurves({ title: 'Calibration', ...calibration }),
  ].filter((chart) => chart !== undefined);
  return charts.length === 0 ? [] : [{ title: 'Curves', body: gallery(charts) }];
}

type Points = Pick<Curve, 'x' | 'y' | 'rows'>;

function pointsOf(points: readonly CurvePoint[]): Points {
  return { x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
}

/** Which rows each model gets wrong, and on which they differ. */
export function mistakesSection(findings: Findings): Section[] {
  const { candidate, champion, disagreement } = findings;
  const labels = classLabels(findings);
  const matrix = (title: string, pictures: Pictures | undefined): Content => {
    const confusion = pictures?.confusion;
    if (confusion === undefined) return undefined;
    const { cells, classes: size } = confusion;
    const counts = Array.from({ length: size }, (_, row) => cells.subarray(row * size, (row + 1) * size));
    return confusionMatrix({ title, labels, counts });
  };
  const charts = [
    matrix('Candidate', candidate),
    matrix('Champion', champion),
    disagreement &&
      disagreementMatrix({
        title: 'Who is right',
        bothRight: disagreement.bothRight,
        onlyCandidate: disagreement.candidateAlone,
        onlyChampion: disagreement.championAlone,
        bothWrong: disagreement.bothWrong,
      }),
  ].filter((chart) => chart !== undefined);
  return charts.length === 0 ? [] : [{ title: 'Mistakes', body: gallery(charts) }];
}

/** Of two classes that are numbers or truth values, which say nothing of what they mean, the one that is looked for is marked. */
function classLabels({ task, classes }: Findings): readonly string[] {
  const isBare = classes.every((name) => /^(?:true|false|[-+.\d]+)$/.test(name));
  if (task !== 'binary' || !isBare) return classes;
  return classes.map((name, index) => `${name} (${index === 1 ? 'positive' : 'negative'})`);
}
