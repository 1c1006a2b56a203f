import { formatNumber, type RolloutJournal, type RolloutState, requestsOf } from '@mlops-actions/core';
import type { Moment } from './drive.ts';
import type { Answer, Performed } from './perform.ts';

/** What a command and its answer are to a reader; undefined for a wait. */
export function tell(
  command: Performed,
  { journal, settings }: RolloutState,
  answer: Answer,
): Pick<Moment, 'kind' | 'text' | 'shares' | 'failure'> | undefined {
  const { stable, candidate } = journal;
  const failure = failureOf(answer, journal);
  const failed = failure === undefined ? {} : { failure };
  const isDone = failure === undefined;
  switch (command.kind) {
    case 'wait':
      return undefined;
    case 'write-journal':
      return { kind: 'journal', text: entryText(command.journal, settings.plan.steps.length), ...failed };
    case 'observe':
      return answer.kind === 'observed'
        ? { kind: 'observe', text: viewText(answer.observation), shares: answer.observation.shares }
        : { kind: 'observe', text: 'look at the traffic', ...failed };
    case 'provision':
      return { kind: 'provision', text: isDone ? `${candidate} is ready` : `provision ${candidate}`, ...failed };
    case 'smoke':
      return { kind: 'smoke', text: `smoke test of ${candidate}`, ...failed };
    case 'shift':
      return { kind: 'shift', text: shiftText(command, journal), ...failed };
    case 'start-guarded':
      return { kind: 'start-guarded', text: `the cloud shifts the traffic to ${candidate}`, ...failed };
    case 'abort-guarded':
      return { kind: 'abort-guarded', text: `the cloud sends everything to ${stable}`, ...failed };
    case 'measure':
      return { kind: 'measure', text: measuredText(answer, journal), ...failed };
    case 'probe':
      return { kind: 'probe', text: `${command.count} probes at ${candidate}`, ...failed };
    case 'retire':
      return { kind: 'retire', text: `${isDone ? 'removed' : 'remove'} ${command.deployment}`, ...failed };
  }
}

function failureOf(answer: Answer, { rollout, owner }: RolloutJournal): string | undefined {
  if (answer.kind === 'failed') return answer.reason;
  if (answer.kind !== 'conflict') return undefined;
  const { found } = answer;
  if (found === undefined) return 'the entry before is gone';
  const who = found.rollout === rollout && found.owner === owner ? 'this rollout itself' : found.owner;
  return `revision ${found.revision} is there already, of ${who}`;
}

/** `journal: baking, step 2 of 4`. */
function entryText({ phase, step }: RolloutJournal, steps: number): string {
  return `journal: ${phase}${step < 0 ? '' : `, step ${step + 1} of ${steps}`}`;
}

function viewText({ status, shares }: Extract<Answer, { kind: 'observed' }>['observation']): string {
  if (status === 'missing') return 'looked: there is no such endpoint';
  const shown = Object.entries(shares).filter(([, share]) => share > 0);
  const traffic = shown.map(([name, share]) => `${name} ${percent(share)}`).join(', ') || 'no traffic';
  return `looked${status === 'in-service' ? '' : ` (${status})`}: ${traffic}`;
}

function shiftText(
  { share, mirror }: { readonly share: number; readonly mirror: number },
  { stable, candidate }: RolloutJournal,
): string {
  const rest = stable === '' ? '' : `, ${stable} ${percent(100 - share)}`;
  const copies = mirror > 0 ? `, and ${candidate} copies of ${percent(mirror)}` : '';
  return `${candidate} gets ${percent(share)}${rest}${copies}`;
}

function measuredText(answer: Answer, { stable, candidate }: RolloutJournal): string {
  if (answer.kind !== 'measured') return 'measure';
  const { measured } = answer;
  const counts = [
    [candidate, measured.candidate],
    [stable, measured.stable],
  ] as const;
  const shown = counts.flatMap(([name, series]) => {
    const requests = requestsOf(series?.windows ?? []);
    return requests === undefined ? [] : [`${name} ${formatNumber(requests)} requests`];
  });
  return `measured: ${shown.join(', ') || 'no requests known'}`;
}

function percent(share: number): string {
  return `${formatNumber(share, 3)} %`;
}
