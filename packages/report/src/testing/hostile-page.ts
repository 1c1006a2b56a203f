import {
  calibrationCurves,
  categoryBars,
  confusionMatrix,
  forestPlot,
  histogramPair,
  histogramSpark,
  lineChart,
  scoreBar,
} from '../charts/index.ts';
import { dataTable, gallery, htmlPage, note, plainTable } from '../html/index.ts';

const names = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</title></style><script>alert(1)</script>',
  '__proto__',
  'constructor',
  'שם של עמודה עם ערכים',
  'اسم عمود طويل جدا',
  '\u202eevil\u202c',
  '👩‍👩‍👧‍👦 family',
  '',
  'x'.repeat(10_000),
  `Zalgo${'\u0301\u0316'.repeat(2000)}`,
  'many words '.repeat(800),
];

/** A page of names that try to leave their place, or to break the layout. */
export function hostileSamplePage(): string {
  const edges = [Number.NEGATIVE_INFINITY, -1e308, 0, 5e-324, 1e308, Number.POSITIVE_INFINITY];
  const counts = [1, Number.NaN, 3, Number.POSITIVE_INFINITY, 2];
  return htmlPage({
    title: names[2] ?? '',
    verdict: { tone: 'unknown', word: 'insufficient-data' },
    headline: names.join(', '),
    facts: names.map((name) => ({ label: name.slice(0, 80), value: name.slice(0, 200) })),
    sections: [
      {
        title: names[0] ?? '',
        lead: names[1],
        body: dataTable({
          caption: 'Names',
          columns: [{ label: 'Name' }, { label: 'Again' }, { label: 'Shape' }, { label: 'Score', kind: 'number' }],
          rows: names,
          row: (name, index) => ({
            cells: [
              name,
              name,
              histogramSpark({ title: name, edges, reference: counts, current: counts }),
              scoreBar({ title: name, value: index - 5, atMost: index, threshold: 0.1, tone: 'bad' }),
            ],
            details: () =>
              gallery([
                histogramPair({ title: name, edges, reference: counts, current: counts, names: [name, name] }),
                categoryBars({
                  title: name,
                  categories: names.map((each, at) => ({ name: each, reference: at, current: 13 - at })),
                }),
              ]),
          }),
        }),
      },
      {
        title: names[10] ?? '',
        body: [
          names.map((name) => note('warn', name.slice(0, 300))),
          plainTable(
            ['a', 'b'],
            names.map((name) => [name, name]),
          ),
        ],
      },
      {
        title: 'Charts',
        body: [
          lineChart({
            title: names[0] ?? '',
            times: [0, 1e12, 2e12],
            series: names.slice(0, 4).map((name) => ({ name, values: [1, Number.NaN, -1e300] })),
            events: names.map((label, index) => ({ time: index * 1e11, label })),
          }),
          forestPlot({
            title: names[1] ?? '',
            margin: 1,
            rows: names.map((name, index) => ({
              name,
              estimate: index - 5,
              low: Number.NEGATIVE_INFINITY,
              high: index,
              tone: 'unknown',
              remark: 'n = 1',
            })),
          }),
          gallery([
            confusionMatrix({
              title: names[5] ?? '',
              labels: names,
              counts: names.map((_, at) => names.map((_, other) => (at * other) % 17)),
            }),
            calibrationCurves({
              title: names[10] ?? '',
              candidate: { name: names[10] ?? '', x: [0, 2, Number.NaN], y: [1, -1, 0], figure: names[8] ?? '' },
            }),
          ]),
        ],
      },
    ],
    footer: names[0],
  });
}
