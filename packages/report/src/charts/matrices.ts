import { formatNumber } from '@mlops-actions/core';
import { formatShare } from '../html/figures.ts';
import { type Html, html } from '../html/markup.ts';
import { cut, shortName } from '../html/names.ts';
import { chartWidth, emptyFigure, figure, fitted, label, svg, textWidth } from './frame.ts';
import { pixel, rowCount } from './scale.ts';

export interface ConfusionMatrix {
  readonly title: string;
  readonly labels: readonly string[];
  /** `counts[actual][predicted]`, in rows of the test set. */
  readonly counts: readonly ArrayLike<number>[];
  /** More classes than this are joined to "other", the rarest first. Default 10. */
  readonly most?: number;
}

const margin = { left: 84, top: 40 };

/** Rows are what is true, columns what was predicted; each cell has its count and its share of the row. Blue is right, red is wrong, and stronger: mistakes are what is looked for. */
export function confusionMatrix(data: ConfusionMatrix): Html {
  const { labels, counts } = joined({ ...data, labels: data.labels.map((name) => cut(name)) });
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  if (labels.length === 0 || total === 0) return emptyFigure(data.title, 'No rows to show.');
  const right = counts.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  const width = (chartWidth - margin.left) / labels.length;
  const height = Math.min(52, width);
  // Names that do not fit over their columns are slanted.
  const slanted = labels.some((name) => textWidth(name) > width - 4);
  const top = slanted ? 78 : margin.top;
  const whole = { width: chartWidth, height: top + height * labels.length + 4 };
  const worst = counts
    .flatMap((row, actual) => row.map((count, predicted) => ({ count, actual, predicted })))
    .filter(({ actual, predicted }) => actual !== predicted)
    .reduce((most, cell) => (cell.count > most.count ? cell : most), { count: 0, actual: 0, predicted: 0 });
  const mistake =
    worst.count > 0
      ? ` Most common mistake: ${labels[worst.actual]} taken for ${labels[worst.predicted]}, ${formatNumber(worst.count)} rows.`
      : '';
  const description = `${formatShare(right / total)} of ${formatNumber(total)} rows are right.${mistake}`;
  return figure({
    title: data.title,
    remark: html`<bdi>${description}</bdi>`,
    picture: svg(
      { ...whole, title: data.title, description },
      label((margin.left + chartWidth) / 2, 11, 'predicted', 'middle'),
      label(0, top - 7, 'actual'),
      labels.map((name, index) => [
        columnName(name, margin.left + width * (index + 0.5), top - 7, width, slanted),
        label(margin.left - 8, top + height * (index + 0.5) + 4, fitted(name, margin.left - 10), 'end', 'strong'),
      ]),
      counts.map((row, actual) => {
        const sum = row.reduce((all, count) => all + count, 0);
        return row.map((count, predicted) =>
          cell(
            { x: margin.left + width * predicted, y: top + height * actual, width, height },
            count,
            sum === 0 ? 0 : count / sum,
            actual === predicted,
            `${labels[actual]} predicted as ${labels[predicted]}`,
          ),
        );
      }),
    ),
    numbers: {
      headers: ['actual ╲ predicted', ...labels.map((name) => fitted(name, 120))],
      rows: counts.map((row, index) => [shortName(labels[index] ?? ''), ...row.map((count) => formatNumber(count))]),
    },
  });
}

function columnName(name: string, x: number, y: number, width: number, slanted: boolean): Html {
  if (!slanted) return label(x, y, fitted(name, width - 4), 'middle', 'strong');
  return html`<text class="end strong" transform="translate(${pixel(x + 4)} ${pixel(y)}) rotate(40)">${fitted(name, 72)}</text>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function cell({ x, y, width, height }: Place, count: number, share: number, isRight: boolean, name: string): Html {
  const opacity = isRight ? share * 0.2 : mistakeOpacity(share);
  const tip = html`<title>${name}: ${formatNumber(count)}, ${formatShare(share)} of the row</title>`;
  const rectangle = (kind: string, more: Html): Html =>
    html`<rect class="${kind}" x="${pixel(x)}" y="${pixel(y)}" width="${pixel(width)}" height="${pixel(height)}"${more}`;
  const middle = y + height / 2;
  const texts =
    width >= 44 && height >= 40
      ? [
          label(x + width / 2, middle - 1, compact(count), 'middle', 'heavy'),
          label(x + width / 2, middle + 13, formatShare(share), 'middle', 'strong'),
        ]
      : width >= 24
        ? [label(x + width / 2, middle + 4, share === 0 ? '' : String(Math.round(share * 100)), 'middle', 'strong')]
        : [];
  return html`${rectangle('cell', html`/>`)}${rectangle(isRight ? 'right-cell' : 'wrong-cell', html` fill-opacity="${Math.round(opacity * 100) / 100}"/>`)}${rectangle('cell-border', html`/>`)}${texts}${rectangle('hover', html`>${tip}</rect>`)}`;
}

/** Rare mistakes are seen too; at most half covered, so that the text keeps its contrast in both themes. */
function mistakeOpacity(share: number): number {
  return share === 0 ? 0 : 0.15 + 0.35 * Math.sqrt(share);
}

function compact(count: number): string {
  if (count < 100_000) return formatNumber(count);
  return count < 1e6 ? `${formatNumber(Math.round(count / 1e3))}k` : `${formatNumber(count / 1e6, 3)}M`;
}

/** The classes with the most rows, the others as one. */
function joined({ labels, counts, most = 10 }: ConfusionMatrix): {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
} {
  const indices = labels.map((_, index) => index);
  const square = indices.map((actual) => indices.map((predicted) => rowCount(counts[actual]?.[predicted])));
  if (labels.length <= most) return { labels, counts: square };
  const rows = square.map((row) => row.reduce((sum, count) => sum + count, 0));
  const ranked = [...indices].sort((left, right) => (rows[right] ?? 0) - (rows[left] ?? 0));
  const kept = ranked.slice(0, most - 1).sort((left, right) => left - right);
  const groupOf = new Map(kept.map((index, place) => [index, place]));
  const folded = Array.from({ length: most }, () => Array.from({ length: most }, () => 0));
  for (const [actual, row] of square.entries()) {
    const target = folded[groupOf.get(actual) ?? most - 1];
    for (const [predicted, count] of row.entries()) {
      const place = groupOf.get(predicted) ?? most - 1;
      if (target) target[place] = (target[place] ?? 0) + count;
    }
  }
  const others = labels.length - kept.length;
  return { labels: [...kept.map((index) => labels[index] ?? ''), `${formatNumber(others)} others`], counts: folded };
}

/** On how many rows each of two models is right. */
export interface Disagreement {
  readonly title: string;
  readonly bothRight: number;
  readonly onlyCandidate: number;
  readonly onlyChampion: number;
  readonly bothWrong: number;
}

/** The rows by who is right. Only the two corners where the models differ decide between them. */
export function disagreementMatrix({ title, ...counts }: Disagreement): Html {
  const bothRight = rowCount(counts.bothRight);
  const onlyCandidate = rowCount(counts.onlyCandidate);
  const onlyChampion = rowCount(counts.onlyChampion);
  const bothWrong = rowCount(counts.bothWrong);
  const total = bothRight + onlyCandidate + onlyChampion + bothWrong;
  if (total === 0) return emptyFigure(title, 'No rows to show.');
  const size = { width: (chartWidth - margin.left) / 2, height: 58 };
  const sentence = `The candidate is right on ${formatNumber(onlyCandidate)} rows where the champion is wrong, and wrong on ${formatNumber(onlyChampion)} where the champion is right; they agree on being right or wrong on ${formatShare((bothRight + bothWrong) / total)} of ${formatNumber(total)}.`;
  const [first, second] = [margin.left, margin.left + size.width];
  const place = (x: number, row: number): Place => ({ x, y: margin.top + row * size.height, ...size });
  const side = (row: number, text: string): Html =>
    label(first - 8, margin.top + size.height * (row + 0.5) + 4, text, 'end', 'strong');
  return figure({
    title,
    remark: sentence,
    picture: svg(
      { width: chartWidth, height: margin.top + size.height * 2 + 4, title, description: sentence },
      label((first + chartWidth) / 2, 11, 'champion', 'middle'),
      label(0, margin.top - 7, 'candidate'),
      label(first + size.width / 2, margin.top - 7, 'right', 'middle', 'strong'),
      label(second + size.width / 2, margin.top - 7, 'wrong', 'middle', 'strong'),
      side(0, 'right'),
      side(1, 'wrong'),
      quarter(place(first, 0), bothRight, total, 'cell', 'both right'),
      quarter(place(second, 0), onlyCandidate, total, 'right-cell', 'only the candidate'),
      quarter(place(first, 1), onlyChampion, total, 'wrong-cell', 'only the champion'),
      quarter(place(second, 1), bothWrong, total, 'cell', 'both wrong'),
    ),
    numbers: {
      headers: ['candidate ╲ champion', 'right', 'wrong'],
      rows: [
        ['right', formatNumber(bothRight), formatNumber(onlyCandidate)],
        ['wrong', formatNumber(onlyChampion), formatNumber(bothWrong)],
      ],
    },
  });
}

function quarter({ x, y, width, height }: Place, count: number, total: number, kind: string, name: string): Html {
  const strength = kind === 'cell' ? html`` : html` fill-opacity="${count === 0 ? 0 : 0.3}"`;
  const place = html`x="${pixel(x)}" y="${pixel(y)}" width="${pixel(width)}" height="${pixel(height)}"`;
  return html`<rect class="cell" ${place}/><rect class="${kind}" ${place}${strength}/><rect class="cell-border" ${place}/>${label(x + width / 2, y + 22, formatNumber(count), 'middle', 'heavy')}${label(x + width / 2, y + 36, formatShare(count / total), 'middle', 'strong')}${label(x + width / 2, y + 50, name, 'middle', 'strong')}`;
}
