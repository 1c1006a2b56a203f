import { parseArgs } from 'node:util';
import { randomGenerator } from '@mlops-actions/core';
import { conceptFindings, conceptResult } from '../../actions/lib/drift-check/rows/concept.js';

// How often drift-check's concept signal cries wolf and what it finds, by simulation.
//
//   npm run compile && node test/benchmarks/concept-false-alarms.mjs [--runs 400] [--seed 4]
//
// Prints Markdown. The rate of errors changes once, in the middle of the stream.

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '400' }, seed: { type: 'string', default: '4' } },
});
const runs = Number(values.runs);
const random = randomGenerator(Number(values.seed));

console.log(`| answers | error rate | DDM alone | Page–Hinkley alone | ADWIN alone | **drift** | warn |`);
console.log('| ---: | --- | ---: | ---: | ---: | ---: | ---: |');
for (const answers of [500, 1000, 5000, 20_000]) {
  for (const [before, after] of [
    [0.1, 0.1],
    [0.3, 0.3],
    [0.1, 0.15],
    [0.1, 0.2],
    [0.1, 0.3],
  ]) {
    const counts = new Map();
    const count = (name) => counts.set(name, (counts.get(name) ?? 0) + 1);
    for (let run = 0; run < runs; run++) {
      const errors = Uint8Array.from({ length: answers }, (_, at) =>
        random.next() < (at < answers / 2 ? before : after) ? 1 : 0,
      );
      const findings = conceptFindings(errors, Float64Array.from(errors.keys()));
      count(conceptResult(findings).verdict);
      for (const { detector, row } of findings.alarms) if (row !== undefined) count(detector);
    }
    const share = (name) => `${Math.round((1000 * (counts.get(name) ?? 0)) / runs) / 10} %`;
    const rate = before === after ? `${before}, unchanged` : `${before} → ${after}`;
    console.log(
      `| ${answers} | ${rate} | ${share('ddm')} | ${share('page-hinkley')} | ${share('adwin')} | **${share('drift')}** | ${share('warn')} |`,
    );
  }
}
