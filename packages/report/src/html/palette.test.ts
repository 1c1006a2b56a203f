import { describe, expect, test } from '@jest/globals';
import { dark, light, type Palette } from './palette.ts';

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

/** `over` laid on `under` with an opacity. */
function mixed(over: string, under: string, opacity: number): string {
  const below = channels(under);
  const mix = channels(over).map((value, index) => value * opacity + (below[index] ?? 0) * (1 - opacity));
  return `#${mix
    .map((value) =>
      Math.round(value * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

const texts: readonly (readonly [keyof Palette, keyof Palette])[] = [
  ...(['page', 'surface', 'raised'] as const).flatMap((ground) =>
    (['ink', 'muted', 'accent'] as const).map((text) => [text, ground] as const),
  ),
  ...(['good', 'warn', 'bad', 'unknown'] as const).flatMap(
    (tone) =>
      [
        [tone, `${tone}-tint`],
        ['ink', `${tone}-tint`],
        ['surface', tone],
        [tone, 'surface'],
      ] as const,
  ),
  ['muted', 'bad-tint'],
];

/** Lines and marks against what they are drawn on. */
const marks = ['reference', 'current', 'third', 'fourth', 'good', 'warn', 'bad', 'unknown'] as const;

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_, palette) => {
  test.each(texts)('%s on %s can be read: 4.5 to 1', (text, ground) => {
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5);
  });

  test.each(marks)('a line of %s is seen on a surface: 3 to 1', (mark) => {
    expect(contrast(palette[mark], palette.surface)).toBeGreaterThanOrEqual(3);
  });

  test.each(['current', 'bad'] as const)('the text of a matrix cell can be read on %s at every strength', (colour) => {
    for (let opacity = 0; opacity <= 0.5; opacity += 0.05) {
      expect(contrast(palette.ink, mixed(palette[colour], palette.raised, opacity))).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('the past and the present differ in lightness where they lie over one another', () => {
    expect(contrast(palette.current, palette['reference-fill'])).toBeGreaterThanOrEqual(3);
  });
});
