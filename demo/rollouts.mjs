/** The part of the story in which new versions are rolled out under live load: one that is good, one that is slow, one that fails. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stop } from './execute.mjs';
import { startLoad } from './load.mjs';
import { say, showRollout } from './show.mjs';

/** A workflow takes minutes a step; a demo has seconds. With so few requests in a window, a percentile is a noisy thing. */
const quick = {
  steps: '25,50,100',
  bake: '6s',
  'final-bake': '4s',
  settle: '2s',
  interval: '1s',
  'min-requests': '30',
  'max-hold': '20s',
  'max-latency-ratio': '3',
};
const requestsPerSecond = 40;

export async function rollOuts(run, folder, url) {
  say('\nA new version is rolled out step by step, while callers go on asking');
  await run('train', 'Train', { tune: undefined, hyperparameters: 'c: 0.5' });
  const { model } = await run('model', 'Register');
  const load = startLoad(url, await readFile(join(folder, 'smoke.csv')), requestsPerSecond);
  try {
    const good = await rollOut(run, 'Roll out: 25, 50 and 100 %, judged against the version that serves', { model });
    if (good.outcome !== 'promoted') throw new Stop(`The version should have been promoted, and is ${good.outcome}.`);
    requireNoFailure(await load.end());
  } finally {
    await load.end();
  }

  say('\nA release that went wrong: the same model, whose answers take too long');
  await badRelease(run, folder, url, model, 'slow');
  say('\nAnother one: it fails');
  await badRelease(run, folder, url, model, 'failing');
}

/** Passes the smoke test, because that is about one answer, and is found out by what many callers see. */
async function badRelease(run, folder, url, model, fault) {
  const load = startLoad(url, await readFile(join(folder, 'smoke.csv')), requestsPerSecond);
  const inputs = { model, 'entry-point': 'faulty.py', environment: `FAULT: ${fault}` };
  const untested = fault === 'failing' ? { 'smoke-request': undefined, 'smoke-expect': undefined } : {};
  try {
    const title = `Roll out the ${fault} one: it must come back by itself`;
    const { outcome } = await rollOut(run, title, { ...inputs, ...untested }, fault, 2);
    if (outcome !== 'rolled-back') throw new Stop(`The ${fault} version should have come back, and is ${outcome}.`);
    const answers = await load.end();
    const { 500: failed = 0, ...others } = answers;
    requireNoFailure(others);
    const total = Object.values(answers).reduce((sum, count) => sum + count, 0);
    if (failed > 0) say(`  ${failed} of ${total} failed: those that the release got before it was taken back.`);
  } finally {
    await load.end();
  }
}

async function rollOut(run, title, changes, name = 'good', expected = 0) {
  const report = join('reports', `rollout-${name}`);
  const rollout = await run('rollout', title, { ...quick, report, ...changes }, expected);
  showRollout(JSON.parse(await readFile(rollout.report, 'utf8')));
  say(`  ${rollout['report-html']}`);
  return rollout;
}

/** Moving traffic must not cost a caller anything. */
function requireNoFailure(answers) {
  const bad = Object.entries(answers).filter(([status]) => status !== '200');
  if (bad.length > 0) throw new Stop(`Requests failed that should not have: ${JSON.stringify(answers)}.`);
  say(`  ${answers[200] ?? 0} requests were answered with 200 meanwhile, and no other answer came.`);
}
