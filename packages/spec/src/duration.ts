const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** What a duration looks like, in words. */
export const durationRule = 'a length of time such as 90s, 45m, 2h, 1h30m or 1d';

/** `durationRule` as a pattern. */
export const durationPattern = /^(?:\d+(?:\.\d+)?[smhd])+$/;

/** `90s`, `45m`, `2h`, `1d`, `1h30m` in seconds; undefined when the text is not a duration. */
export function durationSeconds(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  const seconds = [...text.matchAll(/([\d.]+)([smhd])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * secondsPer[unit as keyof typeof secondsPer],
    0,
  );
  return Number.isFinite(seconds) ? seconds : undefined;
}
