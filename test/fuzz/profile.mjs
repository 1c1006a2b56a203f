import { columnOf, decodeProfile, encodeProfile, mergeProfiles } from '@mlops-actions/tabular';
import { profileSink } from '../../packages/tabular/lib/profile/profile-columns.js';
import { damagedProfile } from '../../packages/tabular/lib/profile/testing/damaged-profile.js';
import { memoryScanner } from '../../packages/tabular/lib/profile/testing/memory-scanner.js';
import { fuzz } from './fuzzing.mjs';
import { readable } from './read.mjs';

// Damages profiles at random: each must be read, and then hold to what a profile promises, or be refused with a UserError.
// `node test/fuzz/profile.mjs --runs 100000` (after `npm run compile`).

/** Reads one of `profiles`, damaged as number `run` is. Returns whether it could be read. */
function fuzzOnce(profiles, run) {
  const bytes = damagedProfile(profiles[run % profiles.length], run);
  return readable(() => {
    const table = decodeProfile(bytes, 'damaged.profile');
    for (const name of table.columns.keys()) columnOf(table, name);
    encodeProfile(mergeProfiles(table, table));
  });
}

/** A small profile, of which most bytes mean much, and a larger one. */
async function prepared() {
  const profiles = [
    await example(60, { distinct: 12, bins: 64, pages: 2 }),
    await example(5000, { distinct: 768, bins: 1024, pages: 64 }),
  ];
  return (run) => fuzzOnce(profiles, run);
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

await fuzz(import.meta.url, prepared);
