/** Says which deployment gets the next request. */
export interface Schedule {
  next(): string;
}

/**
 * Spreads requests over deployments by whole percents that sum to 100; undefined when nobody has a share. After any number of requests
 * every deployment has got its exact share to within less than one request.
 *
 * The k-th request of a deployment with rate r may come from slot floor((k-1)/r) on and must come before slot ceil(k/r); of those
 * that may, the one with the earliest deadline comes (P-fair scheduling on one processor: Baruah, Cohen, Plaxton and Varvel,
 * "Proportionate progress", Algorithmica 15, 1996). All counts are back at zero after 100 slots.
 */
export function weightedSchedule(shares: Readonly<Record<string, number>>): Schedule | undefined {
  const entries = Object.entries(shares)
    .filter(([, share]) => share > 0)
    .map(([name, share]) => ({ name, share, count: 0 }));
  const [only] = entries;
  if (only === undefined) return undefined;
  if (entries.length === 1) return { next: () => only.name };
  let slot = 0;
  return {
    next: () => {
      let chosen = only;
      let earliest = Number.POSITIVE_INFINITY;
      for (const entry of entries) {
        if (Math.floor((entry.count * 100) / entry.share) > slot) continue;
        const deadline = Math.ceil(((entry.count + 1) * 100) / entry.share);
        if (deadline >= earliest) continue;
        earliest = deadline;
        chosen = entry;
      }
      chosen.count += 1;
      slot += 1;
      if (slot === 100) {
        slot = 0;
        for (const entry of entries) entry.count = 0;
      }
      return chosen.name;
    },
  };
}
