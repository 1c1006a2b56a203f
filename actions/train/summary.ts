import type { Tuning } from '@mlops-actions/core';
import type { JobState } from '@mlops-actions/provider';
import { inWords, type SearchResult, type TrialOutcome } from './tune.ts';

/** The run's summary of one job, as Markdown. */
export function jobSummary(job: JobState): string {
  const metrics = Object.entries(job.metrics).map(([name, value]) => [name, String(value)]);
  const table =
    metrics.length === 0 ? 'The script reported no metrics.\n' : markdownTable(['Metric', 'Value'], metrics);
  return `### Training: \`${job.name}\`\n\n${table}`;
}

/** How many trials the table shows. */
const shownTrials = 50;

/** The run's summary of a search: the trials, best first, each with a bar between the worst and the best. */
export function searchSummary({ objective }: Tuning, { trials, ranking, best }: SearchResult): string {
  const failed = trials.filter((trial) => !ranking.includes(trial));
  const rows = [...ranking, ...failed].slice(0, shownTrials).map((trial) => {
    const mark = trial.trial.number === best.trial.number ? '**best**' : '';
    const value = trial.objective === undefined ? 'failed' : String(trial.objective);
    return [String(trial.trial.number), inWords(trial.trial.parameters), value, bar(trial, ranking, objective), mark];
  });
  const rest = trials.length - rows.length;
  const more = rest > 0 ? `\n${rest} more trials are in the file of trials.\n` : '';
  const goal = `${objective.direction} ${objective.metric}`;
  const head = `### Search: ${trials.length} trials to ${escaped(goal)}\n\n`;
  return `${head}${markdownTable(['Trial', 'Hyperparameters', objective.metric, '', ''], rows)}${more}`;
}

const barWidth = 12;

/** A bar as long as the trial is good: full for the best, one mark for the worst. */
function bar(trial: TrialOutcome, ranking: readonly TrialOutcome[], { direction }: Tuning['objective']): string {
  const values = ranking.map(({ objective }) => objective ?? Number.NaN);
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (trial.objective === undefined) return '';
  if (high === low) return '█'.repeat(barWidth);
  const share = (trial.objective - low) / (high - low);
  const goodness = direction === 'maximize' ? share : 1 - share;
  return '█'.repeat(1 + Math.round(goodness * (barWidth - 1)));
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const body = rows.map((row) => line(row.map(escaped))).join('');
  return `${line(head.map(escaped))}${line(head.map(() => '---'))}${body}`;
}

/** Text in a cell: what the script named must not become markup. */
function escaped(text: string): string {
  if (text === '**best**') return text;
  return text.replace(/[\\`*_{}[\]<>|#~&]/g, '\\$&').replace(/\s+/g, ' ');
}
