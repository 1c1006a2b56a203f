import { type Log, nextRound } from '@mlops-actions/core';
import type { Plan } from './plan.ts';
import { inWords } from './tune.ts';

/** Prints what the step would do. */
export function printPlan(plan: Plan, log: Log): void {
  const request = plan.request();
  const say = (line: string): void => log.log('info', line);
  say('Dry run: nothing is started.');
  if (plan.tuning === undefined) say(`Job: ${request.name}`);
  say(`Command: ${JSON.stringify(request.command)} in a copy of ${plan.source.folder} (${plan.source.digest})`);
  for (const [channel, source] of Object.entries(plan.channels.sources)) say(`Channel ${channel}: ${source}`);
  for (const [name, value] of Object.entries(request.hyperparameters)) {
    say(`Hyperparameter ${name}: ${JSON.stringify(value)}`);
  }
  say(`Ended after ${request.maxRuntimeSeconds} s at the latest.`);
  if (plan.tuning === undefined) return;
  const { objective, strategy, parallel, maxTrials } = plan.tuning;
  const trials = nextRound(plan.tuning, []);
  say(
    `Search: ${strategy.kind}, ${objective.direction} ${objective.metric}, at most ${maxTrials} trials, ${parallel} at once.`,
  );
  for (const { number, parameters } of trials) say(`Trial ${number}: ${inWords(parameters)}`);
  if (strategy.kind === 'halving') say('The best of these go on with more; which ones, their results decide.');
}
