/** What the demo prints. */

export function say(text) {
  process.stdout.write(`${text}\n`);
}

export function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

export function showMetrics(metrics) {
  say(
    `  ${Object.entries(metrics)
      .map(([name, value]) => `${name} ${value.toFixed(4)}`)
      .join('  ')}`,
  );
}

export function showPredictions(rows, predictions) {
  const word = (label) => (label === 1 ? 'malignant' : 'benign');
  showTable(
    ['biopsy', 'predicted', 'probability', 'truth'],
    rows.map(({ biopsy, malignant }, index) => {
      const { malignant: predicted, probability } = predictions[index];
      return [String(biopsy), word(predicted), probability.toFixed(3), word(malignant)];
    }),
  );
}

/** The gate's report: its sentence, and each rule with the figures that it was judged by. */
export function showJudgement({ headline, checks, champion, 'test-set': testSet }) {
  say(`  ${headline}`);
  const isTested = checks.some(({ comparison }) => comparison !== null);
  const figures = ({ difference, comparison }) => {
    if (comparison === null) return ['', '', ''];
    return [signed(difference), `${signed(comparison.lo)} … ${signed(comparison.hi)}`, pText(comparison.p)];
  };
  showTable(
    ['verdict', 'rule', 'candidate', ...(isTested ? ['champion', 'difference', 'interval', 'p'] : [])],
    checks.map((check) => [
      check.verdict,
      check.rule,
      check.candidate.toFixed(4),
      ...(isTested ? [check.champion?.toFixed(4) ?? '', ...figures(check)] : []),
    ]),
  );
  if (!isTested) return;
  say(`  Both models answered the same ${testSet.rows} biopsies; the champion is ${champion}.`);
  say('  Each end of an interval holds with 95 % confidence; p is how often chance alone makes such a difference.');
}

/** The drift check's report: its sentence, and the columns that are furthest from the reference. */
export function showDrift({ headline, columns }) {
  say(`  ${headline}`);
  showTable(
    ['verdict', 'column', 'method', 'score', 'threshold', 'adjusted p'],
    columns
      .slice(0, 4)
      .map((column) => [
        column.verdict,
        column.name,
        column.method,
        column.score.lo.toFixed(3),
        String(column.threshold),
        pText(column['adjusted-p'].lo),
      ]),
  );
}

/** The rollout's report: its sentence, and what was seen at each step. */
export function showRollout({ headline, plan, looks }) {
  say(`  ${headline}`);
  showTable(
    ['step', 'looks', 'verdict', 'why'],
    plan.steps.map(({ achieved, looks: count, verdict }, index) => {
      const last = looks.findLast(({ step }) => step === index);
      const check = last?.checks.find(
        (each) => !each.advisory && each.verdict === last.verdict && each.name !== 'ready',
      );
      return [`${achieved} %`, String(count), verdict ?? 'not reached', check?.reason ?? ''];
    }),
  );
}

/** The monitor's report: its sentence, and the figures of who serves. */
export function showMonitor({ headline, checks }) {
  say(`  ${headline}`);
  showTable(
    ['verdict', 'check', 'why'],
    checks.filter(({ advisory }) => !advisory).map(({ verdict, name, reason }) => [verdict, name, reason]),
  );
}

function showTable(titles, rows) {
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index].length)));
  for (const row of [titles, ...rows]) {
    say(`  ${row.map((cell, index) => cell.padEnd(widths[index])).join('  ')}`.trimEnd());
  }
}

function signed(value) {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

function pText(p) {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}
