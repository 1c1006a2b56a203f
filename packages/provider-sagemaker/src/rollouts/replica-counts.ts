import type { TrafficShift } from '@mlops-actions/provider';

/** Instances by deployment. */
export type Counts = Readonly<Record<string, number>>;

/**
 * How many instances the two run at a share. By replicas the candidate runs its share of stable's, rounded, and stable the rest, but one at
 * the least each; else both run as many as they were made for (`own`, without who is not there).
 */
export function countsAt({ stable, candidate, share, byReplicas }: TrafficShift, own: Counts): Counts {
  if (!byReplicas) return own;
  const total = own[stable] ?? own[candidate] ?? 1;
  const moved = Math.max(1, Math.min(Math.round((total * share) / 100), share === 100 ? total : total - 1));
  const counts: Counts = {
    [stable]: share === 0 ? total : Math.max(1, total - moved),
    [candidate]: share === 100 ? Math.max(total, own[candidate] ?? 0) : moved,
  };
  return Object.fromEntries(Object.entries(counts).filter(([name]) => name in own));
}
