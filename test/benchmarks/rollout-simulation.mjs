import { parseArgs } from 'node:util';
import {
  advance,
  beginRollout,
  defaultChoices,
  defaultJudgeRules,
  defaultLimits,
  defaultTimes,
  errorEvidence,
  fisherExact,
  planDefaults,
  planRollout,
  randomGenerator,
  twoProportionTest,
  wilson,
} from '@mlops-actions/core';

// What a rollout with the default settings decides, and when, by simulation in virtual time: the real machine and the real judge on made-up
// traffic, beside plain threshold rules on the same steps. Latencies are log-normal, stable's median 100 ms and p95 228 ms.
//
//   npm run compile && node test/benchmarks/rollout-simulation.mjs [--runs 200] [--seed 1]
//
// Prints Markdown.

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const runs = Number(values.runs);
const minute = 60_000;
const stableErrors = 0.001;
const spread = 0.5;

const plan = planRollout({
  strategy: 'canary',
  granularity: { kind: 'weights' },
  allowCoarse: false,
  ...planDefaults,
});
const settings = {
  rollout: 'r',
  owner: 'o',
  stable: 'blue',
  candidate: 'green',
  plan,
  engine: 'shares',
  rules: defaultJudgeRules,
  limits: defaultLimits,
  choices: defaultChoices,
  times: { ...defaultTimes, timeoutSeconds: 14_400 },
  canProbe: false,
  deleteOld: false,
  retries: 2,
};

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function binomial(n, p, random) {
  if (n * p > 30) return Math.max(0, Math.min(n, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal(random))));
  // Gaps between successes are geometric.
  let count = 0;
  for (let at = gap(p, random); at <= n; at += gap(p, random)) count++;
  return count;
}

function gap(p, random) {
  return 1 + Math.floor(Math.log(1 - random.next()) / Math.log1p(-p));
}

const tails = {
  p95: { z: 1.6449, error: Math.sqrt(0.95 * 0.05) / 0.10314 },
  p99: { z: 2.3263, error: Math.sqrt(0.99 * 0.01) / 0.02665 },
};

/** A percentile of n log-normal latencies: drawn one by one while they are few, else from its own distribution. */
function percentile(name, n, factor, random) {
  const median = 100 * factor;
  if (n >= 100)
    return median * Math.exp(spread * (tails[name].z + (tails[name].error * normal(random)) / Math.sqrt(n)));
  const drawn = Float64Array.from({ length: n }, () => normal(random)).sort();
  const rank = (name === 'p95' ? 0.95 : 0.99) * (n - 1);
  const low = drawn[Math.floor(rank)];
  return median * Math.exp(spread * (low + (rank % 1) * (drawn[Math.ceil(rank)] - low)));
}

/** One deployment's minute. */
function minuteOf(from, requests, errors, factor, random, extra = 0) {
  const n = Math.round(requests) + extra;
  if (n === 0) return { from, to: from + minute, requests: 0, serverErrors: 0 };
  const latency = { p95: percentile('p95', n, factor, random) };
  return { from, to: from + minute, requests: n, serverErrors: binomial(n, errors, random), latency };
}

/** The machine on a target without faults. */
function ours(world, random, canProbe) {
  let now = 0;
  let share = 0;
  let firstShift;
  let windows = [];
  let others = [];
  let phaseAt;
  let probes = 0;
  const observation = () => ({
    status: 'in-service',
    shares: { blue: 100 - share, green: share },
    healthy: { blue: true, green: true },
  });
  const answer = (command) => {
    const done = { kind: 'done', of: command.id, at: now };
    switch (command.kind) {
      case 'wait':
        now = command.until;
        return { ...done, at: now };
      case 'shift':
        share = command.share;
        if (share > 0) firstShift ??= now;
        return done;
      case 'observe':
        return { ...done, kind: 'observed', observation: observation() };
      case 'probe':
        probes += command.count;
        return done;
      case 'measure': {
        if (command.from !== phaseAt) [windows, others, phaseAt] = [[], [], command.from];
        for (let from = phaseAt + windows.length * minute; from + minute <= command.to; from += minute) {
          const requests = world.rate * 60 * (share / 100);
          windows.push(minuteOf(from, requests, world.errors, world.factor, random, probes));
          others.push(minuteOf(from, world.rate * 60 - requests, stableErrors, 1, random));
          probes = 0;
        }
        const stable = share < 100 ? { stable: { windows: others } } : {};
        return { ...done, kind: 'measured', measured: { candidate: { windows: [...windows] }, ...stable, custom: [] } };
      }
      default:
        return done;
    }
  };
  let { state, commands } = beginRollout({ ...settings, canProbe }, { observation: observation() }, 0);
  while (state.ended === undefined) {
    const phase = state.journal.phase;
    ({ state, commands } = advance(state, answer(commands[0])));
    if (state.journal.phase === 'rolling-back' && phase !== 'rolling-back') {
      return { rolledBack: true, minutes: (now - firstShift) / minute };
    }
  }
  return { rolledBack: false };
}

/** A rule that looks at each minute of the same plan: given the minutes of the step so far and a memory of its own. */
function plain(world, random, rule) {
  let passed = 0;
  const memory = { failed: 0, all: [] };
  for (const step of plan.steps) {
    const minutes = [];
    const length = Math.floor((step.settleSeconds + step.bakeSeconds) / 60);
    for (let count = 0; count < length; count++) {
      const requests = Math.round(world.rate * 60 * (step.share / 100));
      const rest = Math.round(world.rate * 60) - requests;
      const each = {
        requests,
        errors: binomial(requests, world.errors, random),
        p99: percentile('p99', requests, world.factor, random),
        stableRequests: rest,
        stableErrors: binomial(rest, stableErrors, random),
      };
      minutes.push(each);
      memory.all.push(each);
      passed++;
      if (rule(minutes, memory)) return { rolledBack: true, minutes: passed };
    }
  }
  return { rolledBack: false };
}

/** Flagger's check of one minute: success rate of 99 % and more, p99 of 500 ms and less. */
function flagger(threshold) {
  return (minutes, memory) => {
    const { requests, errors, p99 } = minutes.at(-1);
    if (errors / requests > 0.01 || p99 > 500) memory.failed++;
    return memory.failed >= threshold;
  };
}

/** The alarm of AWS' sample: an average above the limit in two periods of ten minutes. As printed the limit is 1, which no share exceeds. */
function alarm(limit) {
  return (_, { all }) => {
    if (all.length % 10 !== 0 || all.length < 20) return false;
    return [all.slice(-10), all.slice(-20, -10)].every(
      (period) => sum(period, 'errors') / sum(period, 'requests') > limit,
    );
  };
}

function sum(minutes, name) {
  return minutes.reduce((total, each) => total + each[name], 0);
}

/** Rules on errors that differ in what they do about repeated looks. */
function cumulative(judge, looks) {
  return (minutes) => {
    const [x1, n1, x2, n2] = ['errors', 'requests', 'stableErrors', 'stableRequests'].map((name) => sum(minutes, name));
    if (n1 >= 20 && wilson(x1, n1).lo > 0.01) return true;
    if (n2 === 0 || x1 / n1 - x2 / n2 < 0.005) return false;
    return judge(x1, n1, x2, n2) < 0.05 / looks;
  };
}

function anyDifference(x1, n1, x2, n2) {
  return Math.min(x1, x2) < 5
    ? fisherExact(x1, n1 - x1, x2, n2 - x2, 'greater').p
    : twoProportionTest(x1, n1, x2, n2, 'greater').p;
}

function marginP(x1, n1, x2, n2) {
  return errorEvidence({ count: x1, requests: n1 }, { count: x2, requests: n2 }, 0.005).p;
}

const allLooks = plan.steps.reduce(
  (looks, step) => looks + Math.floor((step.settleSeconds + step.bakeSeconds) / 60),
  0,
);
const ways = {
  ours: (world, random) => ours(world, random, false),
  'ours, with a payload to probe': (world, random) => ours(world, random, true),
  'Flagger, threshold 1': (world, random) => plain(world, random, flagger(1)),
  'Flagger, threshold 5': (world, random) => plain(world, random, flagger(5)),
  'AWS sample alarm as meant (1 %)': (world, random) => plain(world, random, alarm(0.01)),
};
const corrections = {
  'p < 0.05 at every look': (world, random) => plain(world, random, cumulative(anyDifference, 1)),
  [`p < 0.05 / ${allLooks} looks`]: (world, random) => plain(world, random, cumulative(anyDifference, allLooks)),
  'p < 0.05 above the margin (ours)': (world, random) => plain(world, random, cumulative(marginP, 1)),
};

function row(name, way, world, times) {
  const ends = Array.from({ length: times }, (_, run) =>
    way(world, randomGenerator(`${values.seed} ${name} ${run} ${JSON.stringify(world)}`)),
  );
  const back = ends.filter(({ rolledBack }) => rolledBack);
  const minutes = back.map((end) => end.minutes).sort((a, b) => a - b);
  const at = (share) => minutes[Math.floor(share * (minutes.length - 1))];
  const time = back.length === 0 ? ['–', '–', '–'] : [at(0.5), mean(minutes), at(0.95)].map((each) => each.toFixed(1));
  return `| ${[name, percent(times - back.length, times), percent(back.length, times), ...time].join(' | ')} |`;
}

function mean(list) {
  return list.reduce((total, each) => total + each, 0) / list.length;
}

function percent(count, of) {
  return `${((100 * count) / of).toFixed(count > 0 && count < of / 100 ? 2 : 1)} %`;
}

function table(title, worlds, compared, times) {
  const lines = [`### ${title}`, ''];
  for (const [what, world] of worlds) {
    lines.push(
      `| ${what} | promoted | rolled back | median min | mean | p95 |`,
      '| --- | ---: | ---: | ---: | ---: | ---: |',
    );
    for (const [name, way] of Object.entries(compared)) lines.push(row(name, way, world, times));
    lines.push('');
  }
  return lines.join('\n');
}

for (const rate of [1, 10, 100]) {
  const errors = [0.001, 0.01, 0.02, 0.05, 0.2].map((each) => [
    `errors 0.1 % → ${each * 100} %`,
    { rate, errors: each, factor: 1 },
  ]);
  const latencies = [1.2, 1.5, 2].map((factor) => [`latency × ${factor}`, { rate, errors: stableErrors, factor }]);
  process.stdout.write(`${table(`${rate} requests/s`, [...errors, ...latencies], ways, runs)}\n`);
}
for (const rate of [1, 10, 100]) {
  const worlds = [0.001, 0.05].map((errors) => [`errors 0.1 % → ${errors * 100} %`, { rate, errors, factor: 1 }]);
  process.stdout.write(`${table(`Repeated looks: errors alone, ${rate} requests/s`, worlds, corrections, runs * 5)}\n`);
}
