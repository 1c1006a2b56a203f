import type { Tuning } from '@mlops-actions/core';
import type { JobState } from '@mlops-actions/provider';
import { bold, type Cell, code, escapeText, table } from '@mlops-actions/report';
import { inWords, type SearchResult, type TrialOutcome } from './tune.ts';

/** The run's summary of one job, as Markdown. */
export function jobSummary(job: JobState): string {
  const metrics = Object.entries(job.metrics);
  const body =
    metrics.length === 0 ? 'The script reported no metrics.' : table(['Metric', 'Value'], metrics, ['left', 'right']);
  return `### Training: ${code(job.name).markdown}\n\n${body}\n`;
}

/** How many trials the table shows. */
const shownTrials = 50;

/** The run's summary of a search: the trials, best first, each with a bar that is longer the better it is. */
export function searchSummary({ objective }: Tuning, { trials, ranking, best }: SearchResult): string {
  const failed = trials.filter((trial) => !ranking.includes(trial));
  const rows = [...ranking, ...failed].slice(0, shownTrials).map((trial): Cell[] => {
    const { number, parameters } = trial.trial;
    const name = number === best.trial.number ? bold(`${number} (best)`) : String(number);
    return [name, inWords(parameters), trial.objective ?? 'failed', bar(trial, ranking, objective)];
  });
  const rest = trials.length - rows.length;
  const more = rest > 0 ? `\n\n${rest} more trials are in the file of trials.` : '';
  const goal = escapeText(`${objective.direction} ${objective.metric}`);
  const body = table(['Trial', 'Hyperparameters', objective.metric, ''], rows, ['right', 'left', 'right', 'left']);
  return `### Search: ${trials.length} trials to ${goal}\n\n${body}${more}\n`;
}

const barWidth = 12;

function bar(trial: TrialOutcome, ranking: readonly TrialOutcome[], { direction }: Tuning['objective']): string {
  if (trial.objective === undefined) return '';
  const values = ranking.map(({ objective }) => objective ?? Number.NaN);
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (high === low) return '█'.repeat(barWidth);
  const share = (trial.objective - low) / (high - low);
  const goodness = direction === 'maximize' ? share : 1 - share;
  return '█'.repeat(1 + Math.round(goodness * (barWidth - 1)));
}
