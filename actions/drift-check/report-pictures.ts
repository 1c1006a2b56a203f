import { formatNumber, formatSigned, type PerformanceChange } from '@mlops-actions/core';
import {
  badge,
  type Content,
  dataTable,
  type ForestRow,
  facts,
  forestPlot,
  formatPValue,
  formatShare,
  lineChart,
  note,
  type Section,
  type Tone,
} from '@mlops-actions/report';
import type { OverTime } from './over-time.ts';
import type { ConceptFindings, SegmentError } from './rows/concept.ts';
import { type EstimatedFindings, estimateCaveat } from './rows/estimated.ts';
import type { PerformanceFindings } from './rows/performance.ts';
import type { RowFindings } from './rows/row-signals.ts';

const changeTones: Readonly<Record<PerformanceChange['verdict'], Tone>> = { ok: 'good', warn: 'warn', drift: 'bad' };

/** How the model does on the current data. */
export function modelSections({ performance, estimated, concept, segments, coverage }: RowFindings): Section[] {
  return [
    ...(performance === undefined
      ? []
      : [
          {
            title: 'Performance',
            lead:
              coverage === undefined
                ? undefined
                : `${formatNumber(coverage.labelled)} of ${formatNumber(coverage.due)} rows have a label. Δ is current minus reference.`,
            body: performanceBody(performance),
          },
        ]),
    ...(estimated === undefined
      ? []
      : [{ title: 'Estimated performance', lead: estimateCaveat, body: estimatedBody(estimated) }]),
    ...(concept === undefined
      ? []
      : [
          {
            title: 'Errors over time',
            lead: 'How often the model was wrong, in the order of time.',
            body: course(concept),
          },
        ]),
    ...(segments === undefined || segments.length === 0
      ? []
      : [{ title: 'Errors by segment', lead: 'The most certain change first.', body: segmentTable(segments) }]),
  ];
}

function performanceBody({ changes, undefined: without }: PerformanceFindings): Content {
  const rows = changes.map(({ metric, change, bounds, margin, direction, verdict }): ForestRow => {
    const isHigher = direction === 'higher';
    return {
      name: metric,
      estimate: isHigher ? change : -change,
      low: isHigher ? bounds.lo : -bounds.hi,
      high: isHigher ? bounds.hi : -bounds.lo,
      margin,
      tone: changeTones[verdict],
    };
  });
  return [
    rows.length === 0 ? undefined : forestPlot({ title: 'Metrics', names: ['current', 'reference'], rows }),
    dataTable<PerformanceChange>({
      caption: 'Metrics',
      columns: [
        { label: 'Metric' },
        { label: 'Verdict' },
        { label: 'Reference', kind: 'number' },
        { label: 'Current', kind: 'number' },
        { label: 'Δ', kind: 'number' },
        { label: 'Interval of Δ', kind: 'number' },
        { label: 'May be worse by', kind: 'number' },
      ],
      rows: changes,
      row: ({ metric, verdict, reference, current, change, bounds, margin }) => ({
        tone: changeTones[verdict],
        cells: [
          metric,
          { show: badge({ tone: changeTones[verdict], word: verdict }), sort: verdict },
          reference,
          current,
          { show: formatSigned(change), sort: change },
          { show: `${formatSigned(bounds.lo, 3)} to ${formatSigned(bounds.hi, 3)}`, sort: bounds.lo },
          margin,
        ],
      }),
    }),
    without.map(({ metric, reason }) => note('warn', `${metric} has no number: ${reason}.`)),
  ];
}

function estimatedBody({ rows, referenceAccuracy, estimate, bounds, change }: EstimatedFindings): Content {
  return facts([
    { label: 'Rows', value: formatNumber(rows) },
    { label: 'Accuracy of the reference', value: formatNumber(referenceAccuracy) },
    { label: 'Estimated accuracy', value: formatNumber(estimate.accuracy) },
    {
      label: 'Δ',
      value: `${formatSigned(change, 3)} (${formatSigned(bounds.lo, 3)} to ${formatSigned(bounds.hi, 3)})`,
    },
    { label: 'Estimated precision', value: formatNumber(estimate.precision) },
    { label: 'Estimated recall', value: formatNumber(estimate.recall) },
    { label: 'Estimated F1', value: formatNumber(estimate.f1) },
    { label: 'Estimated AUC', value: formatNumber(estimate.rocAuc) },
  ]);
}

function course({ course: stretches, alarms }: ConceptFindings): Content {
  return lineChart({
    title: 'Error rate',
    times: stretches.map(({ moment }) => moment),
    series: [{ name: 'error rate', values: stretches.map(({ rate }) => rate) }],
    events: alarms.flatMap(({ detector, moment }) =>
      moment === undefined ? [] : [{ time: moment, label: `${detector}: errors became more frequent` }],
    ),
    format: formatShare,
  });
}

function segmentTable(segments: readonly SegmentError[]): Content {
  return dataTable<SegmentError>({
    caption: 'Errors by segment',
    columns: [
      { label: 'Segment' },
      { label: 'Rows', kind: 'number', hint: 'Reference, then current.' },
      { label: 'Errors, reference', kind: 'number' },
      { label: 'Errors, current', kind: 'number' },
      { label: 'Interval, current', kind: 'number' },
      { label: 'p', kind: 'number', hint: 'Of no change, corrected for the number of segments.' },
    ],
    rows: segments,
    row: ({ segment, reference, current, p }) => ({
      ...(p < 0.05 && current.rate > reference.rate ? { tone: 'bad' as const } : {}),
      cells: [
        segment === '' ? '(missing)' : segment,
        { show: `${formatNumber(reference.rows)} → ${formatNumber(current.rows)}`, sort: current.rows },
        { show: reference.rows === 0 ? undefined : formatShare(reference.rate), sort: reference.rate },
        { show: current.rows === 0 ? undefined : formatShare(current.rate), sort: current.rate },
        { show: `${formatShare(current.bounds.lo)} to ${formatShare(current.bounds.hi)}`, sort: current.bounds.lo },
        { show: formatPValue(p), sort: p },
      ],
    }),
  });
}

const shownLines = 4;

/** The scores of the worst columns, slice by slice. */
export function overTimeSection(overTime: OverTime | undefined): Section[] {
  if (overTime === undefined || overTime.columns.length === 0) return [];
  const { slices, columns, stride } = overTime;
  const [worst] = columns as [OverTime['columns'][number]];
  const same = columns.filter(({ threshold }) => threshold === worst.threshold);
  const sampled = stride === 1 ? '' : ` Of every ${formatNumber(stride)} rows one was looked at.`;
  return [
    {
      title: 'Drift over time',
      lead: `The score of each stretch of time against the whole reference.${sampled}`,
      body: lineChart({
        title: 'Score by time',
        times: slices.map(({ from, to }) => (from + to) / 2),
        series: same.slice(0, shownLines).map(({ name, scores }) => ({ name, values: scores })),
        threshold: { value: worst.threshold, label: `threshold ${formatNumber(worst.threshold)}`, bad: 'above' },
      }),
    },
  ];
}
