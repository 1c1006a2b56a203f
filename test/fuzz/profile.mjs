// Damaged profiles: `npx tsc -b && node test/fuzz/profile.mjs [--runs N] [--seed N]`. Each either is read, and then holds to what a profile
// promises, or gives one `UserError`. Prints how many of each, and the greatest memory; anything else is thrown with its seed.
import { parseArgs } from 'node:util';
import { UserError } from '@mlops-actions/core';
import { columnOf, decodeProfile, encodeProfile, mergeProfiles } from '@mlops-actions/tabular';
import { profileSink } from '../../packages/tabular/lib/profile/profile-columns.js';
import { damagedProfile } from '../../packages/tabular/lib/profile/testing/damaged-profile.js';
import { memoryScanner } from '../../packages/tabular/lib/profile/testing/memory-scanner.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '0' } },
});

// A small one, of which most bytes mean much, and a larger one.
const profiles = [
  await example(60, { distinct: 12, bins: 64, pages: 2 }),
  await example(5000, { distinct: 768, bins: 1024, pages: 64 }),
];
const outcomes = { read: 0, refused: 0 };
for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.runs); seed++) {
  try {
    outcomes[outcomeOf(damagedProfile(profiles[seed % 2], seed))]++;
  } catch (thrown) {
    throw new Error(`Seed ${seed}`, { cause: thrown });
  }
}
console.log(JSON.stringify({ ...outcomes, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));

function outcomeOf(bytes) {
  let table;
  try {
    table = decodeProfile(bytes, 'damaged.profile');
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return 'refused';
  }
  for (const name of table.columns.keys()) columnOf(table, name);
  encodeProfile(mergeProfiles(table, table));
  return 'read';
}

async function example(rows, limits) {
  const numbers = Array.from({ length: rows }, (_, i) => (i % 9 === 0 ? 0 : Math.exp(20 * Math.sin(i))));
  const scanner = memoryScanner({
    few: { numbers: [1, 2, 2, Number.NaN, 0.5] },
    whole: { numbers: [1, 2, 2, Number.NaN] },
    many: { numbers },
    texts: { texts: Array.from({ length: 30 }, (_, i) => `text ${i % 20}`) },
  });
  const sink = profileSink(scanner.columns, { ...limits, categories: 3, heldCategories: 12, keptBytes: 0 });
  const facts = await scanner.scan(scanner.columns, sink);
  return encodeProfile(sink.finish(facts.rows, { label: 'ref.csv', digest: 'sha256:00' }));
}
