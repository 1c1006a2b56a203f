/** Whole percents by deployment. */
export type Shares = Readonly<Record<string, number>>;

/**
 * Gives `deployment` `percent` of the traffic and lets the others share the rest as they shared it before, in whole percents that sum
 * to 100 (largest remainder; on a tie the first). Undefined when nobody is there to take the rest.
 */
export function shiftTraffic(before: Shares, deployment: string, percent: number): Shares | undefined {
  const rest = 100 - percent;
  const others = Object.entries(before).filter(([name, share]) => name !== deployment && share > 0);
  const total = others.reduce((sum, [, share]) => sum + share, 0);
  if (rest === 0) return { [deployment]: 100 };
  if (total === 0) return undefined;
  const parts = others.map(([name, share]) => {
    const exact = (share * rest) / total;
    return { name, whole: Math.floor(exact), remainder: exact - Math.floor(exact) };
  });
  const missing = rest - parts.reduce((sum, { whole }) => sum + whole, 0);
  const rounded = [...parts].sort((a, b) => b.remainder - a.remainder).slice(0, missing);
  const shares = parts.map((part) => [part.name, part.whole + (rounded.includes(part) ? 1 : 0)]);
  return { ...Object.fromEntries(shares), [deployment]: percent };
}
