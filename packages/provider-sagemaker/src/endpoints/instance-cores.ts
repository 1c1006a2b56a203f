/** Types that do not have four cores for each `xlarge`. */
const exceptions: Readonly<Record<string, number>> = { 'c4.8xlarge': 36 };

/** How many virtual cores an instance of SageMaker has, such as 2 for `ml.m5.large`; undefined where its name does not tell. */
export function coresOf(instanceType: string): number | undefined {
  const [, family = '', times = '', size] = /^ml\.([a-z0-9-]+)\.(\d*)(large|xlarge)$/.exec(instanceType) ?? [];
  if (size === undefined) return undefined;
  if (size === 'large') return times === '' ? 2 : undefined;
  return exceptions[`${family}.${times}${size}`] ?? 4 * Number(times === '' ? 1 : times);
}
